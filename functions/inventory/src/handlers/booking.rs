//! What receipts and adjustments share: one movement that a person books.

use rialto_http::{Problem, Request, Response, SellerOrOperator, idempotency, respond};
use rialto_kernel::{MovementId, OfferId, WarehouseId};

use super::{view::StockList, whose};
use crate::{
    domain::Reason,
    store::{Booking, Inventory},
};

/// A movement as a person enters it.
pub(super) struct Entry {
    pub(super) offer_id: Option<OfferId>,
    pub(super) sku: Option<String>,
    pub(super) warehouse_id: WarehouseId,
    pub(super) delta: i64,
    pub(super) reason: Reason,
    pub(super) reference: String,
}

/// Books it once a key, and answers the stock in that warehouse afterwards.
pub(super) async fn book(
    inventory: &Inventory,
    caller: &SellerOrOperator,
    request: &Request,
    entry: Entry,
) -> Result<Response, Problem> {
    idempotency::perform(inventory.table(), request, caller, MovementId::draw(), |movement_id| async move {
        let Entry { offer_id, sku, warehouse_id, delta, reason, reference } = entry;
        let offer = whose::named_in_body(inventory, caller, "", offer_id, sku.as_deref()).await?;
        let warehouse_id = inventory.warehouse(offer.seller_id, warehouse_id).await?.warehouse_id;
        let booking = Booking { movement_id, offer, warehouse_id, delta, reason, reference };
        let row = inventory.book(&booking, request.now()).await?;
        respond::created(&format!("/v1/inventory/{}", row.offer_id), &StockList::from_iter([row]))
    })
    .await
}
