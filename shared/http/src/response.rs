//! Answers.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::etag::EntityTag;

/// An answer: status, headers and body. [`respond`] makes the usual ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Response {
    /// An answer with a body of this content type.
    #[must_use]
    pub fn new(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self { status, headers, body }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Vec::new() }
    }

    pub(crate) fn stored(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, headers, body }
    }

    /// Adds the entity tag of this version, for `If-Match`.
    #[must_use]
    pub fn etag(self, version: u64) -> Self {
        self.header(header::ETAG, &EntityTag(version).to_string())
    }

    /// Adds a weak entity tag of this text: for `If-None-Match` of caches, and never for `If-Match`.
    #[must_use]
    pub fn weak_etag(self, tag: &str) -> Self {
        self.header(header::ETAG, &format!("W/\"{tag}\""))
    }

    /// Adds the path of the resource.
    #[must_use]
    pub fn location(self, path: &str) -> Self {
        self.header(header::LOCATION, path)
    }

    /// Lets caches keep the answer: `public, s-maxage=300`. Without it an answer is `no-store`.
    #[must_use]
    pub fn cache(self, directives: &str) -> Self {
        self.header(header::CACHE_CONTROL, directives)
    }

    /// Adds a cookie, whole: `cart=...; Path=/; Secure; HttpOnly; SameSite=Lax`.
    #[must_use]
    pub fn cookie(self, cookie: &str) -> Self {
        self.header(header::SET_COOKIE, cookie)
    }

    /// Sets a header. A value that is no header text is a bug of ours: it is logged and left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => drop(self.headers.insert(name, value)),
            Err(_) => tracing::error!(header.name = %name, "header value left out"),
        }
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body's bytes.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    pub(crate) fn into_body(self) -> Vec<u8> {
        self.body
    }
}

/// The usual answers.
pub mod respond {
    use http::StatusCode;
    use serde::Serialize;

    use super::Response;
    use crate::problem::Problem;

    /// 200 with a JSON body.
    ///
    /// # Errors
    /// When `body` cannot be written as JSON (500).
    pub fn ok(body: &impl Serialize) -> Result<Response, Problem> {
        json(StatusCode::OK, body)
    }

    /// 201 with `Location` and a JSON body.
    ///
    /// # Errors
    /// When `body` cannot be written as JSON (500).
    pub fn created(location: &str, body: &impl Serialize) -> Result<Response, Problem> {
        Ok(json(StatusCode::CREATED, body)?.location(location))
    }

    /// 202 with `Location`, where the outcome will be, and a JSON body.
    ///
    /// # Errors
    /// When `body` cannot be written as JSON (500).
    pub fn accepted(location: &str, body: &impl Serialize) -> Result<Response, Problem> {
        Ok(json(StatusCode::ACCEPTED, body)?.location(location))
    }

    /// 301 with `Location`, which may be relative to the request's address.
    #[must_use]
    pub fn moved(location: &str) -> Response {
        Response::empty(StatusCode::MOVED_PERMANENTLY).location(location)
    }

    /// 204.
    #[must_use]
    pub fn no_content() -> Response {
        Response::empty(StatusCode::NO_CONTENT)
    }

    /// Any status with a JSON body.
    ///
    /// # Errors
    /// When `body` cannot be written as JSON (500).
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Response, Problem> {
        let json = serde_json::to_vec(body).map_err(Problem::internal)?;
        Ok(Response::new(status, "application/json", json))
    }
}
