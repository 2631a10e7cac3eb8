//! Every minute: gives back what is set aside by reservations whose time is up.

use std::convert::Infallible;

use rialto_lambda::now;
use serde_json::Value;

use crate::store::{Inventory, Swept};

/// Sweeps once. What it is invoked with has no meaning. What fails is counted and found again by the next sweep.
///
/// # Errors
/// Never: failures are in the answer.
pub async fn expire_reservations(inventory: &Inventory, _: Value) -> Result<Swept, Infallible> {
    let swept = inventory.expire_due(now()).await;
    let Swept { expired, settled, failed } = swept;
    tracing::info!(
        reservations.expired = expired,
        reservations.settled = settled,
        reservations.failed = failed,
        "swept"
    );
    Ok(swept)
}
