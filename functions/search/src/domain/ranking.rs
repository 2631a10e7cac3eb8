//! What operators set of the ranking: weights, and products that are promoted for a time.

use std::collections::BTreeSet;

use rialto_kernel::{ProductId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    setting::{Setting, Unusable},
    weights::Weights,
};

const MOST_PROMOTIONS: usize = 200;
const LONGEST_LABEL: usize = 40;

/// How products are ranked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = SearchRanking)]
pub struct Ranking {
    /// What each part of a score is worth.
    #[serde(default)]
    #[schema(required = false, inline)]
    pub weights: Weights,
    /// Products that rank a little higher for a time, among those that match words as well, and say so. In other orders than
    /// relevance, and without words, they are as any.
    #[serde(default)]
    #[schema(required = false, max_items = 200)]
    pub promotions: Vec<Promotion>,
}

/// A product that is promoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SearchPromotion)]
pub struct Promotion {
    /// Which; not twice.
    pub product_id: ProductId,
    /// What shoppers read beside it, so that they know why it is there.
    #[schema(min_length = 1, max_length = 40, example = "Sponsored")]
    pub label: String,
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// When it is over.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

impl Setting for Ranking {
    const NAME: &'static str = "RANKING";

    fn check(&self) -> Result<(), Unusable> {
        self.weights.check().map_err(|error| error.under("weights"))?;
        if self.promotions.len() > MOST_PROMOTIONS {
            return Err(Unusable::at("/promotions", format!("must be at most {MOST_PROMOTIONS}")));
        }
        let mut known = BTreeSet::new();
        for (index, Promotion { product_id, label, from, until }) in self.promotions.iter().enumerate() {
            let refused =
                |field: &str, problem: &str| Err(Unusable::at(format!("/promotions/{index}/{field}"), problem));
            if !known.insert(product_id) {
                return refused("productId", "is promoted by another entry");
            }
            let short = label.chars().count() <= LONGEST_LABEL;
            if !short || label.trim().is_empty() || label.chars().any(char::is_control) {
                return refused("label", "must be one line of 1 to 40 characters");
            }
            if until <= from {
                return refused("until", "must be later than from");
            }
        }
        Ok(())
    }
}

impl Ranking {
    /// The promotions that hold at a time.
    pub fn promoted_at(&self, now: Timestamp) -> impl Iterator<Item = &Promotion> {
        self.promotions.iter().filter(move |promotion| (promotion.from..promotion.until).contains(&now))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn promotion(product: &str, label: &str, from: &str, until: &str) -> serde_json::Value {
        json!({"productId": ProductId::named(&[product]), "label": label, "from": from, "until": until})
    }

    fn ranking(promotions: &[serde_json::Value]) -> Ranking {
        serde_json::from_value(json!({ "promotions": promotions })).unwrap()
    }

    const DAY: [&str; 2] = ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"];

    #[test]
    fn given_a_promotion_when_its_time_is_then_it_holds_and_not_before_or_after() {
        let ranking = ranking(&[promotion("lamp", "Sponsored", DAY[0], DAY[1])]);
        assert_eq!(ranking.check(), Ok(()));
        let at = |time: &str| ranking.promoted_at(time.parse().unwrap()).count();
        let times = ["2026-11-19T23:59:59Z", DAY[0], "2026-11-20T23:59:59Z", DAY[1]];
        assert_eq!(times.map(at), [0, 1, 1, 0]);
    }

    #[test]
    fn given_a_promotion_that_cannot_be_when_checked_then_its_place_is_named() {
        let twice = [promotion("lamp", "A", DAY[0], DAY[1]), promotion("lamp", "B", DAY[0], DAY[1])];
        let refused = [
            (twice.to_vec(), "/promotions/1/productId"),
            (vec![promotion("lamp", " ", DAY[0], DAY[1])], "/promotions/0/label"),
            (vec![promotion("lamp", "A\nB", DAY[0], DAY[1])], "/promotions/0/label"),
            (vec![promotion("lamp", &"x".repeat(41), DAY[0], DAY[1])], "/promotions/0/label"),
            (vec![promotion("lamp", "A", DAY[1], DAY[0])], "/promotions/0/until"),
        ];
        for (promotions, pointer) in refused {
            assert_eq!(ranking(&promotions).check().unwrap_err().pointer, pointer);
        }
    }
}
