//! `GET /v1/product-cards`

use std::collections::HashSet;

use rialto_http::{Anyone, Caller, Problem, Request, Response, respond};
use rialto_kernel::ProductId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    list_products::{ProductCard, card},
    show_product::CACHE,
};
use crate::store::Store;

/// The most cards of one answer.
const CARDS: usize = 50;

/// Which products.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CardsQuery {
    /// 1 to 50 ids of products with commas between, each once.
    #[param(
        value_type = String, min_length = 36, max_length = 1_849,
        pattern = "^prd_[0-9a-f]{32}(,prd_[0-9a-f]{32}){0,49}$",
        example = "prd_018f2f6c8d7a7c3e9b1d5a6f7e8c9d0a,prd_018f2f6c8d7a7c3e9b1d5a6f7e8c9d0b"
    )]
    ids: Ids,
}

/// Products by name, in the order in which they were asked for.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Ids(Vec<ProductId>);

impl TryFrom<String> for Ids {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let texts: Vec<&str> = text.split(',').collect();
        if texts.len() > CARDS {
            return Err(format!("has {} ids: ask for at most {CARDS} at once", texts.len()));
        }
        let (mut ids, mut seen) = (Vec::new(), HashSet::new());
        for (nth, text) in (1..).zip(texts) {
            let id: ProductId = text
                .parse()
                .map_err(|_| format!("number {nth} is no id of a product: write ids with commas between"))?;
            if !seen.insert(id) {
                return Err(format!("number {nth} is there before: write each id once"));
            }
            ids.push(id);
        }
        Ok(Self(ids))
    }
}

/// Cards of products.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductCards {
    /// In the order asked for.
    items: Vec<ProductCard>,
    /// Those asked for that shoppers do not see: there are none, or they are not for sale.
    missing: Vec<ProductId>,
}

/// Up to 50 products by id, each as a list shows it: for carts, pages and whoever has ids.
#[utoipa::path(
    get, path = "/v1/product-cards", operation_id = "catalog-list-cards", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    params(CardsQuery),
    responses((status = 200, description = "The products.", body = ProductCards)),
)]
pub async fn list_cards(store: &Store, _: Anyone, request: Request) -> Result<Response, Problem> {
    let CardsQuery { ids: Ids(ids) } = request.query()?;
    let items: Vec<ProductCard> = store.cards(&ids).await?.iter().filter_map(card).collect();
    let found: HashSet<ProductId> = items.iter().map(|item| item.id).collect();
    let missing = ids.into_iter().filter(|id| !found.contains(id)).collect();
    Ok(respond::ok(&ProductCards { items, missing })?.cache(CACHE))
}

#[cfg(test)]
#[path = "list_cards_tests.rs"]
mod tests;
