//! Stock and warehouses as clients see them.

use rialto_kernel::{OfferId, WarehouseId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::WarehouseName,
    store::{StockRow, Warehouse},
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
    /// Units in the warehouse.
    pub on_hand: u32,
    /// Units of them that are set aside for orders.
    pub reserved: u32,
    /// Units that can be sold: `onHand - reserved`.
    pub available: u32,
    /// Raised by each movement.
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
    /// Smaller goes first among equally near warehouses.
    pub priority: u16,
}

impl From<Warehouse> for WarehouseItem {
    fn from(warehouse: Warehouse) -> Self {
        let (country, region, postal_code) = match warehouse.place {
            Some(place) => (Some(place.country), place.region, place.postal_code),
            None => (None, None, None),
        };
        let Warehouse { warehouse_id, name, priority, .. } = warehouse;
        Self { id: warehouse_id, name, country, region, postal_code, priority }
    }
}
