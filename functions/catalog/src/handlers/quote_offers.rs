//! Step `catalog-quote-offers`: what the lines of a cart are sold at now.

use serde::{Deserialize, Serialize};

use crate::{
    Error,
    store::{OfferLine, Store, Wanted},
};

/// The lines of a cart.
#[derive(Debug, Deserialize)]
pub struct QuoteOffers {
    lines: Vec<Wanted>,
}

/// The same lines, in the same order.
#[derive(Debug, Serialize)]
pub struct Quote {
    lines: Vec<OfferLine>,
}

/// # Errors
/// `OfferUnavailable` with all offers that are not sold.
pub async fn quote_offers(store: &Store, input: QuoteOffers) -> Result<Quote, Error> {
    Ok(Quote { lines: store.quote(&input.lines).await? })
}
