//! What the beginning of a query may become.

use std::collections::BTreeSet;

use rialto_kernel::ProductId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    document::Item,
    facets::{CategoryFacet, Counts, FacetValue},
    fold::folded_words,
};

const MOST_PRODUCTS: u32 = 6;
const MOST_OTHERS: usize = 4;
/// Categories among which those that the words name are looked for: their parents come with them.
const CATEGORIES_READ: u32 = 40;

/// What a query may become, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SearchSuggestions)]
pub struct Suggestions {
    /// Products, those that can be bought first.
    pub products: Vec<SuggestedProduct>,
    /// Brands, those with most products first; `value` is for the filter `brand`.
    pub brands: Vec<FacetValue>,
    /// Categories, those with most products first; `value` is for the filter `category`.
    pub categories: Vec<CategoryFacet>,
    /// What others have searched for that begins so, the most popular first. In the words that all wrote: without capitals,
    /// accents and signs.
    #[schema(example = json!(["desk lamp"]))]
    pub queries: Vec<String>,
}

/// A product to go to at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuggestedProduct {
    /// The product.
    pub product_id: ProductId,
    /// Its name.
    pub title: String,
    /// Address of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
}

/// The body of a `_search` for what begins so.
#[must_use]
pub fn suggest_body(beginning: &str) -> Value {
    let listed = |field: &str| json!({"bool": {"filter": [{"term": {"listed": true}}, begins(field, beginning)]}});
    let titles = json!({"dis_max": {"queries": [
        {"constant_score": {"filter": exact("title.prefix", beginning), "boost": 10}},
        {"constant_score": {"filter": begins("title.prefix", beginning), "boost": 1}}
    ]}});
    let others = |filter: Value, counts: Value| json!({"global": {}, "aggs": {"listed": {"filter": filter, "aggs": {"counts": counts}}}});
    let brands = json!({"terms": {"field": "brand.key", "size": MOST_OTHERS},
        "aggs": {"written": {"terms": {"field": "brand.written", "size": 1}}}});
    let categories = json!({"terms": {"field": "category", "size": CATEGORIES_READ},
        "aggs": {"written": {"terms": {"field": "categoryPath", "size": 1}}}});
    json!({
        "size": MOST_PRODUCTS,
        "track_total_hits": false,
        "timeout": "500ms",
        "_source": ["item"],
        "query": {"bool": {
            "filter": [{"term": {"listed": true}}],
            "must": [titles],
            "should": [
                {"match": {"title.plain": {"query": beginning, "boost": 0.2}}},
                {"constant_score": {"filter": {"term": {"available": true}}, "boost": 3}}
            ]
        }},
        "aggs": {
            "brands": others(listed("brand.prefix"), brands),
            "categories": others(listed("categoryNames.prefix"), categories)
        },
        "sort": [{"_score": "desc"}, {"productId": "asc"}]
    })
}

/// Every word is one of the field or begins one.
fn exact(field: &str, beginning: &str) -> Value {
    json!({"match": {field: {"query": beginning, "operator": "and"}}})
}

/// As [`exact`], but for a typing error or two in longer words.
fn begins(field: &str, beginning: &str) -> Value {
    json!({"match": {field: {"query": beginning, "operator": "and", "fuzziness": "AUTO:4,8", "prefix_length": 1,
        "max_expansions": 20}}})
}

/// The answer to [`suggest_body`].
#[derive(Debug, Deserialize)]
pub struct Suggested {
    hits: Hits,
    aggregations: Others,
}

#[derive(Debug, Deserialize)]
struct Hits {
    hits: Vec<Hit>,
}

#[derive(Debug, Deserialize)]
struct Hit {
    #[serde(rename = "_source")]
    source: Source,
}

#[derive(Debug, Deserialize)]
struct Source {
    item: Item,
}

#[derive(Debug, Deserialize)]
struct Others {
    brands: Global,
    categories: Global,
}

#[derive(Debug, Deserialize)]
struct Global {
    listed: Listed,
}

#[derive(Debug, Deserialize)]
struct Listed {
    counts: Counts,
}

/// The suggestions that were found. Of several products with one title, the first is shown.
#[must_use]
pub fn read_suggestions(beginning: &str, found: Suggested, queries: Vec<String>) -> Suggestions {
    let mut titles = BTreeSet::new();
    let products =
        found.hits.hits.into_iter().map(|hit| hit.source.item).filter(|item| titles.insert(item.title.clone()));
    let words = folded_words(beginning);
    let categories = found.aggregations.categories.listed.counts.buckets.iter().map(super::facets::Bucket::category);
    Suggestions {
        products: products
            .map(|item| SuggestedProduct { product_id: item.product_id, title: item.title, image: item.image })
            .collect(),
        brands: found.aggregations.brands.listed.counts.buckets.iter().map(super::facets::Bucket::value).collect(),
        categories: categories.filter(|category| is_named(category, &words)).take(MOST_OTHERS).collect(),
        queries,
    }
}

/// Whether the words are of the category's own name and not only of one above it.
fn is_named(category: &CategoryFacet, words: &[String]) -> bool {
    let name = category.path.last().map(|name| folded_words(name)).unwrap_or_default();
    words.last().is_some_and(|word| name.iter().any(|of_name| is_beginning(word, of_name)))
}

/// Whether `word` begins `whole`, but for one typing error in words of four letters or more.
pub(super) fn is_beginning(word: &str, whole: &str) -> bool {
    let (word, whole): (Vec<char>, Vec<char>) = (word.chars().collect(), whole.chars().collect());
    let begin = |rest: &[char]| whole.get(..rest.len()).is_some_and(|begin| begin == rest);
    if begin(&word) {
        return true;
    }
    let same = word.iter().zip(&whole).take_while(|(a, b)| a == b).count();
    let rest_begins = |of_word: usize, of_whole: usize| {
        let rest = word.get(of_word..).unwrap_or_default();
        whole.get(of_whole..).is_some_and(|whole| whole.starts_with(rest))
    };
    let (one, two) = (same.saturating_add(1), same.saturating_add(2));
    let swapped = word.get(same) == whole.get(one) && word.get(one) == whole.get(same) && rest_begins(two, two);
    word.len() >= 4
        && same > 0
        && (rest_begins(one, one) || rest_begins(one, same) || rest_begins(same, one) || swapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_beginning_when_compared_then_one_typing_error_of_any_kind_does_no_harm() {
        for word in ["head", "headphones", "hedphon", "haedph", "headdph", "hesdph"] {
            assert!(is_beginning(word, "headphones"), "{word}");
        }
        for word in ["phones", "hd", "hardware", "headphonesx1"] {
            assert!(!is_beginning(word, "headphones"), "{word}");
        }
    }
}
