//! Step of a checkout: sells what is set aside. Repeated, it answers the same.

use rialto_kernel::ReservationId;
use rialto_lambda::now;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{State, Turn},
    error::Error,
    store::Inventory,
};

/// Which reservation.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReservationOf {
    /// The reservation.
    pub reservation_id: ReservationId,
}

/// Where the reservation is in its life now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Turned {
    /// Its state; absent when there is none.
    pub state: Option<State>,
}

/// Confirms.
///
/// # Errors
/// `ReservationExpired` when its time is up or it was given back; `Unavailable`: to be retried.
pub async fn confirm_reservation(inventory: &Inventory, which: ReservationOf) -> Result<Turned, Error> {
    let state = inventory.turn(which.reservation_id, Turn::Confirm, now()).await?;
    Ok(Turned { state })
}
