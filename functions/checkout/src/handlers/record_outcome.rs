//! `checkout-record-outcome`: writes down how the checkout ended, for the request that waits for it.

use rialto_kernel::OrderId;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    domain::{Failure, Outcome},
    error::Error,
    store::Checkouts,
};

/// The step's input: an order when it was confirmed, a failure when it was refused.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordOutcome {
    /// The order.
    pub order_id: OrderId,
    /// The order as its owner sees it.
    #[serde(default)]
    pub order: Option<Value>,
    /// What the workflow caught.
    #[serde(default)]
    pub failure: Option<Failure>,
}

/// Safe to repeat: the first outcome stays.
///
/// # Errors
/// When the database does not answer.
pub async fn record_outcome(checkouts: &Checkouts, input: RecordOutcome) -> Result<(), Error> {
    let outcome = match (input.order, input.failure) {
        (Some(order), _) => Outcome::Confirmed { order },
        (None, Some(failure)) => Outcome::Refused { detail: failure.detail(), error: failure.error },
        (None, None) => return Err(Error::Lost),
    };
    checkouts.record(input.order_id, &outcome).await
}
