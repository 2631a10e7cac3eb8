//! A request as handlers see it, whichever gateway it came through.

use std::{str::FromStr, sync::Arc};

use http::{HeaderMap, Method};
use lambda_http::{RequestExt, request::RequestContext};
use percent_encoding::percent_decode_str;
use rialto_kernel::Timestamp;
use serde::de::DeserializeOwned;

use crate::{
    body, code,
    etag::IfMatch,
    guest::GuestToken,
    problem::{Fault, Problem},
    throttle::Throttle,
};

/// A request: path without the stage, decoded parameters, body not yet read.
#[derive(Clone)]
pub struct Request {
    pub(crate) id: String,
    pub(crate) function: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) template: Option<String>,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) source_ip: Option<String>,
    pub(crate) now: Timestamp,
    pub(crate) throttle: Arc<Throttle>,
}

impl std::fmt::Debug for Request {
    /// Neither headers nor body: they hold tokens and personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({} {} {})", self.id, self.method, self.path)
    }
}

impl Request {
    /// The JSON body, at most 256 KiB.
    ///
    /// # Errors
    /// 415 for another content type, 413 for a larger body, 400 for malformed JSON, a wrong type or an unknown field, 422
    /// for a missing value or one that its type refuses; `errors` says where.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.json_within(body::LIMIT)
    }

    /// The JSON body, at most `limit` bytes.
    ///
    /// # Errors
    /// As [`Request::json`].
    pub fn json_within<T: DeserializeOwned>(&self, limit: usize) -> Result<T, Problem> {
        body::json(&self.headers, &self.body, limit)
    }

    /// The query string. Unknown and repeated parameters are refused; do not use `flatten`.
    ///
    /// # Errors
    /// 400, naming the parameter.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        body::query(&self.query)
    }

    /// An id in the path, such as `{id}`.
    ///
    /// # Errors
    /// 404 when it is malformed: there can be no such thing.
    pub fn path_id<I: FromStr>(&self, name: &str) -> Result<I, Problem> {
        self.path_text(name)?.parse().map_err(|_| Problem::not_found())
    }

    /// A text in the path, decoded.
    ///
    /// # Errors
    /// 404 when it is absent.
    pub fn path_text(&self, name: &str) -> Result<&str, Problem> {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty()).ok_or_else(Problem::not_found)
    }

    /// A header's text; `None` when it is absent or not visible ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The guest's cart token, from `Cart-Token` or else the cookie `cart`.
    ///
    /// # Errors
    /// 400 when `Cart-Token` is malformed. A malformed cookie counts as none.
    pub fn guest_token(&self) -> Result<Option<GuestToken>, Problem> {
        GuestToken::of(self)
    }

    /// `If-Match`, where it is given.
    #[must_use]
    pub fn if_match(&self) -> Option<IfMatch> {
        self.header("if-match").and_then(|text| text.parse().ok())
    }

    /// `If-Match` where a route cannot do without.
    ///
    /// # Errors
    /// 428 when it is missing.
    pub fn required_if_match(&self) -> Result<IfMatch, Problem> {
        self.if_match().ok_or_else(|| Problem::of(code::PRECONDITION_REQUIRED))
    }

    /// The body as it came, for signatures over it.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The gateway's id of the request: in every answer and log line.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path without the stage, as it came.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The gateway's path template that was matched, such as `/v1/orders/{id}` or `/{proxy+}`, where it says so.
    #[must_use]
    pub fn template(&self) -> Option<&str> {
        self.template.as_deref()
    }

    /// The function that answers, without the stage: the route's `operationId`.
    #[must_use]
    pub fn function(&self) -> &str {
        &self.function
    }

    /// The client's address as the gateway saw it, never from a header.
    #[must_use]
    pub fn source_ip(&self) -> Option<&str> {
        self.source_ip.as_deref()
    }

    /// When the request came in: the one time that all of its handling uses.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The request of a gateway's event, as `function` got it at `now`.
    pub(crate) fn of(event: lambda_http::Request, function: &str, throttle: &Arc<Throttle>, now: Timestamp) -> Self {
        let gateway = Gateway::of(event.request_context_ref());
        let path = without_stage(event.raw_http_path(), gateway.stage.as_deref()).to_owned();
        let pairs: Vec<(String, String)> = pairs(event.query_string_parameters_ref());
        let parameters = pairs_decoded(event.path_parameters_ref());
        let id = gateway.id.or_else(|| event.lambda_context_ref().map(|context| context.request_id.clone()));
        let (parts, body) = event.into_parts();
        Self {
            id: id.unwrap_or_default(),
            function: function.to_owned(),
            method: parts.method,
            path,
            template: gateway.template,
            parameters,
            query: serde_urlencoded::to_string(pairs).unwrap_or_default(),
            headers: parts.headers,
            body: body.to_vec(),
            source_ip: gateway.source_ip,
            now,
            throttle: Arc::clone(throttle),
        }
    }
}

/// What only the gateway's own part of the event says.
#[derive(Default)]
struct Gateway {
    id: Option<String>,
    stage: Option<String>,
    template: Option<String>,
    source_ip: Option<String>,
}

impl Gateway {
    fn of(context: Option<&RequestContext>) -> Self {
        match context {
            Some(RequestContext::ApiGatewayV1(rest)) => Self {
                id: rest.request_id.clone(),
                stage: rest.stage.clone(),
                template: rest.resource_path.clone(),
                source_ip: rest.identity.source_ip.clone(),
            },
            Some(RequestContext::ApiGatewayV2(http)) => Self {
                id: http.request_id.clone(),
                stage: http.stage.clone().filter(|stage| stage != "$default"),
                template: None,
                source_ip: http.http.source_ip.clone(),
            },
            _ => Self::default(),
        }
    }
}

fn pairs(map: Option<&lambda_http::aws_lambda_events::query_map::QueryMap>) -> Vec<(String, String)> {
    map.map(|map| map.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()).unwrap_or_default()
}

/// Gateways differ in whether they decode path parameters; none of our ids and SKUs contains a literal `%41`.
fn pairs_decoded(map: Option<&lambda_http::aws_lambda_events::query_map::QueryMap>) -> Vec<(String, String)> {
    let decode = |value: String| match percent_decode_str(&value).decode_utf8() {
        Ok(decoded) => decoded.into_owned(),
        Err(_) => value,
    };
    pairs(map).into_iter().map(|(name, value)| (name, decode(value))).collect()
}

/// Routes start with `/v1/` or `/.well-known/`; some gateways put the stage before them.
fn without_stage<'a>(path: &'a str, stage: Option<&str>) -> &'a str {
    let rest = stage.filter(|stage| *stage != "v1").and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage));
    rest.filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

impl Problem {
    pub(crate) fn bad_header(name: &str, detail: &str) -> Self {
        Self::of(code::INVALID_HEADER).parameter(name, Fault::Malformed, detail)
    }
}
