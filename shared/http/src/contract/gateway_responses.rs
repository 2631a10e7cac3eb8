//! The errors that the gateway makes itself, as problems. Requests for unknown paths and methods do not come here: they go to
//! [`super::NOT_FOUND_FUNCTION`].

use serde_json::{Map, Value, json};

use crate::{
    code::{self, Code},
    headers::SECURITY,
};

/// The gateway's types of response. Those of authorisers and API keys, which the API has none of, are left to the default.
/// The WAF's rules are limits on rates, so what it filters is too much.
const RESPONSES: [(&str, Code); 14] = [
    ("BAD_REQUEST_BODY", code::BAD_REQUEST),
    ("BAD_REQUEST_PARAMETERS", code::BAD_REQUEST),
    ("DEFAULT_4XX", code::BAD_REQUEST),
    ("DEFAULT_5XX", code::INTERNAL),
    ("API_CONFIGURATION_ERROR", code::INTERNAL),
    ("INTEGRATION_FAILURE", code::UNAVAILABLE),
    ("INTEGRATION_TIMEOUT", code::UNAVAILABLE),
    ("MISSING_AUTHENTICATION_TOKEN", code::NOT_FOUND),
    ("RESOURCE_NOT_FOUND", code::NOT_FOUND),
    ("REQUEST_TOO_LARGE", code::PAYLOAD_TOO_LARGE),
    ("UNSUPPORTED_MEDIA_TYPE", code::UNSUPPORTED_MEDIA_TYPE),
    ("THROTTLED", code::TOO_MANY_REQUESTS),
    ("QUOTA_EXCEEDED", code::TOO_MANY_REQUESTS),
    ("WAF_FILTERED", code::TOO_MANY_REQUESTS),
];
const RETRY_AFTER_SECONDS: u32 = 1;

/// `x-amazon-apigateway-gateway-responses`.
pub(super) fn all() -> Value {
    let responses = RESPONSES.iter().map(|(kind, code)| ((*kind).to_owned(), response(*code)));
    Value::Object(responses.collect())
}

fn response(code: Code) -> Value {
    let quoted = |text: &str| Value::String(format!("'{text}'"));
    let header = |name: &str| format!("gatewayresponse.header.{name}");
    let mut parameters: Map<String, Value> = SECURITY
        .iter()
        .filter(|(_, value)| !value.contains('\''))
        .map(|(name, value)| (header(name.as_str()), quoted(value)))
        .collect();
    // Quotes cannot be escaped in a literal.
    parameters.insert(header("content-security-policy"), quoted("sandbox"));
    parameters.insert(header("content-type"), quoted("application/problem+json"));
    parameters.insert(header("x-request-id"), json!("context.requestId"));
    if matches!(code.status, 429 | 503) {
        parameters.insert(header("retry-after"), quoted(&RETRY_AFTER_SECONDS.to_string()));
    }
    // The path's template, not the path: that is not escaped and may hold anything.
    let body = json!({
        "type": code.uri(), "title": code.title, "status": code.status, "code": code.name,
        "instance": "$context.resourcePath", "requestId": "$context.requestId",
    });
    json!({
        "statusCode": code.status.to_string(),
        "responseParameters": parameters,
        "responseTemplates": { "application/json": body.to_string() },
    })
}
