//! `POST /v1/inventory/adjustments`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, idempotency};
use rialto_kernel::{OfferId, WarehouseId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    booking::{self, Entry},
    view::StockList,
};
use crate::{
    domain::{Correction, Note, Reason},
    store::Inventory,
};

/// A correction of the books.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdjustStock {
    /// The offer; this or `sku`.
    offer_id: Option<OfferId>,
    /// The seller's own text for the offer; this or `offerId`.
    #[schema(min_length = 1, max_length = 500, example = "LAMP-1")]
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
    let entry = Entry {
        offer_id: input.offer_id,
        sku: input.sku,
        warehouse_id: input.warehouse_id,
        delta: input.delta.into(),
        reason: Reason::Adjusted,
        reference: input.reason.into(),
    };
    booking::book(inventory, &caller, &request, entry).await
}
