//! `GET /v1/warehouses`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, respond};
use serde::Serialize;
use utoipa::ToSchema;

use super::{paging::SellersPaging, view::WarehouseItem};
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

/// A seller's warehouses. An import makes the default one at its first use.
#[utoipa::path(
    get, path = "/v1/warehouses", operation_id = "inventory-list-warehouses", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(SellersPaging),
    responses(
        (status = 200, description = "A page of warehouses", body = WarehousePage),
        (status = 404, description = "Another seller than the caller"),
    ),
)]
pub async fn list_warehouses(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let (seller, list) = request.query::<SellersPaging>()?.of("GET /v1/warehouses", &caller)?;
    let page = inventory.warehouses(seller, list.limit, list.after()?).await?;
    let items = page.items.into_iter().map(WarehouseItem::from).collect();
    respond::ok(&WarehousePage { items, next_cursor: list.next(page.next)? })
}
