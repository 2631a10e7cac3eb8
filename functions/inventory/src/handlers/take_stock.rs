//! `POST /v1/inventory/stocktakes`

use std::collections::BTreeSet;

use futures::future::try_join_all;
use rialto_http::{Caller, Fault, Problem, Request, Response, SellerOrOperator, StatusCode, idempotency, respond};
use rialto_kernel::{OfferId, StocktakeId, WarehouseId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{view::StockItem, whose};
use crate::{
    domain::{Note, Units},
    store::{Inventory, StockRow, Tallied, Tally},
};

/// The most offers of one request.
const MOST: usize = 100;

/// What was counted in a warehouse.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TakeStock {
    /// Where.
    warehouse_id: WarehouseId,
    /// For the ledger.
    reason: Option<Note>,
    /// Each offer at most once.
    #[schema(min_items = 1, max_items = 100)]
    counts: Vec<CountedOffer>,
}

/// One offer that was counted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountedOffer {
    /// The offer; this or `sku`.
    offer_id: Option<OfferId>,
    /// The seller's own text for the offer; this or `offerId`.
    #[schema(min_length = 1, max_length = 500, example = "LAMP-1")]
    sku: Option<String>,
    /// `version` of the stock when it was counted; 0 where the warehouse had none of the offer.
    #[schema(example = 1)]
    version: u64,
    /// Units that were counted, reserved ones included.
    quantity: Units,
    /// How many of them are sold, which have left `onHand` and are taken off; none unless given.
    sold_among_them: Option<Units>,
}

/// What became of each count.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stocktake {
    /// The stocktake, as the ledger names it.
    id: StocktakeId,
    /// In the order of the counts.
    items: Vec<StocktakeItem>,
}

/// What became of a count.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StocktakeItem {
    /// The offer.
    offer_id: OfferId,
    /// The seller's own text for it.
    sku: String,
    /// What became of it.
    outcome: Outcome,
    /// Units by which the books were wrong; 0 where nothing was booked.
    delta: i64,
    /// The stock in that warehouse now; absent where there was and is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    stock: Option<StockItem>,
}

/// What became of a count.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StocktakeOutcome)]
pub enum Outcome {
    /// The books say what was counted.
    Booked,
    /// Nothing was booked: the stock has moved since that version. Count again.
    Moved,
    /// Nothing was booked: more is reserved for orders than was counted. Release or cancel orders first.
    BelowReserved,
}

/// Sets the books of a warehouse to what was counted.
///
/// `onHand` is what is not sold: a unit leaves it when its order is confirmed, and not when it is sent. Who counts a whole shelf
/// says in `soldAmongThem` how many of the units are packed or to be packed for orders that are confirmed.
///
/// A count holds only against the version of the stock that it was made at. Each offer is booked on its own: what became
/// of it stands in the answer. Offers must be known from an import.
#[utoipa::path(
    post, path = "/v1/inventory/stocktakes", operation_id = "inventory-take-stock", tag = "inventory",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(idempotency::Required),
    request_body = TakeStock,
    responses(
        (status = 201, description = "What became of each count", body = Stocktake),
        (status = 404, description = "No such offer or warehouse; nothing was booked"),
        (status = 409, description = "`AMBIGUOUS_SKU`; nothing was booked"),
    ),
)]
pub async fn take_stock(
    inventory: &Inventory,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let input: TakeStock = request.json()?;
    if input.counts.is_empty() || input.counts.len() > MOST {
        return Err(Problem::invalid("/counts", Fault::OutOfRange, format!("must be 1 to {MOST} offers")));
    }
    let now = request.now();
    idempotency::perform(inventory.table(), &request, &caller, StocktakeId::draw(), |id| async move {
        let tallies = tallies(inventory, &caller, input).await?;
        let outcomes = inventory.take_stock(id, &tallies, now).await?;
        let items = tallies.into_iter().zip(outcomes).map(StocktakeItem::from).collect();
        respond::json(StatusCode::CREATED, &Stocktake { id, items })
    })
    .await
}

async fn tallies(inventory: &Inventory, caller: &SellerOrOperator, input: TakeStock) -> Result<Vec<Tally>, Problem> {
    let TakeStock { warehouse_id, reason, counts } = input;
    let note = reason.map(String::from).unwrap_or_default();
    let named = counts.iter().enumerate().map(|(index, count)| async move {
        let at = format!("/counts/{index}");
        whose::named_in_body(inventory, caller, &at, count.offer_id, count.sku.as_deref()).await
    });
    let offers = try_join_all(named).await?;
    let mut seen = BTreeSet::new();
    if let Some(index) = offers.iter().position(|offer| !seen.insert(offer.offer_id)) {
        return Err(Problem::invalid(format!("/counts/{index}"), Fault::NotAllowed, "the offer is there twice"));
    }
    let sellers: BTreeSet<_> = offers.iter().map(|offer| offer.seller_id).collect();
    for seller in sellers {
        inventory.warehouse(seller, warehouse_id).await?;
    }
    let tally = |(index, (offer, count)): (usize, (_, CountedOffer))| {
        let counted = count.unsold().ok_or_else(|| {
            let at = format!("/counts/{index}/soldAmongThem");
            Problem::invalid(at, Fault::OutOfRange, "more are sold among them than were counted")
        })?;
        Ok(Tally { offer, warehouse_id, version: count.version, counted, note: note.clone() })
    };
    offers.into_iter().zip(counts).enumerate().map(tally).collect()
}

impl CountedOffer {
    fn unsold(&self) -> Option<u32> {
        u32::from(self.quantity).checked_sub(self.sold_among_them.map_or(0, u32::from))
    }
}

impl From<(Tally, Tallied)> for StocktakeItem {
    fn from((tally, tallied): (Tally, Tallied)) -> Self {
        let (outcome, delta, stock): (_, _, Option<StockRow>) = match tallied {
            Tallied::Booked { delta, stock } => (Outcome::Booked, delta, stock),
            Tallied::Moved { stock } => (Outcome::Moved, 0, stock),
            Tallied::BelowReserved { stock } => (Outcome::BelowReserved, 0, Some(stock)),
        };
        Self { offer_id: tally.offer.offer_id, sku: tally.offer.sku, outcome, delta, stock: stock.map(StockItem::from) }
    }
}
