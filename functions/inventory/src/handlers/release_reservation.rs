//! Step of a checkout's compensation: gives back what is set aside, or restocks what is sold. Accepts absence, leaving a
//! tombstone that refuses a reservation that arrives late. Repeated, it answers the same.

use rialto_lambda::now;

use super::confirm_reservation::{ReservationOf, Turned};
use crate::{domain::Turn, error::Error, store::Inventory};

/// Releases or restocks.
///
/// # Errors
/// `Unavailable`: to be retried.
pub async fn release_reservation(inventory: &Inventory, which: ReservationOf) -> Result<Turned, Error> {
    let state = inventory.turn(which.reservation_id, Turn::Release, now()).await?;
    Ok(Turned { state })
}
