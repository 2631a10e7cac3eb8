//! What makes one product rank above another, and by how much: the only place to change it.
//!
//! A product's score is the sum of the parts that hold for it. A search explained for operators names the parts as here.
//! Operators set weights at run time ([`super::Ranking`]); what is written here holds until they do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::setting::Unusable;

/// The BM25 score that earns half of [`Weights::text`].
pub const TEXT_HALF: f64 = 12.0;
/// The age at which [`Weights::recent`] is halved.
pub const RECENT_HALF_LIFE: &str = "30d";
/// Orders of 28 days that earn half of [`Weights::sales`].
pub const SALES_HALF: u32 = 20;
/// Hundredths of a per cent above the usual rate that earn half of [`Weights::conversion`].
pub const CONVERSION_HALF: u32 = 200;
/// Hundredths of a click at the first place that earn half of [`Weights::popular`].
pub const POPULAR_HALF: u32 = 2_000;
/// What a synonym earns of the parts of the words it stands for.
pub const SYNONYM: f64 = 0.9;
/// Fields in which words count, by how much they say of the product.
pub const FIELDS: [&str; 6] =
    ["title^3", "brand^2", "categoryNames^1.5", "attributeValues^1.5", "item.tags^1.5", "description^0.5"];
/// Of three words or more, a quarter may be missing.
pub const ENOUGH_WORDS: &str = "2<75%";
/// When fewer products have enough of the words, those that have any follow.
pub const FEW: u64 = 10;
/// What visitors' doings may weigh together, of [`Weights::all_words`]: they choose among what fits as well, and no more.
const BY_VISITORS: f64 = 0.06;
/// What a promotion, and what a shopper prefers, may weigh of [`Weights::all_words`].
const BY_WISH: f64 = 0.1;
const MOST: f64 = 100.0;
/// What weighs less decides nothing, and is no number that can be kept.
const LEAST: f64 = 0.001;
/// The index adds up with seven digits.
const CLEARLY: f64 = 1.0001;
/// Sums of tenths are not exact.
const ROUNDING: f64 = 1e-9;

/// What each part of a score is worth: some are constants, some what a product can get at most. What is left out is as it was
/// made. They must keep a product with every word above any without, and one that the query names above all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = RankingWeights, example = json!({"available": 0.3, "recent": 0.1}))]
pub struct Weights {
    /// The query is the product's id or one of its SKUs. More than all other parts together.
    #[schema(minimum = 0, maximum = 100)]
    pub identity: f64,
    /// Every word of the query is somewhere in the product. More than all that a product without a word can have.
    #[schema(minimum = 0, maximum = 100)]
    pub all_words: f64,
    /// Most words of the query (three of four) are somewhere in the product.
    #[schema(minimum = 0, maximum = 100)]
    pub most_words: f64,
    /// At most, by how well the words match by BM25 (`s / (s + 12)` of it): long texts and many words cannot outweigh the rest.
    #[schema(minimum = 0, maximum = 100)]
    pub text: f64,
    /// Every word is in the title.
    #[schema(minimum = 0, maximum = 100)]
    pub title: f64,
    /// The words stand in the title next to each other.
    #[schema(minimum = 0, maximum = 100)]
    pub phrase: f64,
    /// The query names the product's categories: it has no word that they have not. One word of many is no wish for a
    /// category: who wants a "watch strap" does not want watches.
    #[schema(minimum = 0, maximum = 100)]
    pub category: f64,
    /// The query names the product's brand.
    #[schema(minimum = 0, maximum = 100)]
    pub brand: f64,
    /// It can be bought now.
    #[schema(minimum = 0, maximum = 100)]
    pub available: f64,
    /// At most, by being new: half of this after 30 days.
    #[schema(minimum = 0, maximum = 100)]
    pub recent: f64,
    /// At most, by being sold: half of this with 20 orders in 28 days.
    #[schema(minimum = 0, maximum = 100)]
    pub sales: f64,
    /// At most, by being bought by more of those who see it than is usual: half of this with 2 % above.
    #[schema(minimum = 0, maximum = 100)]
    pub conversion: f64,
    /// At most, by being clicked in searches: half of this with 20 clicks at the first place.
    #[schema(minimum = 0, maximum = 100)]
    pub popular: f64,
    /// It is promoted now.
    #[schema(minimum = 0, maximum = 100)]
    pub promoted: f64,
    /// It is of a brand that the shopper prefers.
    #[schema(minimum = 0, maximum = 100)]
    pub preferred_brand: f64,
    /// It is of a category that the shopper prefers.
    #[schema(minimum = 0, maximum = 100)]
    pub preferred_category: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            identity: 16.0,
            all_words: 5.0,
            most_words: 0.5,
            text: 2.0,
            title: 0.7,
            phrase: 0.5,
            category: 0.5,
            brand: 0.4,
            available: 0.3,
            recent: 0.1,
            sales: 0.1,
            conversion: 0.08,
            popular: 0.06,
            promoted: 0.3,
            preferred_brand: 0.15,
            preferred_category: 0.1,
        }
    }
}

#[expect(clippy::float_arithmetic, reason = "scores are no money")]
impl Weights {
    /// # Errors
    /// When a weight is no number from 0 to 100, or a rule among them is broken.
    pub fn check(&self) -> Result<(), Unusable> {
        let of_any = [self.most_words, self.text, self.brand, self.available, self.recent];
        let by_visitors = [self.sales, self.conversion, self.popular];
        let by_shopper = [self.preferred_brand, self.preferred_category];
        // Who has these has every word.
        let of_words = [self.title, self.phrase, self.category];
        let without_a_word = [&of_any[..], &by_visitors, &by_shopper, &[self.promoted]].concat();
        let others = [&without_a_word[..], &of_words, &[self.all_words]].concat();
        let usable = |weight: &f64| *weight == 0.0 || (LEAST..=MOST).contains(weight);
        if !others.iter().chain([&self.identity]).all(usable) {
            return Err(Unusable::at("", format!("must have weights that are 0, or from {LEAST} to {MOST}")));
        }
        let sum = |weights: &[f64]| weights.iter().sum::<f64>();
        let at_most = |weights: &[f64], share: f64| sum(weights) <= share * self.all_words + ROUNDING;
        let rules = [
            (
                self.all_words * SYNONYM > sum(&without_a_word) * CLEARLY,
                "/allWords",
                "nine tenths of it must be more than all that a product without a word can have together: mostWords, text, brand, \
                 available, recent, sales, conversion, popular, promoted, preferredBrand, preferredCategory",
            ),
            (self.identity > sum(&others) * CLEARLY, "/identity", "must be more than all other weights together"),
            (
                at_most(&by_visitors, BY_VISITORS),
                "/sales",
                "with conversion and popular must be at most 6 % of allWords",
            ),
            (at_most(&[self.promoted], BY_WISH), "/promoted", "must be at most 10 % of allWords"),
            (
                at_most(&by_shopper, BY_WISH),
                "/preferredBrand",
                "with preferredCategory must be at most 10 % of allWords",
            ),
        ];
        match rules.into_iter().find(|(kept, ..)| !kept) {
            Some((_, pointer, problem)) => Err(Unusable::at(pointer, problem)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_the_weights_as_they_were_made_when_checked_then_they_keep_the_rules() {
        assert_eq!(Weights::default().check(), Ok(()));
    }

    #[test]
    fn given_a_weight_that_would_outweigh_words_when_checked_then_it_is_refused() {
        let made = Weights::default();
        let roomy = Weights { all_words: 6.0, identity: 20.0, ..made };
        assert_eq!(roomy.check(), Ok(()));
        let refused = [
            (Weights { text: 2.5, ..made }, "/allWords"),
            (Weights { brand: 0.9, ..made }, "/allWords"),
            (Weights { title: 7.0, ..made }, "/identity"),
            (Weights { identity: 10.790_000_1, ..made }, "/identity"),
            (Weights { sales: 0.3, ..roomy }, "/sales"),
            (Weights { promoted: 0.7, ..roomy }, "/promoted"),
            (Weights { preferred_brand: 0.6, ..roomy }, "/preferredBrand"),
            (Weights { text: -1.0, ..made }, ""),
            (Weights { recent: 1e-200, ..made }, ""),
            (Weights { identity: 101.0, ..made }, ""),
            (Weights { recent: f64::NAN, ..made }, ""),
        ];
        for (weights, pointer) in refused {
            assert_eq!(weights.check().map_err(|error| error.pointer), Err(pointer.to_owned()), "{weights:?}");
        }
    }
}
