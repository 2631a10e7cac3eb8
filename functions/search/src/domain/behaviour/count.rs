//! What an event counts for.
//!
//! Each thing that is counted has a mark, which says who did what on which day. Mark and counts are written together and only if
//! the mark is not there yet: so an event that comes twice counts once, and so does a person who does the same again.

use rialto_kernel::{OrderId, ProductId, SearchId};
use sha2::{Digest, Sha256};

use super::{actor::hex, event::Noted};
use crate::domain::day::Day;

/// The last place of a product that a click is taken for: ten pages of a hundred.
pub const MOST_POSITIONS: u16 = 1_000;

/// What a click is worth by the place it was at, in hundredths: the inverse of how likely a place is looked at, for which
/// `1 / place^0.5` is taken, up to the tenth. (Inverse propensity weights with the propensity `(1 / place)^n` are
/// Joachims, Swaminathan and Schnabel's, "Unbiased Learning-to-Rank with Biased Feedback", WSDM 2017; `n` is half of what
/// they assume, and what is beyond the tenth place is cut off, as the place is the client's word: a lie earns at most the
/// last of these.)
const CLICK_WEIGHTS: [u32; 10] = [100, 141, 173, 200, 224, 245, 265, 283, 300, 316];

/// What is counted once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// This search, for these words.
    Asked(SearchId, String),
    /// Any search for these words.
    AskedFor(String),
    /// A search for these words that found nothing.
    FoundNothing(String),
    /// A click on the product, found by these words.
    Clicked(String, ProductId),
    /// A click on anything found by these words.
    ClickedAny(String),
    /// A click on the product, whatever it was found by.
    Chosen(ProductId),
    /// The product's page.
    Viewed(ProductId),
    /// The product's lines of an order.
    Sold(OrderId, ProductId),
}

/// What counts are kept of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counter {
    /// A query.
    Query(String),
    /// A product.
    Product(ProductId),
    /// A product that a query found.
    Pair(String, ProductId),
}

/// An addition to a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The day that it counts for.
    pub day: Day,
    /// Of what.
    pub of: Counter,
    /// Which count.
    pub field: &'static str,
    /// How much is added.
    pub by: u64,
}

/// Counts that are added once for all events with the mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The mark.
    pub once: Mark,
    /// The counts.
    pub counts: Vec<Count>,
}

/// A product's lines of an order, taken together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// The order.
    pub order_id: OrderId,
    /// The product.
    pub product_id: ProductId,
    /// How many.
    pub units: u64,
    /// When.
    pub day: Day,
    /// By which words the buyer had found it, and on which day.
    pub found_by: Option<(String, Day)>,
}

/// Names as they stand in keys: of one length whatever the query.
#[must_use]
pub fn hash(query: &str) -> String {
    hex(Sha256::digest(query).get(..16).unwrap_or_default())
}

/// What a click at a place is worth, in hundredths of one at the first.
#[must_use]
pub fn click_weight(position: u16) -> u32 {
    let place = usize::from(position.max(1)).saturating_sub(1);
    CLICK_WEIGHTS.get(place).or(CLICK_WEIGHTS.last()).copied().unwrap_or_default()
}

/// What an event of this day counts for.
#[must_use]
pub fn effects(day: Day, event: &Noted) -> Vec<Effect> {
    let count = |of: &Counter, field, by| Count { day, of: of.clone(), field, by };
    match event {
        Noted::Search { search_id, query, found } => {
            let of = Counter::Query(query.clone());
            let mut asked = vec![count(&of, "searches", 1)];
            let mut effects = Vec::new();
            if !found {
                asked.push(count(&of, "zeroResults", 1));
                let counts = vec![count(&of, "zeroActors", 1)];
                effects.push(Effect { once: Mark::FoundNothing(query.clone()), counts });
            }
            effects.push(Effect { once: Mark::Asked(*search_id, query.clone()), counts: asked });
            effects.push(Effect { once: Mark::AskedFor(query.clone()), counts: vec![count(&of, "actors", 1)] });
            effects
        }
        Noted::Click { query, product_id, position } => {
            let weight = u64::from(click_weight(*position));
            let (words, product) = (Counter::Query(query.clone()), Counter::Product(*product_id));
            let pair = Counter::Pair(query.clone(), *product_id);
            let of_pair = vec![count(&words, "clicks", 1), count(&pair, "clicks", 1), count(&pair, "weight", weight)];
            let of_product = vec![count(&product, "clickers", 1), count(&product, "clickWeight", weight)];
            vec![
                Effect { once: Mark::Clicked(query.clone(), *product_id), counts: of_pair },
                Effect { once: Mark::ClickedAny(query.clone()), counts: vec![count(&words, "clickers", 1)] },
                Effect { once: Mark::Chosen(*product_id), counts: of_product },
            ]
        }
        Noted::View { product_id } => {
            let counts = vec![count(&Counter::Product(*product_id), "views", 1)];
            vec![Effect { once: Mark::Viewed(*product_id), counts }]
        }
    }
}

/// What a sale counts for. What a query brought in counts for the day of the click.
#[must_use]
pub fn of_sale(sale: &Sale) -> Effect {
    let product = Counter::Product(sale.product_id);
    let count = |field, by| Count { day: sale.day, of: product.clone(), field, by };
    let mut counts = vec![count("orders", 1), count("units", sale.units)];
    if let Some((query, day)) = &sale.found_by {
        let of = [Counter::Query(query.clone()), Counter::Pair(query.clone(), sale.product_id)];
        counts.extend(of.map(|of| Count { day: *day, of, field: "orders", by: 1 }));
    }
    Effect { once: Mark::Sold(sale.order_id, sale.product_id), counts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_place_when_weighed_then_a_click_farther_down_is_worth_more_up_to_the_tenth() {
        let weights: Vec<u32> = (1..=10).map(click_weight).collect();
        assert!(weights.is_sorted() && weights.first() == Some(&100));
        assert_eq!(click_weight(11), click_weight(10));
        assert_eq!((click_weight(0), click_weight(MOST_POSITIONS)), (100, 316));
        for (place, weight) in weights.iter().enumerate() {
            // The square root, rounded: 100 * sqrt(place).
            let square = u32::try_from(place.saturating_add(1)).unwrap_or_default().saturating_mul(10_000);
            let near = |weight: u32| weight.saturating_mul(weight).abs_diff(square);
            assert!(near(*weight) <= near(weight.saturating_add(1)) && near(*weight) <= near(weight.saturating_sub(1)));
        }
    }

    #[test]
    fn given_a_search_that_found_nothing_when_counted_then_it_is_a_search_and_one_without_results() {
        let day = Day::of(rialto_kernel::Timestamp::UNIX_EPOCH);
        let search = |found| Noted::Search { search_id: SearchId::named(&["s"]), query: "lamp".to_owned(), found };
        let fields = |found| {
            let counts = effects(day, &search(found)).into_iter().flat_map(|effect| effect.counts);
            counts.map(|count| count.field).collect::<Vec<_>>()
        };
        assert_eq!(fields(true), ["searches", "actors"]);
        assert_eq!(fields(false), ["zeroActors", "searches", "zeroResults", "actors"]);
    }
}
