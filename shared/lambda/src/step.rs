//! Steps of a workflow: typed input and output, errors with stable names.

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::log::chain;

/// The name of every failure that is not the domain's answer: the workflow retries it.
pub const UNAVAILABLE: &str = "Unavailable";
const INVALID_INPUT: &str = "InvalidInput";

/// An error of a workflow step.
pub trait StepError: std::error::Error + 'static {
    /// The name for `Retry` and `Catch`: stable, in PascalCase, such as `OutOfStock`. [`UNAVAILABLE`] for whatever is not
    /// the domain's answer; it is logged with its causes and tells the workflow nothing more.
    fn name(&self) -> &'static str;

    /// What the workflow needs to know of a refusal, such as `{"items": [...]}`; becomes the JSON text `errorMessage`.
    fn detail(&self) -> Value {
        json!({})
    }
}

/// Runs a workflow step until the sandbox ends. `state` is shared by all invocations.
///
/// An input that does not fit `In` fails as `InvalidInput`, which no workflow catches.
///
/// # Errors
/// When the Lambda runtime cannot be reached.
pub async fn run_step<S, In, Out, E, H, F>(state: S, handler: H) -> Result<(), lambda_runtime::Error>
where
    S: Send + Sync + 'static,
    In: DeserializeOwned,
    Out: Serialize,
    E: StepError,
    H: Fn(&'static S, In) -> F,
    F: Future<Output = Result<Out, E>>,
{
    let state: &'static S = Box::leak(Box::new(state));
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| answer_step(state, &handler, event.payload))).await
}

/// What a step answers to one invocation, for whoever runs it elsewhere.
///
/// # Errors
/// What Step Functions would see.
pub async fn answer_step<'s, S, In, Out, E, H, F>(state: &'s S, handler: &H, payload: Value) -> Result<Out, Diagnostic>
where
    In: DeserializeOwned,
    E: StepError,
    H: Fn(&'s S, In) -> F,
    F: Future<Output = Result<Out, E>>,
{
    let input = serde_json::from_value(payload).map_err(|error| invalid(&error))?;
    handler(state, input).await.map_err(|error| diagnostic(&error))
}

fn invalid(error: &serde_json::Error) -> Diagnostic {
    tracing::error!(error.message = %error, "step got an input it cannot read");
    Diagnostic { error_type: INVALID_INPUT.to_owned(), error_message: json!({}).to_string() }
}

/// What Step Functions sees of an error: `errorType` is its name, `errorMessage` its detail as JSON text.
fn diagnostic<E: StepError>(error: &E) -> Diagnostic {
    let name = error.name();
    let detail = if name == UNAVAILABLE {
        tracing::error!(error.message = chain(error), "step failed");
        json!({})
    } else {
        tracing::info!(error.name = name, "step refused");
        error.detail()
    };
    Diagnostic { error_type: name.to_owned(), error_message: detail.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Failure {
        #[error("too few are left")]
        Short,
        #[error("the table said: secret")]
        Table,
    }

    impl StepError for Failure {
        fn name(&self) -> &'static str {
            match self {
                Self::Short => "OutOfStock",
                Self::Table => UNAVAILABLE,
            }
        }
        fn detail(&self) -> Value {
            json!({"items": [{"requested": 2, "available": 1}]})
        }
    }

    #[test]
    fn given_a_refusal_when_it_leaves_the_step_then_its_name_and_detail_are_for_the_workflow() {
        let diagnostic = diagnostic(&Failure::Short);
        assert_eq!(diagnostic.error_type, "OutOfStock");
        assert_eq!(diagnostic.error_message, r#"{"items":[{"available":1,"requested":2}]}"#);
    }

    #[test]
    fn given_an_unexpected_error_when_it_leaves_the_step_then_nothing_of_it_is_told() {
        let diagnostic = diagnostic(&Failure::Table);
        assert_eq!((diagnostic.error_type.as_str(), diagnostic.error_message.as_str()), ("Unavailable", "{}"));
    }
}
