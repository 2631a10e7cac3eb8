//! Logs: one JSON object a line on standard output.

use tracing_subscriber::EnvFilter;

const DEFAULT: &str = "info,aws_config=warn,hyper=warn";
/// The runtime logs each refusal of a step as an error of its own; runners and the panic hook already say it, once.
const SAID_BEFORE: &str = "lambda_runtime::layers::panic=off";

/// Starts logging at `RUST_LOG`, by default `info`. Further calls change nothing.
pub(crate) fn start() {
    let mut filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    if let Ok(directive) = SAID_BEFORE.parse() {
        filter = filter.add_directive(directive);
    }
    let started = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .with_env_filter(filter)
        .try_init();
    if started.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            // The message may quote data, so only the place is logged.
            tracing::error!(panic.location = place, "function panicked");
        }));
    }
}

/// An error with its causes, as one text for the log.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
