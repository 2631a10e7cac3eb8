//! Movements: the entries of the stock ledger.

use rialto_kernel::{ImportId, MovementId, OfferId, ProductId, ReservationId, StocktakeId, Timestamp, WarehouseId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Allocation, Transition};

/// Why stock moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MovementReason)]
pub enum Reason {
    /// Goods came in.
    Received,
    /// A seller corrected the books.
    Adjusted,
    /// A catalogue import set the on-hand stock.
    Imported,
    /// A stocktake found another number.
    Counted,
    /// Sent to another warehouse.
    Dispatched,
    /// Sent from another warehouse, and due here.
    Arrived,
    /// Sent from another warehouse, and not there when it arrived.
    Lost,
    /// Sent to another warehouse, and called back.
    Recalled,
    /// Set aside for an order.
    Reserved,
    /// Sold.
    Confirmed,
    /// Given back before the sale.
    Released,
    /// Given back after the sale.
    Restocked,
    /// Given back because the reservation's time was up.
    Expired,
}

impl Reason {
    /// As it is written in the ledger and in `StockMoved.v1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Adjusted => "adjusted",
            Self::Imported => "imported",
            Self::Counted => "counted",
            Self::Dispatched => "dispatched",
            Self::Arrived => "arrived",
            Self::Lost => "lost",
            Self::Recalled => "recalled",
            Self::Reserved => "reserved",
            Self::Confirmed => "confirmed",
            Self::Released => "released",
            Self::Restocked => "restocked",
            Self::Expired => "expired",
        }
    }
}

/// One entry of the ledger. The sums of the deltas of an offer in a warehouse are its stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Movement {
    /// Follows from the reference, so that a repeated write cannot book twice.
    pub movement_id: MovementId,
    /// What moved.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Units that came (or, negative, went).
    pub delta_on_hand: i64,
    /// Units that were set aside (or, negative, freed).
    pub delta_reserved: i64,
    /// Why.
    pub reason: Reason,
    /// What caused it: a reservation, a transfer, a stocktake, an import and line, or the seller's own words.
    pub reference: String,
    /// When.
    pub at: Timestamp,
}

impl Movement {
    /// What a reservation's transition moves for one of its allocations.
    #[must_use]
    pub fn of_transition(
        reservation: ReservationId,
        transition: Transition,
        allocation: &Allocation,
        at: Timestamp,
    ) -> Self {
        let units = i64::from(allocation.quantity);
        let (on_hand, reserved) = transition.directions();
        let reason = transition.reason();
        let (offer, warehouse) = (allocation.offer_id.to_string(), allocation.warehouse_id.to_string());
        Self {
            movement_id: MovementId::named(&[&reservation.to_string(), reason.as_str(), &offer, &warehouse]),
            offer_id: allocation.offer_id,
            product_id: allocation.product_id,
            warehouse_id: allocation.warehouse_id,
            delta_on_hand: on_hand * units,
            delta_reserved: reserved * units,
            reason,
            reference: reservation.to_string(),
            at,
        }
    }

    /// The id of the movement that a line of a catalogue import causes.
    #[must_use]
    pub fn id_of_import(import: ImportId, line: u64, offer: OfferId) -> MovementId {
        MovementId::named(&[&import.to_string(), &line.to_string(), &offer.to_string()])
    }

    /// The id of the movement that a stocktake of an offer causes.
    #[must_use]
    pub fn id_of_stocktake(stocktake: StocktakeId, offer: OfferId) -> MovementId {
        MovementId::named(&[&stocktake.to_string(), &offer.to_string()])
    }

    /// By how much the movement changes what can be reserved.
    #[must_use]
    pub fn delta_available(&self) -> i64 {
        self.delta_on_hand.saturating_sub(self.delta_reserved)
    }
}
