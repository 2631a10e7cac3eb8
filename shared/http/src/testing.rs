//! Requests without a gateway, for tests of handlers.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use rialto_kernel::Timestamp;
use serde::Serialize;

use crate::{problem::Problem, request::Request, response::Response, throttle::Throttle};

/// Builds a request; see [`request`].
#[derive(Debug, Clone)]
pub struct RequestBuilder(Request);

/// A request of the function `test`, with the id `req-1`, at the epoch. A path may have a query string.
///
/// ```
/// # use rialto_http::testing::request;
/// let request = request("PATCH", "/v1/cart/items/1?x=y").path("itemId", "1").json(&serde_json::json!({"quantity": 2})).build();
/// assert_eq!(request.path(), "/v1/cart/items/1");
/// ```
#[must_use]
pub fn request(method: &str, path: &str) -> RequestBuilder {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    RequestBuilder(Request {
        id: "req-1".to_owned(),
        function: "test".to_owned(),
        method: Method::from_bytes(method.as_bytes()).unwrap_or(Method::GET),
        path: path.to_owned(),
        template: None,
        parameters: Vec::new(),
        query: query.to_owned(),
        headers: HeaderMap::new(),
        body: Vec::new(),
        source_ip: Some("192.0.2.1".to_owned()),
        now: Timestamp::UNIX_EPOCH,
        throttle: Arc::new(Throttle::off()),
    })
}

/// What the client of [`request`] is answered.
#[must_use]
pub fn answered(outcome: Result<Response, Problem>) -> Response {
    outcome.unwrap_or_else(|problem| problem.respond("/", "req-1"))
}

impl RequestBuilder {
    /// A JSON body, with its content type.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.0.body = serde_json::to_vec(body).unwrap_or_default();
        self.0.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self
    }

    /// A body as it is, without a content type.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.0.body = body.into();
        self
    }

    /// One more header. What is no header is left out.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            self.0.headers.append(name, value);
        }
        self
    }

    /// A parameter of the path.
    #[must_use]
    pub fn path(mut self, name: &str, value: impl ToString) -> Self {
        self.0.parameters.push((name.to_owned(), value.to_string()));
        self
    }

    /// The function that got the request, without the stage.
    #[must_use]
    pub fn function(mut self, function: &str) -> Self {
        function.clone_into(&mut self.0.function);
        self
    }

    /// When the request came in.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.0.now = now;
        self
    }

    /// The client's address, as the gateway would say.
    #[must_use]
    pub fn from(mut self, source_ip: &str) -> Self {
        self.0.source_ip = Some(source_ip.to_owned());
        self
    }

    /// The limits of the function that got the request; none unless given.
    #[must_use]
    pub fn throttled(mut self, throttle: Arc<Throttle>) -> Self {
        self.0.throttle = throttle;
        self
    }

    /// The request.
    #[must_use]
    pub fn build(self) -> Request {
        self.0
    }
}
