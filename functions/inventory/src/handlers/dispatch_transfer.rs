//! `POST /v1/inventory/transfers`

use rialto_http::{Caller, Fault, Problem, Request, Response, SellerOrOperator, idempotency, respond};
use rialto_kernel::{OfferId, TransferId, WarehouseId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{view::TransferItem, whose};
use crate::{
    domain::{Note, Receipt, Transfer, TransferState},
    store::Inventory,
};

/// Units to send to another warehouse.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DispatchTransfer {
    /// The offer; this or `sku`.
    offer_id: Option<OfferId>,
    /// The seller's own text for the offer; this or `offerId`.
    #[schema(min_length = 1, max_length = 500, example = "LAMP-1")]
    sku: Option<String>,
    /// From where.
    from_warehouse_id: WarehouseId,
    /// To where.
    to_warehouse_id: WarehouseId,
    /// How many.
    quantity: Receipt,
    /// For the books.
    reason: Option<Note>,
}

/// Sends units from one warehouse of a seller to another.
///
/// They leave the first warehouse now and are nowhere for sale until they are received in the other, or the transfer is
/// cancelled. Never takes what is reserved for orders.
#[utoipa::path(
    post, path = "/v1/inventory/transfers", operation_id = "inventory-dispatch-transfer", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(idempotency::Required),
    request_body = DispatchTransfer,
    responses(
        (status = 201, description = "The transfer, on its way", body = TransferItem),
        (status = 404, description = "No such offer or warehouse"),
        (status = 409, description = "`STOCK_RESERVED` with `onHand` and `reserved`, `AMBIGUOUS_SKU`"),
    ),
)]
pub async fn dispatch_transfer(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let input: DispatchTransfer = request.json()?;
    let (from, to) = (input.from_warehouse_id, input.to_warehouse_id);
    if from == to {
        return Err(Problem::invalid("/toWarehouseId", Fault::NotAllowed, "must be another warehouse"));
    }
    let now = request.now();
    idempotency::perform(inventory.table(), &request, &caller, TransferId::draw(), |transfer_id| async move {
        let offer = whose::named_in_body(inventory, &caller, "", input.offer_id, input.sku.as_deref()).await?;
        for warehouse in [from, to] {
            inventory.warehouse(offer.seller_id, warehouse).await?;
        }
        let transfer = Transfer {
            transfer_id,
            offer_id: offer.offer_id,
            product_id: offer.product_id,
            seller_id: offer.seller_id,
            sku: offer.sku,
            from_warehouse_id: from,
            to_warehouse_id: to,
            quantity: input.quantity.into(),
            state: TransferState::InTransit,
            received: None,
            reason: input.reason.map(String::from).unwrap_or_default(),
            dispatched_at: now,
            closed_at: None,
        };
        let transfer = inventory.dispatch(&transfer).await?;
        respond::created(&format!("/v1/inventory/transfers/{transfer_id}"), &TransferItem::from(transfer))
    })
    .await
}
