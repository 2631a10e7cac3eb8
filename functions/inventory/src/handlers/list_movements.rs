//! `GET /v1/inventory/{id}/movements`

use rialto_http::{Caller, Paging, Problem, Request, Response, SellerOrOperator, respond};
use rialto_kernel::{MovementId, Timestamp, WarehouseId};
use serde::Serialize;
use utoipa::ToSchema;

use super::whose;
use crate::{
    domain::{Movement, Reason},
    store::Inventory,
};

/// A page of an offer's ledger.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MovementPage {
    /// Newest first.
    items: Vec<MovementItem>,
    /// Where the next page starts; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// An entry of the stock ledger. It never changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Movement)]
#[serde(rename_all = "camelCase")]
pub struct MovementItem {
    /// The movement.
    id: MovementId,
    /// Where.
    warehouse_id: WarehouseId,
    /// Units that came or, negative, went.
    delta_on_hand: i64,
    /// Units that were set aside or, negative, freed.
    delta_reserved: i64,
    /// Why.
    reason: Reason,
    /// What caused it: a reservation, a transfer, a stocktake, an import and line, or the seller's own words.
    reference: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl From<Movement> for MovementItem {
    fn from(movement: Movement) -> Self {
        let Movement { movement_id, warehouse_id, delta_on_hand, delta_reserved, reason, reference, at, .. } = movement;
        Self { id: movement_id, warehouse_id, delta_on_hand, delta_reserved, reason, reference, at }
    }
}

/// The ledger of an offer, by its id or its SKU.
///
/// The newest movements may be some moments late.
#[utoipa::path(
    get, path = "/v1/inventory/{id}/movements", operation_id = "inventory-list-movements", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(("id" = String, Path, description = "An offer id, or the seller's SKU"), Paging),
    responses(
        (status = 200, description = "A page of movements", body = MovementPage),
        (status = 409, description = "`AMBIGUOUS_SKU`, with the `offerIds` to choose from: for operators only"),
    ),
)]
pub async fn list_movements(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let paging: Paging = request.query()?;
    let offer = whose::named_in_path(inventory, &caller, request.path_text("id")?).await?.offer_id;
    let list = paging.of(format!("GET /v1/inventory/{offer}/movements"));
    let page = inventory.movements(offer, list.limit, list.after()?).await?;
    let items = page.items.into_iter().map(MovementItem::from).collect();
    respond::ok(&MovementPage { items, next_cursor: list.next(page.next)? })
}
