//! Problems as RFC 9457 describes them.

use std::error::Error;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rialto_kernel::CursorError;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    code::{self, Code},
    response::Response,
};

const RETRY_AFTER_SECONDS: u64 = 1;

/// What went wrong, for the client. Below 500 it says all that helps; from 500 on only the request's id, while the
/// cause is logged once, by the edge.
#[derive(Debug)]
pub struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    detail: Option<String>,
    errors: Vec<Invalid>,
    members: Map<String, Value>,
    headers: HeaderMap,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// One value that is not valid: where it is, what kind of fault, and what to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invalid {
    /// Where in the body, as a JSON Pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/items/0/quantity")]
    pub pointer: Option<String>,
    /// Which query parameter or header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The kind of fault.
    pub code: Fault,
    /// What to change.
    pub detail: String,
}

/// The kinds of fault of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Fault {
    /// It is missing.
    Required,
    /// There is no such field or parameter here.
    Unknown,
    /// It is given twice.
    Duplicate,
    /// It has another JSON type.
    WrongType,
    /// It cannot be read as what it should be.
    Malformed,
    /// It is too small, too large, too short or too long.
    OutOfRange,
    /// It is none of the values that are allowed.
    NotAllowed,
    /// It names something that does not exist, or belongs to another.
    NotFound,
}

impl Problem {
    /// A problem of this kind, with nothing more to say yet.
    #[must_use]
    pub fn of(code: Code) -> Self {
        let inner = Inner {
            code,
            detail: None,
            errors: Vec::new(),
            members: Map::new(),
            headers: HeaderMap::new(),
            cause: None,
        };
        Self(Box::new(inner))
    }

    /// A bug or a failure of ours: 500, with the cause for the log.
    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::of(code::INTERNAL).cause(cause)
    }

    /// Something we need is busy or down: 503 with `Retry-After: 1`, with the cause for the log.
    #[must_use]
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::of(code::UNAVAILABLE).retry_after(RETRY_AFTER_SECONDS).cause(cause)
    }

    /// 404, the same for what does not exist and what belongs to another.
    #[must_use]
    pub fn not_found() -> Self {
        Self::of(code::NOT_FOUND)
    }

    /// 422 for one value of the body; add more with [`Problem::error`].
    #[must_use]
    pub fn invalid(pointer: impl Into<String>, fault: Fault, detail: impl Into<String>) -> Self {
        Self::of(code::INVALID_VALUE).error(pointer, fault, detail)
    }

    /// What is particular to this occurrence, for a person.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds a value of the body that is not valid, by JSON Pointer.
    #[must_use]
    pub fn error(mut self, pointer: impl Into<String>, code: Fault, detail: impl Into<String>) -> Self {
        self.0.errors.push(Invalid { pointer: Some(pointer.into()), parameter: None, code, detail: detail.into() });
        self
    }

    /// Adds a query parameter or header that is not valid, by name.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, code: Fault, detail: impl Into<String>) -> Self {
        self.0.errors.push(Invalid { pointer: None, parameter: Some(name.into()), code, detail: detail.into() });
        self
    }

    /// Adds a member of this kind of problem, such as `total` or `items`. What cannot be written as JSON is left out.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.0.members.insert(member.to_owned(), value);
        }
        self
    }

    /// When to ask again, in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, &seconds.to_string())
    }

    /// Adds a header, such as `Location`. A value that is no header text is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers.insert(name, value);
        }
        self
    }

    /// Why, for the log. The client never sees it.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The kind of problem.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whether it is our fault.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.status().is_server_error()
    }

    /// The cause and its causes as one text, for the log.
    pub(crate) fn causes(&self) -> String {
        let Some(cause) = &self.0.cause else { return String::new() };
        let mut text = cause.to_string();
        let mut next = cause.source();
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        text
    }

    /// The problem as JSON, for an answer that tells of several things: about the one at this path, in the request of this id.
    #[must_use]
    pub fn document(&self, instance: &str, request_id: &str) -> Value {
        serde_json::to_value(self.body(instance, request_id)).unwrap_or_default()
    }

    fn body<'a>(&'a self, instance: &'a str, request_id: &'a str) -> Body<'a> {
        Body {
            r#type: self.0.code.uri(),
            title: self.0.code.title,
            status: self.0.code.status,
            detail: self.0.detail.as_deref().filter(|_| !self.is_ours()),
            instance,
            code: self.0.code.name,
            request_id,
            errors: if self.is_ours() { &[] } else { &self.0.errors },
            members: (!self.is_ours()).then_some(&self.0.members),
        }
    }

    /// The answer: `application/problem+json`, about the request of this path and id.
    pub(crate) fn respond(&self, instance: &str, request_id: &str) -> Response {
        let json = serde_json::to_vec(&self.body(instance, request_id)).unwrap_or_default();
        let mut response = Response::new(self.status(), "application/problem+json", json);
        response.headers_mut().extend(self.0.headers.clone());
        response
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    instance: &'a str,
    code: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [Invalid],
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    members: Option<&'a Map<String, Value>>,
}

/// A problem (RFC 9457). Some codes add members of their own.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "names the shape for the contract; `Problem` writes it")]
pub struct ProblemBody {
    /// The kind of problem, as a URI.
    #[schema(example = "urn:rialto:problem:not-found")]
    pub r#type: String,
    /// The same short text for each problem of this kind.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is particular to this occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The path of the request.
    #[schema(example = "/v1/cart")]
    pub instance: String,
    /// The kind of problem, as a name to branch on.
    #[schema(example = "NOT_FOUND")]
    pub code: String,
    /// The id to name when asking about it.
    pub request_id: String,
    /// The values that are not valid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Invalid>,
}

impl From<rialto_dynamo::Error> for Problem {
    /// What the domain did not turn into an answer of its own: a condition that no one expected to fail is a bug.
    fn from(error: rialto_dynamo::Error) -> Self {
        match error {
            error if error.is_transient() => Self::unavailable(error),
            rialto_dynamo::Error::Position => CursorError.into(),
            error => Self::internal(error),
        }
    }
}

impl From<CursorError> for Problem {
    fn from(error: CursorError) -> Self {
        Self::of(code::INVALID_CURSOR).parameter("cursor", Fault::Malformed, error.to_string())
    }
}
