//! Moving stock from one warehouse to another: dispatched, then exactly one of received or recalled.

use rialto_kernel::{MovementId, OfferId, ProductId, SellerId, Timestamp, TransferId, WarehouseId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Movement, Reason};

/// Where a transfer is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransferState {
    /// The units have left the one warehouse and are not in the other.
    InTransit,
    /// What was left of them is in the other warehouse.
    Received,
    /// They are back where they came from.
    Cancelled,
}

impl TransferState {
    /// As it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InTransit => "in_transit",
            Self::Received => "received",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Units of one offer on their way between two warehouses of a seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
    /// The transfer.
    pub transfer_id: TransferId,
    /// What is moved.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// Whose.
    pub seller_id: SellerId,
    /// The seller's own text for the offer.
    pub sku: String,
    /// From where.
    pub from_warehouse_id: WarehouseId,
    /// To where.
    pub to_warehouse_id: WarehouseId,
    /// Units that were sent.
    pub quantity: u32,
    /// Where it is in its life.
    pub state: TransferState,
    /// Units that arrived; absent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<u32>,
    /// The seller's own words.
    pub reason: String,
    /// When the units left.
    pub dispatched_at: Timestamp,
    /// When they arrived or were back; absent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

/// How a transfer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// So many units arrived; the others are lost.
    Receive(u32),
    /// All units are back where they came from.
    Cancel,
}

/// What to do about the end of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferDecision {
    /// Close it with these movements, all in one warehouse, unless it is closed meanwhile.
    Close(Vec<Movement>),
    /// It is closed in just this way.
    Nothing,
    /// It is closed in another way.
    Refuse,
    /// More would arrive than was sent.
    TooMany,
}

impl Transfer {
    /// What leaves the first warehouse.
    #[must_use]
    pub fn dispatch(&self) -> Movement {
        self.movement(Reason::Dispatched, self.from_warehouse_id, -i64::from(self.quantity), self.dispatched_at)
    }

    /// The state that a closing leads to.
    #[must_use]
    pub fn closed(closing: Closing) -> TransferState {
        match closing {
            Closing::Receive(_) => TransferState::Received,
            Closing::Cancel => TransferState::Cancelled,
        }
    }

    /// Decides about closing it. What got lost on the way is booked as having arrived and then as lost, so that the
    /// ledger shows each unit that was sent.
    #[must_use]
    pub fn close(&self, closing: Closing, now: Timestamp) -> TransferDecision {
        match (self.state, closing) {
            (_, Closing::Receive(received)) if received > self.quantity => TransferDecision::TooMany,
            (TransferState::InTransit, Closing::Receive(received)) => {
                let (sent, to) = (i64::from(self.quantity), self.to_warehouse_id);
                let mut movements = vec![self.movement(Reason::Arrived, to, sent, now)];
                if received < self.quantity {
                    movements.push(self.movement(Reason::Lost, to, i64::from(received) - sent, now));
                }
                TransferDecision::Close(movements)
            }
            (TransferState::InTransit, Closing::Cancel) => {
                let back = self.movement(Reason::Recalled, self.from_warehouse_id, self.quantity.into(), now);
                TransferDecision::Close(vec![back])
            }
            (TransferState::Received, Closing::Receive(received)) if self.received == Some(received) => {
                TransferDecision::Nothing
            }
            (TransferState::Cancelled, Closing::Cancel) => TransferDecision::Nothing,
            _ => TransferDecision::Refuse,
        }
    }

    fn movement(&self, reason: Reason, warehouse_id: WarehouseId, delta: i64, at: Timestamp) -> Movement {
        let id = self.transfer_id.to_string();
        Movement {
            movement_id: MovementId::named(&[&id, reason.as_str()]),
            offer_id: self.offer_id,
            product_id: self.product_id,
            warehouse_id,
            delta_on_hand: delta,
            delta_reserved: 0,
            reason,
            reference: id,
            at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(quantity: u32, state: TransferState, received: Option<u32>) -> Transfer {
        Transfer {
            transfer_id: TransferId::named(&["t"]),
            offer_id: OfferId::named(&["t"]),
            product_id: ProductId::named(&["t"]),
            seller_id: SellerId::named(&["t"]),
            sku: "T".to_owned(),
            from_warehouse_id: WarehouseId::named(&["from"]),
            to_warehouse_id: WarehouseId::named(&["to"]),
            quantity,
            state,
            received,
            reason: "test".to_owned(),
            dispatched_at: Timestamp::UNIX_EPOCH,
            closed_at: None,
        }
    }

    #[test]
    fn given_each_state_when_closed_then_only_one_on_its_way_moves_and_a_repeat_changes_nothing() {
        use TransferDecision::{Nothing, Refuse, TooMany};
        let (received, cancelled) =
            (sent(5, TransferState::Received, Some(4)), sent(5, TransferState::Cancelled, None));
        for (transfer, closing, expected) in [
            (&received, Closing::Receive(4), Nothing),
            (&received, Closing::Receive(5), Refuse),
            (&received, Closing::Cancel, Refuse),
            (&cancelled, Closing::Cancel, Nothing),
            (&cancelled, Closing::Receive(5), Refuse),
            (&sent(5, TransferState::InTransit, None), Closing::Receive(6), TooMany),
        ] {
            assert_eq!(transfer.close(closing, Timestamp::UNIX_EPOCH), expected, "{transfer:?} {closing:?}");
        }
    }

    #[test]
    fn given_units_on_their_way_when_closed_then_every_unit_that_left_is_in_the_ledger() {
        let transfer = sent(5, TransferState::InTransit, None);
        assert_eq!(transfer.dispatch().delta_on_hand, -5);
        for (closing, at, net) in [
            (Closing::Receive(5), transfer.to_warehouse_id, 5),
            (Closing::Receive(3), transfer.to_warehouse_id, 3),
            (Closing::Receive(0), transfer.to_warehouse_id, 0),
            (Closing::Cancel, transfer.from_warehouse_id, 5),
        ] {
            let TransferDecision::Close(movements) = transfer.close(closing, Timestamp::UNIX_EPOCH) else {
                panic!("closed")
            };
            assert!(movements.iter().all(|movement| movement.warehouse_id == at));
            assert_eq!(movements.iter().map(|movement| movement.delta_on_hand).sum::<i64>(), net, "{closing:?}");
            assert_eq!(movements[0].delta_on_hand, 5, "all that left comes first");
        }
    }
}
