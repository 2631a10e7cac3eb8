//! Step of a checkout: sets stock aside for the order, all of it or nothing. Repeated, it answers the same.

use rialto_kernel::{Destination, OfferId, OrderId, Quantity, ReservationId, Timestamp};
use rialto_lambda::now;
use serde::{Deserialize, Serialize};

use super::Reservations;
use crate::{
    domain::{PaymentClass, sum_by_offer},
    error::Error,
    store::Wanted,
};

/// What to set aside, for which order.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The order.
    pub order_id: OrderId,
    /// The reservation's id, drawn with the order's.
    pub reservation_id: ReservationId,
    /// What is bought; an offer may be on several lines.
    pub lines: Vec<Line>,
    /// Where it goes.
    pub destination: Destination,
    /// How it is paid, if that is known yet.
    #[serde(default)]
    pub payment_class: PaymentClass,
}

/// So many of an offer.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// What.
    pub offer_id: OfferId,
    /// How many.
    pub quantity: Quantity,
}

/// The reservation that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reserved {
    /// The reservation.
    pub reservation_id: ReservationId,
    /// From when on it can no longer be confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Reserves.
///
/// # Errors
/// `OutOfStock` with `items`, `ReservationClosed` when it was released before, `ReservationTooLarge`; `Unavailable` when
/// the stock is contended or the table fails: to be retried.
pub async fn reserve_stock(step: &Reservations, order: Order) -> Result<Reserved, Error> {
    let Order { order_id, reservation_id, lines, destination, payment_class } = order;
    let units = sum_by_offer(lines.into_iter().map(|line| (line.offer_id, line.quantity)));
    let wanted = Wanted { reservation_id, order_id, units, destination };
    let reservation = step.inventory.reserve(&wanted, step.lives.of(payment_class), now()).await?;
    Ok(Reserved { reservation_id, expires_at: reservation.expires_at })
}
