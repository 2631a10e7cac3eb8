//! What follows from an operation's caller, parameters and body.

use http::StatusCode;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::{BEARER, CALLER, CART_TOKEN, ContractError, headers, merge_schemas};
use crate::{
    caller::{Anyone, Caller, Customer},
    code::{self, Code},
    edge::TEXT_LIMIT,
    limit::Limit,
    problem::ProblemBody,
};

pub(super) fn schemas() -> Result<Map<String, Value>, ContractError> {
    // Types of this crate that parameters refer to, which utoipa does not collect.
    let mut named =
        vec![(ProblemBody::name().into_owned(), ProblemBody::schema()), (Limit::name().into_owned(), Limit::schema())];
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
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        bound(parameter);
    }
    let codes = codes(operation, &caller);
    let mut responses = operation.remove("responses").unwrap_or_else(|| json!({}));
    let Some(answers) = responses.as_object_mut() else { return Ok(()) };
    for code in codes {
        add(answers, code);
    }
    for (status, response) in answers.iter_mut() {
        describe(status, response);
        let is_problem = status.starts_with(['4', '5']);
        if let (true, Some(response)) = (is_problem, response.as_object_mut()) {
            let content =
                json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
            response.insert("content".to_owned(), content);
        }
    }
    headers::add(operation, answers);
    operation.insert("responses".to_owned(), responses);
    Ok(())
}

/// The bounds that the edge sets to any text of a request's head.
fn bound(parameter: &mut Value) {
    let text = |name: &str| parameter.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let longest = match (text("in").as_str(), text("name").as_str()) {
        ("header", "Idempotency-Key") => json!(255),
        _ => json!(TEXT_LIMIT),
    };
    let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) else { return };
    let kind = schema.get("type");
    let is_text = kind
        .is_some_and(|kind| kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("string"))));
    if is_text && !["maxLength", "pattern", "format", "enum", "const"].iter().any(|bound| schema.contains_key(*bound)) {
        schema.insert("maxLength".to_owned(), longest);
    }
}

/// An answer that says no more than its status says that.
fn describe(status: &str, response: &mut Value) {
    let reason = status.parse().ok().and_then(|status: StatusCode| status.canonical_reason()).unwrap_or(status);
    let Some(response) = response.as_object_mut() else { return };
    if response.get("description").is_none_or(|text| text == "") {
        response.insert("description".to_owned(), json!(reason));
    }
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
    let mut codes = vec![
        code::INVALID_HEADER,
        code::CARD_NUMBER_REFUSED,
        code::TOO_MANY_REQUESTS,
        code::INTERNAL,
        code::UNAVAILABLE,
    ];
    if caller != Anyone::NAME {
        codes.extend([code::UNAUTHENTICATED, code::INVALID_TOKEN, code::FORBIDDEN]);
    }
    if caller == Customer::NAME {
        codes.retain(|code| *code != code::UNAUTHENTICATED);
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
        codes.extend([code::IDEMPOTENCY_IN_FLIGHT, code::IDEMPOTENCY_MISMATCH]);
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
        Some(known) if known.contains(code.name) => known.to_owned(),
        Some(known) if !known.is_empty() => format!("{known}, {name}"),
        _ => name,
    };
    response.insert("description".to_owned(), Value::String(description));
}
