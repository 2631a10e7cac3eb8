//! Step of a checkout: gives a reservation the time that its way of paying needs, once. Repeated, it answers the same.

use rialto_kernel::{ReservationId, Timestamp};
use rialto_lambda::now;
use serde::{Deserialize, Serialize};

use super::Reservations;
use crate::{domain::PaymentClass, error::Error};

/// Which reservation, and how its order is paid.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExtendReservation {
    /// The reservation.
    pub reservation_id: ReservationId,
    /// How its order is paid.
    pub payment_class: PaymentClass,
}

/// The end that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Extended {
    /// From when on it can no longer be confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Puts off the end, which never comes earlier for it. A reservation that was put off before keeps the end it has.
///
/// # Errors
/// `ReservationExpired` when its time is up or it was given back; `Unavailable`: to be retried.
pub async fn extend_reservation(step: &Reservations, which: ExtendReservation) -> Result<Extended, Error> {
    let life = step.lives.of(which.payment_class);
    let expires_at = step.inventory.extend(which.reservation_id, life, now()).await?;
    Ok(Extended { expires_at })
}
