//! What a step of the checkout can be told by this service.

use rialto_http::Problem;
use rialto_kernel::Money;
use rialto_lambda::{StepError, UNAVAILABLE};
use serde_json::{Value, json};
use thiserror::Error;

use crate::{
    domain::{PricingError, Unfit},
    store::Checkout,
};

/// An error of the checkout service.
#[derive(Debug, Error)]
pub enum Error {
    /// The client expected another total.
    #[error("the total has changed")]
    PriceChanged {
        /// The total now.
        total: Money,
    },
    /// The lines have no price.
    #[error(transparent)]
    Pricing(#[from] PricingError),
    /// The session is not in a state for it. As a step's error: it ended before it was paid.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The checkout has ended.
    #[error("the checkout has ended")]
    Over(Box<Checkout>),
    /// The session was always changed by others first.
    #[error("the session is contended")]
    Busy,
    /// The workflow could not be woken, or it is not known whether it was.
    #[error(transparent)]
    NotWoken(#[from] crate::workflow::NotWoken),
    /// A run could not be started, or it is not known whether it was.
    #[error(transparent)]
    NotStarted(#[from] crate::workflow::NotStarted),
    /// It could not be learnt how a run stands.
    #[error(transparent)]
    NotTold(#[from] crate::workflow::NotTold),
    /// The checkout, or the address of it, is not on record: the run outlived its row.
    #[error("the checkout has no row or no address")]
    Lost,
    /// The database did not answer as it should.
    #[error(transparent)]
    Database(#[from] rialto_dynamo::Error),
}

impl StepError for Error {
    fn name(&self) -> &'static str {
        match self {
            Self::PriceChanged { .. } => "PriceChanged",
            Self::Pricing(PricingError::MixedCurrencies) => "MixedCurrencies",
            Self::Pricing(PricingError::TooLarge) => "AmountTooLarge",
            Self::Pricing(PricingError::NotShipped) => "NotShipped",
            Self::Unfit(Unfit::Cancelled) => "SessionCancelled",
            Self::Unfit(Unfit::Expired) => "SessionExpired",
            Self::Pricing(PricingError::Empty | PricingError::Negative)
            | Self::Unfit(_)
            | Self::Over(_)
            | Self::Busy
            | Self::NotWoken(_)
            | Self::NotStarted(_)
            | Self::NotTold(_)
            | Self::Lost
            | Self::Database(_) => UNAVAILABLE,
        }
    }

    fn detail(&self) -> Value {
        match self {
            Self::PriceChanged { total } => json!({ "total": total }),
            _ => json!({}),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => error.into(),
            error @ (Error::Busy | Error::NotWoken(_) | Error::NotStarted(_) | Error::NotTold(_)) => {
                Self::unavailable(error)
            }
            other => Self::internal(other),
        }
    }
}
