//! What can go wrong with a payment.

use rialto_events::MalformedEvent;
use rialto_http::{Problem, code};
use rialto_lambda::{InitError, StepError, UNAVAILABLE};
use serde_json::{Value, json};
use thiserror::Error;

use crate::{
    domain::{GatewayName, NotRefundable},
    gateway::GatewayError,
};

/// An error of the payments service.
#[derive(Debug, Error)]
pub enum Error {
    /// The gateway refused for certain; nothing is set aside.
    #[error("payment declined: {reason}")]
    Declined {
        /// Why, as a code such as `INSUFFICIENT_FUNDS`.
        reason: String,
    },
    /// The shopper has to do something at the gateway first; nothing is set aside yet.
    #[error("the shopper has to confirm the payment")]
    ActionRequired,
    /// The shopper's bank has to pay first, which can take days.
    #[error("the payment has not arrived yet")]
    Pending,
    /// The gateway set aside or took another amount, which it has not been made to let go of yet.
    #[error("the gateway made it another amount")]
    AmountDiffers,
    /// The gateway refused to take an authorised amount.
    #[error("capture refused: {reason}")]
    CaptureRefused {
        /// Why, as a code.
        reason: String,
    },
    /// Nobody knows what the gateway did, or it did nothing for now: ask again under the same key.
    #[error("the gateway's answer is unknown")]
    OutcomeUnknown,
    /// The gateway takes our request for a mistake.
    #[error(transparent)]
    Rejected(GatewayError),
    /// The payment was changed meanwhile: look again.
    #[error("the payment changed meanwhile")]
    Changed,
    /// A capture was asked of a payment that is not authorised: a mistake in the workflow.
    #[error("the payment is not authorised")]
    NotAuthorised,
    /// The lines of the order do not sum to the amount to be paid: a mistake in the workflow.
    #[error("the lines do not sum to the amount")]
    Misbilled,
    /// There is no such payment.
    #[error("there is no such payment")]
    NotFound,
    /// That much cannot be given back.
    #[error(transparent)]
    NotRefundable(#[from] NotRefundable),
    /// A gateway's secret cannot be read.
    #[error("the secret of {0} cannot be read")]
    Secret(GatewayName),
    /// A setting is unusable.
    #[error("unusable setting: {0}")]
    Setting(String),
    /// A setting is missing.
    #[error(transparent)]
    Init(#[from] InitError),
    /// Our books and a gateway's differ where they did not before. For the function's alarm.
    #[error("{found} new differences between our books and a gateway's")]
    BooksDiffer {
        /// How many.
        found: usize,
    },
    /// The queue did not take a message.
    #[error("the queue did not take the message: {0}")]
    Queue(String),
    /// A message of the queue cannot be read.
    #[error("unreadable message: {0}")]
    Message(#[from] serde_json::Error),
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
            Self::ActionRequired => "PaymentActionRequired",
            Self::Pending => "PaymentPending",
            Self::AmountDiffers => "PaymentAmountDiffers",
            Self::CaptureRefused { .. } => "CaptureRefused",
            Self::OutcomeUnknown => "PaymentOutcomeUnknown",
            Self::NotAuthorised => "PaymentNotAuthorised",
            _ => UNAVAILABLE,
        }
    }

    fn detail(&self) -> Value {
        match self {
            Self::Declined { reason } | Self::CaptureRefused { reason } => json!({ "reason": reason }),
            _ => json!({}),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::NotRefundable(why) => {
                let problem = Self::of(code::NOT_REFUNDABLE).detail(why.to_string());
                match why {
                    NotRefundable::TooMuch(left) => problem.with("refundable", left),
                    NotRefundable::UnknownLine(offer_id) => problem.with("offerId", offer_id),
                    NotRefundable::LineTooMuch(offer_id, left) => {
                        problem.with("offerId", offer_id).with("refundable", left)
                    }
                    _ => problem,
                }
            }
            Error::Database(error) => error.into(),
            Error::Changed | Error::OutcomeUnknown | Error::Queue(_) => Self::unavailable(error),
            other => Self::internal(other),
        }
    }
}
