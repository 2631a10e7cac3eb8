//! What every route goes through: who calls, what is answered, what is logged.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use http::{HeaderMap, Method};
use lambda_http::{
    LambdaEvent, RequestExt,
    lambda_runtime::{self, service_fn},
    request::{LambdaRequest, RequestOrigin},
};
use rialto_kernel::Timestamp;
use rialto_lambda::{Context, Error, InitError, env, now};
use tracing::Instrument;

use crate::{
    answer::Answer,
    caller::Caller,
    card_number::holds_card_number,
    code,
    headers::{self, Cors},
    keys::{KeySource, KeysUnavailable, ParameterKeys},
    problem::{Fault, Problem},
    request::Request,
    response::Response,
    throttle::{self, Throttle},
    token::Verifier,
};

/// What is left of a function's time when a request that is not done is answered 503: enough to write the answer.
const MARGIN: Duration = Duration::from_millis(500);
/// All names and values of a request's headers, in bytes. API Gateway takes 10,240.
const HEADERS_LIMIT: usize = 16 * 1024;
/// One parameter of the path, or one header, in bytes. The contract allows as much of a parameter of the query string, where a route
/// says nothing else.
pub(crate) const TEXT_LIMIT: usize = 1024;
/// One parameter of the query string, in bytes: a list of 50 ids.
const QUERY_LIMIT: usize = 2048;
/// Headers that routes take, which [`TEXT_LIMIT`] bounds; tokens have a bound of their own.
const BOUNDED_HEADERS: [&str; 5] = ["cart-token", "idempotency-key", "if-match", "if-none-match", "stripe-signature"];

/// What a route needs besides its own state.
#[derive(Debug)]
pub struct Edge {
    function: String,
    verifier: Verifier,
    cors: Cors,
    throttle: Arc<Throttle>,
}

impl Edge {
    /// The edge of a route that `C` may call. Reads `JWKS_PARAMETER` where tokens are verified, `CORS_ORIGINS` (a list with
    /// commas) where set, and what [`throttle`] needs.
    ///
    /// # Errors
    /// When a variable is missing or unusable.
    pub fn of<C: Caller>(context: &Context) -> Result<Self, InitError> {
        let verifier = if C::VERIFIES {
            Verifier::new(context.stage(), ParameterKeys::of(context)?)
        } else {
            Verifier::new(context.stage(), NoKeys)
        };
        let cors = env("CORS_ORIGINS").map_or_else(|_| Ok(Cors::default()), |origins| Cors::of(&origins))?;
        Ok(Self { cors, throttle: Arc::new(Throttle::of(context)?), ..Self::new(context.function(), verifier) })
    }

    /// The edge of `function` with this verifier, for tests: no limits and no foreign origins.
    #[must_use]
    pub fn new(function: &str, verifier: Verifier) -> Self {
        Self { function: function.to_owned(), verifier, cors: Cors::default(), throttle: Arc::new(Throttle::off()) }
    }

    /// The same edge with these limits.
    #[must_use]
    pub fn throttled(self, throttle: Throttle) -> Self {
        Self { throttle: Arc::new(throttle), ..self }
    }
}

/// Serves a route until the sandbox ends. Who may call it is the type of the handler's second argument.
///
/// # Errors
/// When a setting is missing or the Lambda runtime cannot be reached.
pub async fn run<S, C, H, F>(context: &Context, state: S, handler: H) -> Result<(), Error>
where
    S: Send + Sync + 'static,
    C: Caller,
    H: Fn(&'static S, C, Request) -> F,
    F: Future<Output = Result<Response, Problem>>,
{
    let edge = Edge::of::<C>(context)?;
    let state: &'static S = Box::leak(Box::new(state));
    // Not `lambda_http::run`: it wants futures that are `Send`, which those that borrow from async closures are not.
    lambda_runtime::run(service_fn(|event: LambdaEvent<LambdaRequest>| {
        let (edge, handler) = (&edge, &handler);
        async move {
            let cookies_apart = matches!(event.payload.request_origin(), RequestOrigin::ApiGatewayV2);
            let request = lambda_http::Request::from(event.payload).with_lambda_context(event.context);
            // Boxed: the compiler gives up on the layout of futures nested this deeply.
            let response = Box::pin(dispatch(edge, state, handler, request, now())).await;
            Ok::<_, Error>(Answer::of(response, cookies_apart))
        }
    }))
    .await
}

/// Answers one request: the whole edge without the runtime.
pub async fn dispatch<'s, S, C, H, F>(
    edge: &Edge,
    state: &'s S,
    handler: &H,
    event: lambda_http::Request,
    now: Timestamp,
) -> Response
where
    C: Caller,
    H: Fn(&'s S, C, Request) -> F,
    F: Future<Output = Result<Response, Problem>>,
{
    let started = Instant::now();
    let left = time_left(&event);
    let request = Request::of(event, &edge.function, &edge.throttle, now);
    let (id, path, method) = (request.id.clone(), shown_path(&request), request.method.clone());
    let route = request.template.clone();
    let origin = request.headers.get(http::header::ORIGIN).cloned();
    let span = tracing::info_span!("request", request.id = id);
    let answer = async {
        if method == Method::OPTIONS && edge.cors.allows(origin.as_ref()) {
            return headers::preflight();
        }
        let outcome = tokio::time::timeout(left, answered(edge, state, handler, request)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(Problem::unavailable("the function ran out of time")));
        let response = outcome.unwrap_or_else(|problem| told(&problem, &path, &id));
        tracing::info!(
            http.method = %method,
            // Not the path: people put anything there.
            http.route = route,
            http.status = response.status().as_u16(),
            duration.ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "request handled"
        );
        response
    };
    let mut response = answer.instrument(span).await;
    headers::add(response.headers_mut(), &id);
    edge.cors.add(response.headers_mut(), origin.as_ref());
    response
}

/// The checks that need no body, from the cheapest on, and then the handler.
async fn answered<'s, S, C, H, F>(edge: &Edge, state: &'s S, handler: &H, request: Request) -> Result<Response, Problem>
where
    C: Caller,
    H: Fn(&'s S, C, Request) -> F,
    F: Future<Output = Result<Response, Problem>>,
{
    if size_of(&request.headers) > HEADERS_LIMIT {
        return Err(Problem::of(code::INVALID_HEADER).detail(format!("at most {HEADERS_LIMIT} bytes of headers")));
    }
    if BOUNDED_HEADERS.iter().any(|name| request.header(name).is_some_and(|text| text.len() > TEXT_LIMIT)) {
        return Err(Problem::of(code::INVALID_HEADER).detail(format!("at most {TEXT_LIMIT} bytes a header")));
    }
    if shown_path(&request) != request.path || query_holds_card_number(&request) {
        return Err(Problem::of(code::CARD_NUMBER_REFUSED).detail("the address holds what looks like a card number"));
    }
    if request.parameters.iter().any(|(_, value)| value.len() > TEXT_LIMIT) {
        return Err(Problem::not_found());
    }
    if let Some((name, _)) = query(&request).into_iter().find(|(_, value)| value.len() > QUERY_LIMIT) {
        let problem = Problem::of(code::INVALID_QUERY);
        return Err(problem.parameter(name, Fault::OutOfRange, format!("at most {QUERY_LIMIT} bytes")));
    }
    let now = request.now();
    let mut standings = edge.throttle.admit_source(request.source_ip(), request.method.is_safe(), now).await?;
    let caller = C::admit(&request, &edge.verifier).await?;
    standings.extend(edge.throttle.admit_caller(caller.scope(), now).await?);
    let outcome = handler(state, caller, request).await;
    let Some(limits) = throttle::headers(&standings) else { return outcome };
    let headed = |name: &http::HeaderName, headers: &HeaderMap| headers.contains_key(name);
    match outcome {
        Ok(response) => Ok(limits.into_iter().fold(response, |response, (name, value)| response.header(name, &value))),
        Err(problem) => Err(limits.into_iter().fold(problem, |problem, (name, value)| {
            if headed(&name, problem.headers()) { problem } else { problem.header(name, &value) }
        })),
    }
}

/// What is left until [`MARGIN`] before the function's end; an hour where no one says when that is.
fn time_left(event: &lambda_http::Request) -> Duration {
    // `cargo lambda watch` sends ten minutes, a span where Lambda sends a time.
    const SPANS: u64 = 1_000_000_000_000;
    let deadline = event.lambda_context_ref().map(|context| context.deadline).filter(|deadline| *deadline > SPANS);
    let Some(deadline) = deadline else { return Duration::from_secs(3600) };
    let end = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(deadline));
    let left = end.and_then(|end| end.duration_since(SystemTime::now()).ok()).unwrap_or_default();
    left.saturating_sub(MARGIN)
}

/// The path for answers: without what must not be in them.
fn shown_path(request: &Request) -> String {
    let decoded = percent_encoding::percent_decode_str(&request.path).decode_utf8_lossy();
    if holds_card_number(&decoded) { "/".to_owned() } else { request.path.clone() }
}

fn query(request: &Request) -> Vec<(String, String)> {
    serde_urlencoded::from_str(&request.query).unwrap_or_default()
}

fn query_holds_card_number(request: &Request) -> bool {
    query(request).iter().any(|(name, value)| holds_card_number(name) || holds_card_number(value))
}

fn size_of(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len().saturating_add(value.len())).sum()
}

/// The problem's answer. A problem of ours is logged here, and nowhere else.
fn told(problem: &Problem, path: &str, id: &str) -> Response {
    if problem.is_ours() {
        tracing::error!(error.code = problem.code().name, error.message = problem.causes(), "request failed");
    }
    problem.respond(path, id)
}

/// For routes that look at no token.
struct NoKeys;

#[async_trait::async_trait]
impl KeySource for NoKeys {
    async fn jwks(&self) -> Result<String, KeysUnavailable> {
        Err(KeysUnavailable("this route verifies no tokens".to_owned()))
    }
}

#[cfg(test)]
mod tests;
