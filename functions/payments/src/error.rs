//! What a step of the checkout can be told by this service.

use rialto_events::MalformedEvent;
use rialto_lambda::StepError;
use serde_json::{Value, json};
use thiserror::Error;

/// An error of the payments service.
#[derive(Debug, Error)]
pub enum Error {
    /// The gateway refused for certain; nothing is set aside.
    #[error("payment declined: {reason}")]
    Declined {
        /// Why, as a code such as `INSUFFICIENT_FUNDS`.
        reason: String,
    },
    /// The gateway refused to take an authorised amount.
    #[error("capture refused: {reason}")]
    CaptureRefused {
        /// Why, as a code.
        reason: String,
    },
    /// Nobody knows what the gateway did: ask again under the same key.
    #[error("the gateway's answer is unknown")]
    OutcomeUnknown,
    /// The payment was changed meanwhile: look again.
    #[error("the payment changed meanwhile")]
    Changed,
    /// A capture was asked of a payment that is not authorised: a mistake in the workflow.
    #[error("the payment is not authorised")]
    NotAuthorised,
    /// The database did not answer as it should.
    #[error(transparent)]
    Database(#[from] rialto_dynamo::Error),
    /// An event could not be written.
    #[error(transparent)]
    Event(#[from] MalformedEvent),
}

impl StepError for Error {
    fn name(&self) -> &'static str {
        match self {
            Self::Declined { .. } => "PaymentDeclined",
            Self::CaptureRefused { .. } => "CaptureRefused",
            Self::OutcomeUnknown => "PaymentOutcomeUnknown",
            Self::NotAuthorised => "PaymentNotAuthorised",
            Self::Changed | Self::Database(_) | Self::Event(_) => "Unavailable",
        }
    }

    fn detail(&self) -> Value {
        match self {
            Self::Declined { reason } | Self::CaptureRefused { reason } => json!({ "reason": reason }),
            _ => json!({}),
        }
    }
}
