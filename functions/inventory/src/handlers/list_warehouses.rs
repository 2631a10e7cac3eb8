//! `GET /v1/warehouses`

use rialto_http::{Caller, Problem, Request, Response, Seller, respond};
use serde::Serialize;
use utoipa::ToSchema;

use super::{paging::Paging, view::WarehouseItem};
use crate::store::Inventory;

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
    let list = request.query::<Paging>()?.of("GET /v1/warehouses");
    let page = inventory.warehouses(caller.seller_id, list.limit, list.after()?).await?;
    let items = page.items.into_iter().map(WarehouseItem::from).collect();
    respond::ok(&WarehousePage { items, next_cursor: list.next(page.next)? })
}
