//! Stock rows, and the one way to change them.

use rialto_dynamo::{Error, Query, Read, Update, cond};
use rialto_kernel::{OfferId, ProductId, SellerId, WarehouseId};
use serde::{Deserialize, Serialize};

use super::{Inventory, keys};
use crate::domain::{Level, Movement};

/// The stock of one offer in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StockRow {
    /// The offer.
    pub offer_id: OfferId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Whose.
    pub seller_id: SellerId,
    /// The offer's product.
    pub product_id: ProductId,
    /// The seller's own text for the offer.
    pub sku: String,
    /// Units in the warehouse that are not sold: a unit leaves it when its order is confirmed.
    pub on_hand: u32,
    /// Units set aside for orders, part of `on_hand`.
    pub reserved: u32,
    /// Units that can be reserved: `on_hand - reserved`.
    pub available: u32,
    /// How many movements there were: each raises it by 1.
    pub version: u64,
}

impl StockRow {
    /// The row's counts.
    #[must_use]
    pub fn level(&self) -> Level {
        Level { on_hand: self.on_hand, reserved: self.reserved, available: self.available }
    }
}

impl Inventory {
    /// The stock of an offer in all warehouses, strongly read. Empty for an offer that inventory does not know.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn stock_of(&self, offer: OfferId) -> Result<Vec<StockRow>, Error> {
        self.table.query_all(Query::pk(keys::offer(offer)).sk_begins(keys::STOCK).strong()).await
    }

    pub(super) async fn stock_in(&self, of: OfferId, warehouse: WarehouseId) -> Result<Option<StockRow>, Error> {
        self.table.get(&keys::stock(of, warehouse), Read::Strong).await
    }
}

/// The change of stock that a movement makes, with the conditions that keep every count at zero or above.
pub(super) fn change_of(movement: &Movement) -> Update {
    change_of_all(movement, &[])
}

/// As [`change_of`], with more movements of the same offer in the same warehouse.
pub(super) fn change_of_all(first: &Movement, more: &[Movement]) -> Update {
    let sum = |delta: fn(&Movement) -> i64| more.iter().fold(delta(first), |sum, one| sum.saturating_add(delta(one)));
    let changes = [
        ("onHand", sum(|movement| movement.delta_on_hand)),
        ("reserved", sum(|movement| movement.delta_reserved)),
        ("available", sum(Movement::delta_available)),
    ];
    let movements = i128::try_from(more.len()).unwrap_or_default().saturating_add(1);
    let update = Update::of(keys::stock(first.offer_id, first.warehouse_id)).add("version", movements);
    changes.into_iter().filter(|(_, by)| *by != 0).fold(update.when(cond::exists("pk")), |update, (name, by)| {
        let update = update.add(name, by);
        if by < 0 { update.when(cond::ge(name, by.saturating_neg())) } else { update }
    })
}
