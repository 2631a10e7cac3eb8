//! `POST /v1/inventory/transfers/{id}/receive`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, idempotency, respond};
use rialto_kernel::TransferId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{view::TransferItem, whose};
use crate::{
    domain::{Closing, Units},
    store::Inventory,
};

/// What arrived.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReceiveTransfer {
    /// Units that arrived, at most those that were sent; the others are booked as lost.
    quantity: Units,
}

/// Books what arrived of a transfer, and so ends it.
#[utoipa::path(
    post, path = "/v1/inventory/transfers/{id}/receive", operation_id = "inventory-receive-transfer", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(("id" = TransferId, Path), idempotency::Required),
    request_body = ReceiveTransfer,
    responses(
        (status = 200, description = "The transfer, received", body = TransferItem),
        (status = 409, description = "`CONFLICT` with `state`: it was cancelled, or received in another quantity"),
    ),
)]
pub async fn receive_transfer(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let ReceiveTransfer { quantity } = request.json()?;
    let id: TransferId = request.path_id("id")?;
    let now = request.now();
    idempotency::perform(inventory.table(), &request, &caller, (), |()| async move {
        let transfer = inventory.transfer(whose::confined(&caller), id).await?;
        let closed = inventory.close(&transfer, Closing::Receive(quantity.into()), now).await?;
        respond::ok(&TransferItem::from(closed))
    })
    .await
}
