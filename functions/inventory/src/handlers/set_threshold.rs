//! `PUT /v1/inventory/{id}/threshold`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, respond};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::{view::StandingItem, whose};
use crate::{domain::Units, store::Inventory};

/// When to be told that an offer runs out.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SetThreshold {
    /// At so many units, over all warehouses, or fewer; `null`: only when nothing is left.
    #[serde(deserialize_with = "stated")]
    #[schema(required = true)]
    threshold: Option<Units>,
}

/// Present, be it `null`: a body that forgot it does not remove the threshold.
fn stated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Units>, D::Error> {
    Option::deserialize(deserializer)
}

/// Sets at how many units an offer counts as low, by its id or its SKU.
///
/// `StockLow.v1` tells it once when the offer falls to it, `StockReplenished.v1` when it rises above. Set again, it is the
/// same.
#[utoipa::path(
    put, path = "/v1/inventory/{id}/threshold", operation_id = "inventory-set-threshold", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(("id" = String, Path, description = "An offer id, or the seller's SKU")),
    request_body = SetThreshold,
    responses(
        (status = 200, description = "How the offer stands", body = StandingItem),
        (status = 409, description = "`AMBIGUOUS_SKU`, with the `offerIds` to choose from: for operators only"),
    ),
)]
pub async fn set_threshold(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let input: SetThreshold = request.json()?;
    let offer = whose::named_in_path(inventory, &caller, request.path_text("id")?).await?;
    let standing = inventory.set_threshold(offer.offer_id, input.threshold.map(u32::from), request.now()).await?;
    respond::ok(&StandingItem::from(standing))
}
