//! `GET /v1/warehouses`

use rialto_http::{Caller, Limit, Problem, Request, Response, Seller, respond};
use rialto_kernel::Cursor;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::view::WarehouseItem;
use crate::store::Inventory;

const LIST: &str = "GET /v1/warehouses";

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many.
    #[serde(default)]
    #[param(required = false)]
    limit: Limit,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}

/// A page of warehouses.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WarehousePage {
    /// In a stable order.
    items: Vec<WarehouseItem>,
    /// Where the next page starts; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The seller's warehouses. An import makes the default one at its first use.
#[utoipa::path(
    get, path = "/v1/warehouses", operation_id = "inventory-list-warehouses", tag = "inventory",
    extensions(("x-rialto-caller" = json!(Seller::NAME))),
    params(Paging),
    responses((status = 200, description = "A page of warehouses", body = WarehousePage)),
)]
pub async fn list_warehouses(inventory: &Inventory, caller: Seller, request: Request) -> Result<Response, Problem> {
    let paging: Paging = request.query()?;
    let after = paging.cursor.map(|cursor| Cursor::decode(&cursor, LIST)).transpose()?;
    let page = inventory.warehouses(caller.seller_id, paging.limit.get().into(), after).await?;
    let next_cursor = page.next.map(|position| Cursor::encode(LIST, &position)).transpose()?;
    respond::ok(&WarehousePage { items: page.items.into_iter().map(WarehouseItem::from).collect(), next_cursor })
}
