//! What makes one product rank above another, and by how much: the only place to change it.
//!
//! A product's score is the sum of the parts that hold for it. Each is a constant but [`TEXT`], [`RECENT`], [`SALES`],
//! [`CONVERSION`] and [`POPULAR`], which are what a product can get at most. A search explained for operators names the parts as here.

/// Every word of the query is somewhere in the product. More than all that a product without a word can have.
pub const ALL_WORDS: f64 = 4.0;
/// The query is the product's id or one of its SKUs. More than all other parts together.
pub const IDENTITY: f64 = 12.0;
/// Most words of the query ([`ENOUGH_WORDS`]) are somewhere in the product.
pub const MOST_WORDS: f64 = 0.5;
/// How well the words match by BM25, `s / (s + TEXT_HALF)` of it: long texts and many words cannot outweigh the rest.
pub const TEXT: f64 = 2.0;
/// The BM25 score that earns half of [`TEXT`].
pub const TEXT_HALF: f64 = 12.0;
/// Every word is in the title.
pub const TITLE: f64 = 0.7;
/// The words stand in the title next to each other.
pub const PHRASE: f64 = 0.5;
/// The query names the product's categories: it has no word that they have not. One word of many is no wish for a
/// category: who wants a "watch strap" does not want watches.
pub const CATEGORY: f64 = 0.5;
/// The query names the product's brand.
pub const BRAND: f64 = 0.4;
/// It can be bought now.
pub const AVAILABLE: f64 = 0.3;
/// It is new: half of this after [`RECENT_HALF_LIFE`].
pub const RECENT: f64 = 0.1;
/// The age at which [`RECENT`] is halved.
pub const RECENT_HALF_LIFE: &str = "30d";
/// At most what it earns by being sold: half of this with [`SALES_HALF`]. The three that visitors decide are together at most
/// 6 % of what a product with every word has ([`ALL_WORDS`]), so they choose among what fits as well, and no more.
pub const SALES: f64 = 0.1;
/// Orders of 28 days that earn half of [`SALES`].
pub const SALES_HALF: u32 = 20;
/// At most what it earns by being bought by more of those who see it than is usual: half of this with [`CONVERSION_HALF`].
pub const CONVERSION: f64 = 0.08;
/// Hundredths of a per cent above the usual rate that earn half of [`CONVERSION`].
pub const CONVERSION_HALF: u32 = 200;
/// At most what it earns by being clicked in searches: half of this with [`POPULAR_HALF`].
pub const POPULAR: f64 = 0.06;
/// Hundredths of a click at the first place that earn half of [`POPULAR`].
pub const POPULAR_HALF: u32 = 2_000;
/// What a synonym earns of the parts of the words it stands for.
pub const SYNONYM: f64 = 0.9;
/// Fields in which words count, by how much they say of the product.
pub const FIELDS: [&str; 5] = ["title^3", "brand^2", "categoryNames^1.5", "attributeValues^1.5", "description^0.5"];
/// Of three words or more, a quarter may be missing.
pub const ENOUGH_WORDS: &str = "2<75%";
/// When fewer products have enough of the words, those that have any follow.
pub const FEW: u64 = 10;

#[cfg(test)]
#[allow(clippy::float_arithmetic, clippy::assertions_on_constants, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_product_with_all_words_is_above_any_without_and_a_named_product_above_all() {
        let by_visitors = SALES + CONVERSION + POPULAR;
        assert!(by_visitors <= 0.0601 * ALL_WORDS);
        let without_a_word = MOST_WORDS + TEXT + BRAND + AVAILABLE + RECENT + by_visitors;
        assert!(ALL_WORDS * SYNONYM > without_a_word);
        assert!(IDENTITY > without_a_word + ALL_WORDS + TITLE + PHRASE + CATEGORY);
    }
}
