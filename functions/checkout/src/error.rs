//! What a step of the checkout can be told by this service.

use rialto_http::Problem;
use rialto_kernel::Money;
use rialto_lambda::{StepError, UNAVAILABLE};
use serde_json::{Value, json};
use thiserror::Error;

use crate::domain::TotalsError;

/// An error of the checkout service.
#[derive(Debug, Error)]
pub enum Error {
    /// The client expected another total.
    #[error("the total has changed")]
    PriceChanged {
        /// The total now.
        total: Money,
    },
    /// The lines have no total.
    #[error(transparent)]
    Totals(#[from] TotalsError),
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
            Self::Totals(TotalsError::MixedCurrencies) => "MixedCurrencies",
            Self::Totals(TotalsError::TooLarge) => "AmountTooLarge",
            Self::Totals(TotalsError::Empty) | Self::Lost | Self::Database(_) => UNAVAILABLE,
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
            other => Self::internal(other),
        }
    }
}
