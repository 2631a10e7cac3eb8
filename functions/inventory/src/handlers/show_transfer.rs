//! `GET /v1/inventory/transfers/{id}`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, respond};
use rialto_kernel::TransferId;

use super::{view::TransferItem, whose};
use crate::store::Inventory;

/// A transfer.
#[utoipa::path(
    get, path = "/v1/inventory/transfers/{id}", operation_id = "inventory-show-transfer", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(("id" = TransferId, Path)),
    responses((status = 200, description = "The transfer", body = TransferItem)),
)]
pub async fn show_transfer(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let transfer = inventory.transfer(whose::confined(&caller), request.path_id("id")?).await?;
    respond::ok(&TransferItem::from(transfer))
}
