//! Step of a checkout: sets stock aside for the order, all of it or nothing. Repeated, it answers the same.

use rialto_kernel::{Destination, OfferId, OrderId, Quantity, ReservationId, SignedDuration, Timestamp};
use rialto_lambda::{Context, InitError, env, now};
use serde::{Deserialize, Serialize};

use crate::{
    domain::sum_by_offer,
    error::Error,
    store::{Inventory, Wanted},
};

/// The step's state: the inventory, and how long a reservation lives.
#[derive(Debug, Clone)]
pub struct ReserveStock {
    inventory: Inventory,
    life: SignedDuration,
}

impl ReserveStock {
    /// A step whose reservations live for `life`.
    #[must_use]
    pub fn new(inventory: Inventory, life: SignedDuration) -> Self {
        Self { inventory, life }
    }

    /// Reads `RESERVATION_SECONDS` besides what [`Inventory::of`] reads.
    ///
    /// # Errors
    /// When a variable is missing, or is no whole number of seconds from 1 on.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        const NAME: &str = "RESERVATION_SECONDS";
        let seconds = env(NAME)?.parse().ok().filter(|seconds: &u32| *seconds > 0);
        let unusable = || InitError::Unusable { name: NAME.to_owned(), reason: "no number of seconds".to_owned() };
        let life = SignedDuration::from_secs(seconds.ok_or_else(unusable)?.into());
        Ok(Self::new(Inventory::of(context)?, life))
    }
}

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
pub async fn reserve_stock(step: &ReserveStock, order: Order) -> Result<Reserved, Error> {
    let Order { order_id, reservation_id, lines, destination } = order;
    let units = sum_by_offer(lines.into_iter().map(|line| (line.offer_id, line.quantity)));
    let wanted = Wanted { reservation_id, order_id, units, destination };
    let reservation = step.inventory.reserve(&wanted, step.life, now()).await?;
    Ok(Reserved { reservation_id, expires_at: reservation.expires_at })
}
