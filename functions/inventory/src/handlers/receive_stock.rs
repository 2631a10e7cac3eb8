//! `POST /v1/inventory/receipts`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, idempotency};
use rialto_kernel::{OfferId, WarehouseId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    booking::{self, Entry},
    view::StockList,
};
use crate::{
    domain::{Note, Reason, Receipt},
    store::Inventory,
};

/// Goods that came in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiveStock {
    /// The offer; this or `sku`.
    offer_id: Option<OfferId>,
    /// The seller's own text for the offer; this or `offerId`.
    #[schema(min_length = 1, max_length = 500, example = "LAMP-1")]
    sku: Option<String>,
    /// Where.
    warehouse_id: WarehouseId,
    /// How many.
    quantity: Receipt,
    /// For the ledger.
    reason: Option<Note>,
}

/// Books goods that came in.
///
/// The offer must be known from an import. Answers the stock in that warehouse afterwards.
#[utoipa::path(
    post, path = "/v1/inventory/receipts", operation_id = "inventory-receive-stock", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(idempotency::Required),
    request_body = ReceiveStock,
    responses(
        (status = 201, description = "The stock afterwards", body = StockList),
        (status = 404, description = "No such offer or warehouse"),
        (status = 409, description = "`AMBIGUOUS_SKU`"),
    ),
)]
pub async fn receive_stock(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let input: ReceiveStock = request.json()?;
    let entry = Entry {
        offer_id: input.offer_id,
        sku: input.sku,
        warehouse_id: input.warehouse_id,
        delta: u32::from(input.quantity).into(),
        reason: Reason::Received,
        reference: input.reason.map(String::from).unwrap_or_default(),
    };
    booking::book(inventory, &caller, &request, entry).await
}
