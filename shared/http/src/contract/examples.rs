//! Examples of objects, composed of those of their fields.

use serde_json::{Map, Value, json};

/// How deep fields may nest, for schemas that contain themselves.
const DEEPEST: usize = 16;

/// Gives each schema that has no example one.
pub(super) fn complete(schemas: &mut Map<String, Value>) {
    let known = schemas.clone();
    for schema in schemas.values_mut() {
        let example = of(schema, &known, 0);
        if let (Some(schema), Some(example)) = (schema.as_object_mut(), example) {
            schema.entry("example").or_insert(example);
        }
    }
}

fn of(schema: &Value, known: &Map<String, Value>, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let within = |inner: &Value| of(inner, known, depth.saturating_add(1));
    let own = ["example", "const", "default"].iter().find_map(|key| schema.get(key));
    let listed = ["examples", "enum"].iter().find_map(|key| schema.get(key)?.get(0));
    if let Some(example) = own.or(listed) {
        return Some(example.clone());
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        return within(known.get(name)?);
    }
    if let Some(choices) = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array()) {
        return choices.iter().find_map(within);
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        let parts: Option<Vec<Value>> = parts.iter().map(within).collect();
        let merged = parts?.into_iter().filter_map(|part| part.as_object().cloned()).flatten().collect();
        return Some(Value::Object(merged));
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.and_then(Value::as_str),
    };
    match kind? {
        "object" => Some(object(schema, known, depth)),
        "array" => Some(schema.get("items").and_then(within).map_or_else(|| json!([]), |item| json!([item]))),
        "string" if schema.get("format").is_some_and(|format| format == "date-time") => {
            Some(json!("2026-11-21T10:00:00Z"))
        }
        "string" if schema.get("pattern").is_none() && schema.get("format").is_none() => Some(json!("text")),
        "integer" | "number" => Some(schema.get("minimum").cloned().unwrap_or(json!(1))),
        "boolean" => Some(json!(true)),
        _ => None,
    }
}

/// The fields that have examples; a field that may be absent and has none is left out.
fn object(schema: &Value, known: &Map<String, Value>, depth: usize) -> Value {
    let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let examples = fields.filter_map(|(name, field)| Some((name.clone(), of(field, known, depth.saturating_add(1))?)));
    Value::Object(examples.collect())
}
