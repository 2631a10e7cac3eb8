//! `GET /v1/inventory/{id}`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, respond};

use super::{view::StockList, whose};
use crate::store::Inventory;

/// The stock of an offer, by its id or its SKU, one row a warehouse.
#[utoipa::path(
    get, path = "/v1/inventory/{id}", operation_id = "inventory-show-stock", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(("id" = String, Path, description = "An offer id, or the seller's SKU")),
    responses(
        (status = 200, description = "The stock", body = StockList),
        (status = 409, description = "`AMBIGUOUS_SKU`, with the `offerIds` to choose from: for operators only"),
    ),
)]
pub async fn show_stock(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let offer = whose::named_in_path(inventory, &caller, request.path_text("id")?).await?;
    let rows = inventory.stock_of(offer.offer_id).await?;
    respond::ok(&StockList::from_iter(rows))
}
