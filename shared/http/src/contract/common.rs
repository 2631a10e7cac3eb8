//! What follows from an operation's caller, parameters and body.

use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::{BEARER, CALLER, CART_TOKEN, ContractError, merge_schemas};
use crate::{
    caller::{Anyone, Caller, Customer},
    code::{self, Code},
    problem::ProblemBody,
};

pub(super) fn schemas() -> Result<Map<String, Value>, ContractError> {
    let mut named = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut named);
    let mut schemas = Map::new();
    for (name, schema) in named {
        let schema = serde_json::to_value(schema).map_err(|error| ContractError::Unreadable(error.to_string()))?;
        merge_schemas(&mut schemas, Some(&json!({ name: schema })))?;
    }
    Ok(schemas)
}

pub(super) fn security_schemes() -> Value {
    json!({
        BEARER: { "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token of 15 minutes." },
        CART_TOKEN: { "type": "apiKey", "in": "header", "name": "Cart-Token", "description": "A guest's cart." },
    })
}

pub(super) fn complete(operation: &mut Value, place: &str) -> Result<(), ContractError> {
    let Some(operation) = operation.as_object_mut() else { return Err(ContractError::Nameless(place.to_owned())) };
    if !operation.get("operationId").is_some_and(Value::is_string) {
        return Err(ContractError::Nameless(place.to_owned()));
    }
    let caller = operation.get(CALLER).and_then(Value::as_str).unwrap_or_default().to_owned();
    if caller.is_empty() {
        return Err(ContractError::Callerless(place.to_owned()));
    }
    operation.insert("security".to_owned(), security(&caller));
    let codes = codes(operation, &caller);
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else { return Ok(()) };
    for code in codes {
        add(responses, code);
    }
    for (status, response) in responses.iter_mut() {
        let is_problem = status.starts_with(['4', '5']);
        if let (true, Some(response)) = (is_problem, response.as_object_mut()) {
            let content =
                json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
            response.insert("content".to_owned(), content);
        }
    }
    Ok(())
}

fn security(caller: &str) -> Value {
    match caller {
        Anyone::NAME => json!([]),
        Customer::NAME => json!([{ BEARER: [] }, { CART_TOKEN: [] }, {}]),
        _ => json!([{ BEARER: [] }]),
    }
}

/// The common problems of an operation.
fn codes(operation: &Map<String, Value>, caller: &str) -> Vec<Code> {
    let parameters: Vec<(&str, &str, bool)> = operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|parameter| {
            let text = |name: &str| parameter.get(name).and_then(Value::as_str);
            let required = parameter.get("required").and_then(Value::as_bool).unwrap_or_default();
            Some((text("in")?, text("name")?, required))
        })
        .collect();
    let header = |wanted: &str| {
        parameters.iter().find(|(place, name, _)| *place == "header" && name.eq_ignore_ascii_case(wanted))
    };
    let mut codes = vec![code::INTERNAL, code::UNAVAILABLE];
    if caller != Anyone::NAME {
        codes.extend([code::UNAUTHENTICATED, code::INVALID_TOKEN, code::FORBIDDEN]);
    }
    if caller == Customer::NAME {
        codes.retain(|code| *code != code::UNAUTHENTICATED);
        codes.push(code::INVALID_HEADER);
    }
    if operation.contains_key("requestBody") {
        codes.extend([
            code::MALFORMED_JSON,
            code::INVALID_BODY,
            code::PAYLOAD_TOO_LARGE,
            code::UNSUPPORTED_MEDIA_TYPE,
            code::INVALID_VALUE,
        ]);
    }
    if parameters.iter().any(|(place, ..)| *place == "path") {
        codes.push(code::NOT_FOUND);
    }
    if parameters.iter().any(|(place, ..)| *place == "query") {
        codes.push(code::INVALID_QUERY);
    }
    if parameters.iter().any(|(place, name, _)| *place == "query" && *name == "cursor") {
        codes.push(code::INVALID_CURSOR);
    }
    if let Some((.., required)) = header("Idempotency-Key") {
        codes.extend([code::INVALID_HEADER, code::IDEMPOTENCY_IN_FLIGHT, code::IDEMPOTENCY_MISMATCH]);
        codes.extend(required.then_some(code::IDEMPOTENCY_KEY_REQUIRED));
    }
    if let Some((.., required)) = header("If-Match") {
        codes.push(code::PRECONDITION_FAILED);
        codes.extend(required.then_some(code::PRECONDITION_REQUIRED));
    }
    codes
}

/// Adds the code to its status: the description lists the codes, those of the operation's own first.
fn add(responses: &mut Map<String, Value>, code: Code) {
    let response = responses.entry(code.status.to_string()).or_insert_with(|| json!({}));
    let Some(response) = response.as_object_mut() else { return };
    let name = format!("`{}`", code.name);
    let description = match response.get("description").and_then(Value::as_str) {
        Some(known) if known.contains(&name) => known.to_owned(),
        Some(known) if !known.is_empty() => format!("{known}, {name}"),
        _ => name,
    };
    response.insert("description".to_owned(), Value::String(description));
}
