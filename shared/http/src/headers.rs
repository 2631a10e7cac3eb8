//! Headers that every answer carries.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rialto_lambda::InitError;

use crate::response::Response;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const ALLOWED_METHODS: &str = "GET, POST, PUT, PATCH, DELETE";
const ALLOWED_HEADERS: &str = "Authorization, Cart-Token, Content-Type, Idempotency-Key, If-Match, If-None-Match";
const EXPOSED_HEADERS: &str =
    "Allow, ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
const PREFLIGHT_SECONDS: &str = "7200";

/// The origins whose scripts may call the API, with cookies. None by default.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cors(Vec<HeaderValue>);

impl Cors {
    /// A list with commas. `*` is refused: cookies would be sent from anywhere.
    pub(crate) fn of(origins: &str) -> Result<Self, InitError> {
        let unusable = || InitError::Unusable {
            name: "CORS_ORIGINS".to_owned(),
            reason: "must be origins such as https://shop.example, with commas between".to_owned(),
        };
        let texts = origins.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        let origins = texts.map(|text| {
            let (scheme, host) = text.split_once("://").ok_or_else(unusable)?;
            let plain =
                matches!(scheme, "https" | "http") && !host.is_empty() && !host.contains(['/', '*', '?', '#', '@']);
            HeaderValue::from_str(text).ok().filter(|_| plain).ok_or_else(unusable)
        });
        origins.collect::<Result<_, _>>().map(Self)
    }

    /// Whether this `Origin` is on the list: compared as a whole, byte by byte.
    pub(crate) fn allows(&self, origin: Option<&HeaderValue>) -> bool {
        origin.is_some_and(|origin| self.0.contains(origin))
    }

    pub(crate) fn add(&self, headers: &mut HeaderMap, origin: Option<&HeaderValue>) {
        if self.0.is_empty() {
            return;
        }
        // Also without an origin: a cache must not give that answer to a script.
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = origin.filter(|origin| self.allows(Some(origin))) else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    }
}

/// The answer to a browser that asks whether a script may call.
pub(crate) fn preflight() -> Response {
    Response::empty(StatusCode::NO_CONTENT)
        .header(header::ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS)
        .header(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS)
        .header(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS)
}

/// The headers that do not depend on the request. An answer's own stay.
pub(crate) fn add(headers: &mut HeaderMap, request_id: &str) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in SECURITY {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// What keeps browsers from doing more with an answer than to show it.
pub(crate) const SECURITY: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Whether the gateway can pass the body on as text.
pub(crate) fn is_text(content_type: &HeaderValue) -> bool {
    let media = content_type.to_str().unwrap_or_default();
    media.starts_with("text/") || media.contains("json") || media.contains("javascript") || media.contains("xml")
}
