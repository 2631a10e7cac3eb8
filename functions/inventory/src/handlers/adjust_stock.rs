//! `POST /v1/inventory/adjustments`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, idempotency, respond};
use rialto_kernel::{MovementId, OfferId, WarehouseId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{view::StockList, whose};
use crate::{
    domain::{Correction, Note, Reason},
    store::{Booking, Inventory},
};

/// A correction of the books.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdjustStock {
    /// The offer; this or `sku`.
    offer_id: Option<OfferId>,
    /// The seller's own text for the offer; this or `offerId`.
    sku: Option<String>,
    /// Where.
    warehouse_id: WarehouseId,
    /// Units more, or fewer when negative.
    delta: Correction,
    /// For the ledger.
    reason: Note,
}

/// Corrects the books, never below what is reserved for orders.
///
/// The offer must be known from an import. Answers the stock in that warehouse afterwards.
#[utoipa::path(
    post, path = "/v1/inventory/adjustments", operation_id = "inventory-adjust-stock", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(idempotency::Required),
    request_body = AdjustStock,
    responses(
        (status = 201, description = "The stock afterwards", body = StockList),
        (status = 404, description = "No such offer or warehouse"),
        (status = 409, description = "`STOCK_RESERVED` with `onHand` and `reserved`, `AMBIGUOUS_SKU`"),
    ),
)]
pub async fn adjust_stock(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let input: AdjustStock = request.json()?;
    let now = request.now();
    idempotency::perform(inventory.table(), &request, &caller, MovementId::draw(), |movement_id| async move {
        let offer = whose::named_in_body(inventory, &caller, input.offer_id, input.sku.as_deref()).await?;
        let warehouse_id = inventory.warehouse(offer.seller_id, input.warehouse_id).await?.warehouse_id;
        let booking = Booking {
            movement_id,
            warehouse_id,
            delta: input.delta.into(),
            reason: Reason::Adjusted,
            reference: input.reason.into(),
            offer,
        };
        let row = inventory.book(&booking, now).await?;
        respond::created(&format!("/v1/inventory/{}", row.offer_id), &StockList::from_iter([row]))
    })
    .await
}
