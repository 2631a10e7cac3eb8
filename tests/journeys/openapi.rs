//! What a reader of the contract may expect of each route, parameter and schema.

use std::collections::BTreeSet;

use acceptance::contract;
use serde_json::{Map, Value};

fn document() -> Value {
    contract().unwrap().value().clone()
}

fn operations(document: &Value) -> Vec<(String, &Map<String, Value>)> {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(move |(method, operation)| (format!("{method} {path}"), operation.as_object().unwrap()))
    });
    all.collect()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Every value within `value` that `wanted` picks, with its place.
fn all<'v>(value: &'v Value, place: &str, wanted: &dyn Fn(&Value) -> bool, found: &mut Vec<(String, &'v Value)>) {
    if wanted(value) {
        found.push((place.to_owned(), value));
    }
    match value {
        // An example is data, whatever it looks like.
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "example" | "examples" | "default"))
            .for_each(|(name, inner)| all(inner, &format!("{place}/{name}"), wanted, found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, inner)| all(inner, &format!("{place}/{index}"), wanted, found));
        }
        _ => {}
    }
}

#[test]
fn given_an_operation_when_read_then_it_says_what_it_is_what_it_takes_and_all_that_it_answers() {
    let document = document();
    let mut wrong = Vec::new();
    for (place, operation) in operations(&document) {
        let operation_value = Value::Object(operation.clone());
        let mut expect = |holds: bool, what: &str| {
            if !holds {
                wrong.push(format!("{place}: {what}"))
            }
        };
        let summary = text(&operation_value, "summary");
        expect((8..=160).contains(&summary.len()), "a short summary");
        let tag = operation["tags"][0].as_str().unwrap_or_default();
        expect(text(&operation_value, "operationId").starts_with(&format!("{tag}-")), "a tag that is its service");
        expect(operation["security"].is_array(), "security");
        let responses = operation["responses"].as_object().unwrap();
        expect(responses.keys().any(|status| status.starts_with('2')), "a success");
        for status in ["400", "422", "429", "500", "503"] {
            expect(responses.contains_key(status), status);
        }
        for (status, response) in responses {
            expect(!text(response, "description").is_empty(), &format!("{status} with a description"));
            expect(response["headers"]["X-Request-Id"].is_object(), &format!("{status} with X-Request-Id"));
            let content = response.get("content").and_then(Value::as_object);
            let media: Vec<_> = content.into_iter().flatten().map(|(media, _)| media.as_str()).collect();
            if status.starts_with(['4', '5']) {
                expect(media == ["application/problem+json"], &format!("{status} as a problem"));
            } else {
                let bodiless = matches!(status.as_str(), "204" | "301" | "304");
                expect(bodiless == media.is_empty(), &format!("{status} with a schema, or 204, 301 or 304"));
            }
            let waits = matches!(status.as_str(), "429" | "503");
            expect(!waits || response["headers"]["Retry-After"].is_object(), &format!("{status} with Retry-After"));
        }
        for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten() {
            expect(parameter["schema"].is_object(), &format!("a schema of {}", parameter["name"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where posts have effects on money, stock or orders; sessions and passwords answer secrets.
const KEYED: [&str; 3] = ["/v1/checkout", "/v1/inventory", "/v1/orders"];
const SECRET: [&str; 3] = ["/v1/sessions", "/v1/passwords", "/v1/me/password"];

#[test]
fn given_an_operation_when_read_then_it_takes_an_idempotency_key_where_it_must_and_not_where_it_may_not() {
    let document = document();
    for (place, operation) in operations(&document) {
        let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let key = parameters.into_iter().find(|parameter| parameter["name"] == "Idempotency-Key");
        if KEYED.iter().any(|path| place.starts_with(&format!("post {path}"))) {
            assert!(key.is_some_and(|key| key["required"] == true), "{place} requires no Idempotency-Key");
        }
        if SECRET.iter().any(|path| place.contains(path)) {
            assert!(key.is_none(), "{place} would keep a secret");
        }
    }
}

#[test]
fn given_a_reference_when_followed_then_it_leads_somewhere() {
    let document = document();
    let mut references = Vec::new();
    all(&document, "", &|value| value.get("$ref").is_some_and(Value::is_string), &mut references);
    assert!(references.len() > 100);
    let lost: Vec<_> = references
        .into_iter()
        .filter(|(_, value)| document.pointer(text(value, "$ref").trim_start_matches('#')).is_none())
        .map(|(place, value)| format!("{place}: {value}"))
        .collect();
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

/// The schemas that requests can hold, by reference from bodies and parameters.
fn taken(document: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut open: Vec<&Value> = Vec::new();
    for (_, operation) in operations(document) {
        open.extend(["requestBody", "parameters"].iter().filter_map(|part| operation.get(*part)));
    }
    while let Some(value) = open.pop() {
        let mut references = Vec::new();
        all(value, "", &|value| value.get("$ref").is_some_and(Value::is_string), &mut references);
        for (_, reference) in references {
            let name = text(reference, "$ref").rsplit('/').next().unwrap().to_owned();
            let schema = &document["components"]["schemas"][&name];
            if names.insert(name) {
                open.push(schema);
            }
        }
    }
    names
}

fn is_unbounded_text(value: &Value) -> bool {
    let is_text =
        value["type"] == "string" || value["type"].as_array().is_some_and(|kinds| kinds.contains(&"string".into()));
    is_text && !["maxLength", "format", "enum", "const", "pattern"].iter().any(|bound| value.get(bound).is_some())
}

#[test]
fn given_what_requests_take_when_read_then_each_text_and_list_has_a_bound() {
    let document = document();
    let mut unbounded = Vec::new();
    let is_unbounded_list =
        |value: &Value| value["type"] == "array" && value["items"].is_object() && value.get("maxItems").is_none();
    let is_unbounded = |value: &Value| is_unbounded_text(value) || is_unbounded_list(value);
    for name in taken(&document) {
        all(&document["components"]["schemas"][&name], &name, &is_unbounded, &mut unbounded);
    }
    for (place, operation) in operations(&document) {
        for part in ["requestBody", "parameters"].iter().filter_map(|part| operation.get(*part)) {
            all(part, &place, &is_unbounded, &mut unbounded);
        }
    }
    let places: Vec<_> = unbounded.into_iter().map(|(place, _)| place).collect();
    assert!(places.is_empty(), "{}", places.join("\n"));
}

#[test]
fn given_a_schema_when_read_then_it_has_an_example_and_the_example_is_one() {
    let document = document();
    let mut wrong = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let Some(example) = schema.get("example") else {
            wrong.push(format!("{name}: no example"));
            continue;
        };
        let whole =
            serde_json::json!({ "$ref": format!("#/components/schemas/{name}"), "components": document["components"] });
        let validator = jsonschema::validator_for(&whole).unwrap();
        wrong.extend(validator.iter_errors(example).map(|error| format!("{name}{}: {error}", error.instance_path())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
