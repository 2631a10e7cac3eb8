//! `POST /v1/inventory/transfers/{id}/cancel`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, idempotency, respond};
use rialto_kernel::TransferId;

use super::{view::TransferItem, whose};
use crate::{domain::Closing, store::Inventory};

/// Books all units of a transfer back to where they came from, and so ends it.
#[utoipa::path(
    post, path = "/v1/inventory/transfers/{id}/cancel", operation_id = "inventory-cancel-transfer", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(("id" = TransferId, Path), idempotency::Required),
    responses(
        (status = 200, description = "The transfer, cancelled", body = TransferItem),
        (status = 409, description = "`CONFLICT` with `state`: it was received"),
    ),
)]
pub async fn cancel_transfer(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let id: TransferId = request.path_id("id")?;
    let now = request.now();
    idempotency::perform(inventory.table(), &request, &caller, (), |()| async move {
        let transfer = inventory.transfer(whose::confined(&caller), id).await?;
        let closed = inventory.close(&transfer, Closing::Cancel, now).await?;
        respond::ok(&TransferItem::from(closed))
    })
    .await
}
