//! `GET /v1/inventory/transfers`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, respond};
use serde::Serialize;
use utoipa::ToSchema;

use super::{paging::SellersPaging, view::TransferItem};
use crate::store::Inventory;

/// A page of transfers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferPage {
    /// Newest first.
    items: Vec<TransferItem>,
    /// Where the next page starts; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A seller's transfers.
#[utoipa::path(
    get, path = "/v1/inventory/transfers", operation_id = "inventory-list-transfers", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(SellersPaging),
    responses(
        (status = 200, description = "A page of transfers", body = TransferPage),
        (status = 404, description = "No such seller, or another one than the caller's"),
    ),
)]
pub async fn list_transfers(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let (seller, list) = request.query::<SellersPaging>()?.of("GET /v1/inventory/transfers", &caller)?;
    let page = inventory.transfers(seller, list.limit, list.after()?).await?;
    let items = page.items.into_iter().map(TransferItem::from).collect();
    respond::ok(&TransferPage { items, next_cursor: list.next(page.next)? })
}
