//! What every route goes through: who calls, what is answered, what is logged.

use std::time::Instant;

use http::Method;
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
    headers::{self, Cors},
    keys::{KeySource, KeysUnavailable, ParameterKeys},
    problem::Problem,
    request::Request,
    response::Response,
    token::Verifier,
};

/// What a route needs besides its own state.
#[derive(Debug)]
pub struct Edge {
    function: String,
    verifier: Verifier,
    cors: Option<Cors>,
}

impl Edge {
    /// The edge of a route that `C` may call. Reads `JWKS_PARAMETER` where tokens are verified, and `CORS_ORIGIN` where set.
    ///
    /// # Errors
    /// When a variable is missing or unusable.
    pub fn of<C: Caller>(context: &Context) -> Result<Self, InitError> {
        let verifier = if C::VERIFIES {
            Verifier::new(context.stage(), ParameterKeys::of(context)?)
        } else {
            Verifier::new(context.stage(), NoKeys)
        };
        let edge = Self::new(context.function(), verifier);
        Ok(Self { cors: env("CORS_ORIGIN").ok().map(|origin| Cors::of(&origin)).transpose()?, ..edge })
    }

    /// The edge of `function` with this verifier, for tests.
    #[must_use]
    pub fn new(function: &str, verifier: Verifier) -> Self {
        Self { function: function.to_owned(), verifier, cors: None }
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
    let request = Request::of(event, &edge.function, now);
    let (id, path, method) = (request.id.clone(), request.path.clone(), request.method.clone());
    let span = tracing::info_span!("request", request.id = id);
    let answer = async {
        if let (Some(cors), &Method::OPTIONS) = (&edge.cors, &method) {
            return cors.preflight();
        }
        let outcome = async { handler(state, C::admit(&request, &edge.verifier).await?, request).await };
        let response = outcome.await.unwrap_or_else(|problem| told(&problem, &path, &id));
        tracing::info!(
            http.method = %method,
            http.path = path,
            http.status = response.status().as_u16(),
            duration.ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "request handled"
        );
        response
    };
    let mut response = answer.instrument(span).await;
    headers::add(response.headers_mut(), &id, edge.cors.as_ref());
    response
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
