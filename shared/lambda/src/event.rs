//! Invocations with JSON: schedules, operators' commands, and a table's stream.

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};

use crate::{UNAVAILABLE, log::chain};

/// Runs a function that is invoked with JSON (a schedule, an operator's command) until the sandbox ends.
///
/// # Errors
/// When the Lambda runtime cannot be reached.
pub async fn run_event<S, In, Out, E, H, F>(state: S, handler: H) -> Result<(), lambda_runtime::Error>
where
    S: Send + Sync + 'static,
    In: DeserializeOwned,
    Out: Serialize,
    E: std::error::Error + 'static,
    H: Fn(&'static S, In) -> F,
    F: Future<Output = Result<Out, E>>,
{
    let state: &'static S = Box::leak(Box::new(state));
    lambda_runtime::run(service_fn(|event: LambdaEvent<In>| {
        let handler = &handler;
        async move { handler(state, event.payload).await.map_err(|error| failed(&error)) }
    }))
    .await
}

fn failed(error: &(dyn std::error::Error + 'static)) -> Diagnostic {
    let message = chain(error);
    tracing::error!(error.message = message, "function failed");
    Diagnostic { error_type: UNAVAILABLE.to_owned(), error_message: message }
}
