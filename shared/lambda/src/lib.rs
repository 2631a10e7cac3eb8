//! What every function does around its work: start-up, logs, AWS configuration, and the shapes of events.
//!
//! A bin is three steps: [`init`], its service's state, and one of the runners ([`run_step`], [`run_sqs`], [`run_sqs_batch`],
//! [`run_event`]; `rialto_http::run` for routes).
//!
//! ```no_run
//! # struct Orders; impl Orders { fn new(_: &rialto_lambda::Context) -> Result<Self, rialto_lambda::InitError> { Ok(Self) } }
//! # async fn create_order(_: &Orders, _: serde_json::Value) -> Result<(), std::convert::Infallible> { Ok(()) }
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), rialto_lambda::Error> {
//!     let context = rialto_lambda::init("orders").await?;
//!     rialto_lambda::run_event(Orders::new(&context)?, create_order).await
//! }
//! ```

mod context;
mod event;
mod log;
mod metric;
mod record;
mod sqs;
mod step;
#[cfg(feature = "testing")]
pub mod testing;

pub use aws_config::SdkConfig;
pub use context::{Context, InitError, env, init, now};
pub use event::run_event;
/// How a function tells of an error.
pub use lambda_runtime::Diagnostic;
/// What a bin's `main` returns.
pub use lambda_runtime::Error;
pub use metric::{Metric, Unit};
pub use record::Recorder;
/// A random number from 0 to this, both included: how long to wait between attempts.
pub use rialto_chance::up_to;
pub use sqs::{Message, run_sqs, run_sqs_batch, run_sqs_by_key};
pub use step::{StepError, UNAVAILABLE, answer_step, run_step};
