//! The headers of answers.

use serde_json::{Map, Value, json};

/// `components/headers`.
pub(super) fn components() -> Value {
    let text = |about: &str, longest: u32, example: &str| json!({ "description": about, "schema": { "type": "string", "maxLength": longest }, "example": example });
    json!({
        "X-Request-Id": text("The id to name when asking about the request.", 128, "5f0c2a7e-7c1f-4f6e-9a51-0d2f7a3b9c11"),
        "ETag": text("The version of the resource, for `If-Match`. A weak one, `W/\"3\"`, is for `If-None-Match` only.", 64, "\"3\""),
        "Location": text("The path of the resource, or of where the outcome will be.", 256, "/v1/orders/ord_0190163d8694739b9f3a1c5d7e9b2f40"),
        "Idempotent-Replayed": {
            "description": "Present where this is the stored answer of an earlier request with the key.",
            "schema": { "type": "string", "enum": ["true"] }, "example": "true",
        },
        "Retry-After": {
            "description": "Seconds to wait before asking again.",
            "schema": { "type": "integer", "minimum": 1, "maximum": 86400 }, "example": 1,
        },
        "RateLimit": text("What is left of each quota, `r`, and the seconds until more is, `t`, where quotas are kept of the route.", 256, "\"checkout.caller\";r=19;t=3"),
        "RateLimit-Policy": text("The quotas: `q` requests in `w` seconds.", 256, "\"checkout.caller\";q=20;w=60"),
        "WWW-Authenticate": text("How to authenticate.", 128, "Bearer realm=\"rialto\""),
    })
}

/// Adds the headers that an operation's answers may carry.
pub(super) fn add(operation: &Map<String, Value>, responses: &mut Map<String, Value>) {
    let parameter = |place: &str, name: &str| {
        let all = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let is = |it: &Value, key: &str, wanted: &str| {
            it.get(key)
                .and_then(Value::as_str)
                .is_some_and(|text| wanted.is_empty() || text.eq_ignore_ascii_case(wanted))
        };
        all.into_iter().any(|it| is(it, "in", place) && is(it, "name", name))
    };
    let (keyed, versioned) =
        (parameter("header", "Idempotency-Key"), parameter("header", "If-Match") || parameter("path", ""));
    for (status, response) in responses {
        let Some(response) = response.as_object_mut() else { continue };
        let mut names = vec!["X-Request-Id"];
        let (success, conflict) = (status.starts_with('2'), status == "409");
        names.extend((success && versioned).then_some("ETag"));
        names.extend(matches!(status.as_str(), "201" | "202").then_some("Location"));
        names.extend((keyed && (success || conflict || status == "402")).then_some("Idempotent-Replayed"));
        names.extend((matches!(status.as_str(), "429" | "503") || keyed && conflict).then_some("Retry-After"));
        names.extend((status == "401").then_some("WWW-Authenticate"));
        if success || status == "429" {
            names.extend(["RateLimit", "RateLimit-Policy"]);
        }
        let known = response.entry("headers").or_insert_with(|| json!({}));
        let Some(known) = known.as_object_mut() else { continue };
        for name in names {
            known.entry(name).or_insert_with(|| json!({ "$ref": format!("#/components/headers/{name}") }));
        }
    }
}
