//! `checkout-record-action`: what the gateway waits for the shopper to do, where the shopper can see it.

use rialto_kernel::OrderId;
use serde::Deserialize;

use crate::{domain::NextAction, error::Error, store::Checkouts};

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordAction {
    /// The order.
    pub order_id: OrderId,
    /// What is to be done; null when others have to act, such as the shopper's bank.
    pub next_action: Option<NextAction>,
}

/// Safe to repeat. A checkout that has ended shows none.
///
/// # Errors
/// When the database does not answer.
pub async fn record_action(checkouts: &Checkouts, input: RecordAction) -> Result<(), Error> {
    checkouts.record_action(input.order_id, input.next_action.as_ref()).await
}
