//! Headers that every answer carries.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rialto_lambda::InitError;

use crate::response::Response;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const ALLOWED_METHODS: &str = "GET, POST, PUT, PATCH, DELETE";
const ALLOWED_HEADERS: &str = "Authorization, Cart-Token, Content-Type, Idempotency-Key, If-Match";
const EXPOSED_HEADERS: &str = "ETag, Idempotent-Replayed, Location, Retry-After, X-Request-Id";
const PREFLIGHT_SECONDS: &str = "7200";

/// The one origin whose scripts may call the API.
#[derive(Debug, Clone)]
pub(crate) struct Cors(HeaderValue);

impl Cors {
    pub(crate) fn of(origin: &str) -> Result<Self, InitError> {
        let unusable = |_| InitError::Unusable { name: "CORS_ORIGIN".to_owned(), reason: "no header text".to_owned() };
        HeaderValue::from_str(origin).map(Self).map_err(unusable)
    }

    pub(crate) fn preflight(&self) -> Response {
        Response::empty(StatusCode::NO_CONTENT)
            .header(header::ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS)
            .header(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS)
            .header(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS)
    }
}

pub(crate) fn add(headers: &mut HeaderMap, request_id: &str, cors: Option<&Cors>) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let Some(Cors(origin)) = cors else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if origin != "*" {
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}

/// Whether the gateway can pass the body on as text.
pub(crate) fn is_text(content_type: &HeaderValue) -> bool {
    let media = content_type.to_str().unwrap_or_default();
    media.starts_with("text/") || media.contains("json") || media.contains("javascript") || media.contains("xml")
}
