//! Stock and warehouses as clients see them.

use rialto_kernel::{OfferId, Timestamp, TransferId, WarehouseId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{Latitude, Longitude, StockAlert, Transfer, TransferState, WarehouseName},
    store::{Standing, StockRow, Warehouse},
};

/// Stock, row by row.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockList {
    /// One row a warehouse.
    pub items: Vec<StockItem>,
}

/// The stock of one offer in one warehouse.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockItem {
    /// The offer.
    pub offer_id: OfferId,
    /// The seller's own text for it.
    pub sku: String,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Units in the warehouse that are not sold: a unit leaves it when its order is confirmed.
    pub on_hand: u32,
    /// Units of them that are set aside for orders.
    pub reserved: u32,
    /// Units that can be sold: `onHand - reserved`.
    pub available: u32,
    /// How many movements there were: each raises it by 1.
    pub version: u64,
}

impl From<StockRow> for StockItem {
    fn from(row: StockRow) -> Self {
        let StockRow { offer_id, sku, warehouse_id, on_hand, reserved, available, version, .. } = row;
        Self { offer_id, sku, warehouse_id, on_hand, reserved, available, version }
    }
}

impl FromIterator<StockRow> for StockList {
    fn from_iter<T: IntoIterator<Item = StockRow>>(rows: T) -> Self {
        Self { items: rows.into_iter().map(StockItem::from).collect() }
    }
}

/// A warehouse of the seller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Warehouse)]
#[serde(rename_all = "camelCase")]
pub struct WarehouseItem {
    /// The warehouse.
    pub id: WarehouseId,
    /// What the seller calls it.
    pub name: WarehouseName,
    /// ISO 3166-1 alpha-2 code; absent for the default warehouse, whose place is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Z]{2}$", example = "US")]
    pub country: Option<String>,
    /// State, province or county.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code as the country writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Degrees north of the equator, where the seller gave them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<Latitude>,
    /// Degrees east of Greenwich, where the seller gave them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<Longitude>,
    /// Smaller goes first among equally near warehouses.
    pub priority: u16,
}

impl From<Warehouse> for WarehouseItem {
    fn from(warehouse: Warehouse) -> Self {
        let Warehouse { warehouse_id, name, priority, place, .. } = warehouse;
        let point = place.as_ref().and_then(|place| place.point);
        let (country, region, postal_code) = match place {
            Some(place) => (Some(place.country), place.region, place.postal_code),
            None => (None, None, None),
        };
        Self {
            id: warehouse_id,
            name,
            country,
            region,
            postal_code,
            latitude: point.map(|point| point.latitude),
            longitude: point.map(|point| point.longitude),
            priority,
        }
    }
}

/// How an offer stands, over all warehouses.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OfferStanding)]
#[serde(rename_all = "camelCase")]
pub struct StandingItem {
    /// The offer.
    pub offer_id: OfferId,
    /// The seller's own text for it.
    pub sku: String,
    /// Units that can be sold.
    pub available: u64,
    /// At which number of units it counts as low; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u32>,
    /// Whether it runs out.
    pub alert: StockAlert,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

impl From<Standing> for StandingItem {
    fn from(standing: Standing) -> Self {
        let Standing { offer_id, sku, available, threshold, alert, since, .. } = standing;
        Self { offer_id, sku, available, threshold, alert, since }
    }
}

/// Units of an offer that go from one warehouse to another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transfer)]
#[serde(rename_all = "camelCase")]
pub struct TransferItem {
    /// The transfer.
    pub id: TransferId,
    /// The offer.
    pub offer_id: OfferId,
    /// The seller's own text for it.
    pub sku: String,
    /// From where.
    pub from_warehouse_id: WarehouseId,
    /// To where.
    pub to_warehouse_id: WarehouseId,
    /// Units that were sent.
    pub quantity: u32,
    /// Where it is in its life.
    pub state: TransferState,
    /// Units that arrived; absent until it is received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<u32>,
    /// Units that were sent and did not arrive; absent until it is received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<u32>,
    /// The seller's own words; empty where there are none.
    pub reason: String,
    /// When the units left.
    #[schema(value_type = String, format = DateTime)]
    pub dispatched_at: Timestamp,
    /// When they arrived or were back; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
}

impl From<Transfer> for TransferItem {
    fn from(transfer: Transfer) -> Self {
        let lost = transfer.received.map(|received| transfer.quantity.saturating_sub(received));
        let Transfer { transfer_id, offer_id, sku, from_warehouse_id, to_warehouse_id, quantity, .. } = transfer;
        let Transfer { state, received, reason, dispatched_at, closed_at, .. } = transfer;
        Self {
            id: transfer_id,
            offer_id,
            sku,
            from_warehouse_id,
            to_warehouse_id,
            quantity,
            state,
            received,
            lost,
            reason,
            dispatched_at,
            closed_at,
        }
    }
}
