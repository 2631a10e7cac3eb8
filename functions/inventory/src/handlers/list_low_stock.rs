//! `GET /v1/inventory/low-stock`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, respond};
use serde::Serialize;
use utoipa::ToSchema;

use super::{paging::SellersPaging, view::StandingItem};
use crate::store::Inventory;

/// A page of offers that run out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LowStockPage {
    /// Fewest units first.
    items: Vec<StandingItem>,
    /// Where the next page starts; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A seller's offers that are at their threshold or below, or of which nothing is left.
///
/// It follows the stock by some moments.
#[utoipa::path(
    get, path = "/v1/inventory/low-stock", operation_id = "inventory-list-low-stock", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(SellersPaging),
    responses(
        (status = 200, description = "A page of offers", body = LowStockPage),
        (status = 404, description = "No such seller, or another one than the caller's"),
    ),
)]
pub async fn list_low_stock(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let (seller, list) = request.query::<SellersPaging>()?.of("GET /v1/inventory/low-stock", &caller)?;
    let page = inventory.low_stock(seller, list.limit, list.after()?).await?;
    let items = page.items.into_iter().map(StandingItem::from).collect();
    respond::ok(&LowStockPage { items, next_cursor: list.next(page.next)? })
}
