//! What the index answers, as the shopper gets it.

use std::collections::BTreeMap;

use rialto_kernel::{CursorError, ProductId, SearchId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    document::Item,
    facets::{Counted, Facets, count_of, read_facets},
    query::{ALL, NAMED},
    ranking::Ranking,
    search::{Reading, Search},
    vocabulary::Wording,
};

/// A page of products.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchResults {
    /// The products of this page.
    pub items: Vec<Item>,
    /// What there is to narrow the search to.
    pub facets: Facets,
    /// How many products match.
    pub total: u64,
    /// Where the next page starts; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// What the products were found by.
    pub matched: Matched,
    /// The words with those that no product has put right; absent when all are known or nothing is near. The products are
    /// those of these words when `matched` is `corrected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "wireless headphones")]
    pub did_you_mean: Option<String>,
    /// Names the search where clicks on its products are told (`POST /v1/events`). An answer that was kept on the way has
    /// that of the first who got it.
    pub search_id: SearchId,
}

/// What products were found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SearchMatched)]
pub enum Matched {
    /// The words as they were written.
    Written,
    /// The words of `didYouMean`, as no product has those that were written; when few have enough of them, products that
    /// have any follow.
    Corrected,
    /// The words as they were written, and after those any of them, as few products have enough of them.
    Widened,
    /// Some of the words, or words near to them, as no product has enough of them.
    Loose,
}

/// The products of a page and why they rank as they do.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SearchExplanation)]
pub struct Explained {
    /// The query as written, then with synonyms.
    pub readings: Vec<String>,
    /// What products must not say.
    pub never: Vec<String>,
    /// What the products were found by.
    pub matched: Matched,
    /// The products, as a shopper gets them.
    pub items: Vec<ExplainedItem>,
}

/// A product and its score.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SearchExplainedItem)]
pub struct ExplainedItem {
    /// The product.
    pub product_id: ProductId,
    /// Its name.
    pub title: String,
    /// The sum of the parts.
    pub score: f64,
    /// What each part adds, by its name in `domain/weights.rs`.
    pub parts: BTreeMap<String, f64>,
}

/// The answer to a `_search`.
#[derive(Debug, Deserialize)]
pub struct Found {
    timed_out: bool,
    hits: Hits,
    #[serde(default)]
    aggregations: Counted,
    #[serde(default)]
    suggest: Option<Suggest>,
}

#[derive(Debug, Deserialize)]
struct Hits {
    total: Total,
    hits: Vec<Hit>,
}

#[derive(Debug, Deserialize)]
struct Total {
    value: u64,
}

#[derive(Debug, Deserialize)]
struct Hit {
    #[serde(rename = "_source")]
    source: Source,
    #[serde(rename = "_score", default)]
    score: Option<f64>,
    sort: (serde_json::Number, ProductId),
    /// What each named clause adds to the score; names are given only to be explained.
    #[serde(default)]
    matched_queries: BTreeMap<String, f64>,
}

#[derive(Debug, Deserialize)]
struct Source {
    item: Item,
}

#[derive(Debug, Deserialize)]
struct Suggest {
    words: Vec<Suggested>,
}

/// `offset` and `length` count UTF-16 units.
#[derive(Debug, Deserialize)]
struct Suggested {
    text: String,
    offset: usize,
    length: usize,
    options: Vec<SuggestedWord>,
}

#[derive(Debug, Deserialize)]
struct SuggestedWord {
    text: String,
}

impl Found {
    /// Whether the index gave up before it had looked everywhere.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.timed_out
    }

    /// Whether nothing was found, whatever the filters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// How many products match, whatever the filters.
    #[must_use]
    pub fn count(&self) -> u64 {
        count_of(&self.aggregations, ALL).unwrap_or(self.hits.total.value)
    }

    /// Whether the words are the id or a SKU of a product.
    #[must_use]
    pub fn is_named(&self) -> bool {
        count_of(&self.aggregations, NAMED).is_some_and(|count| count > 0)
    }

    /// The SKUs of the products of the page, best first.
    #[must_use]
    pub fn skus(&self) -> Vec<&str> {
        self.hits.hits.iter().map(|hit| hit.source.item.sku.as_str()).collect()
    }

    /// The words with those that no product has put right; `None` when nothing is near, or a product has the words for its
    /// name. Words with digits are sizes and codes: what is near to them is something else.
    #[must_use]
    pub fn correction(&self, words: &str) -> Option<String> {
        if self.is_named() {
            return None;
        }
        corrected(words, &self.suggest.as_ref()?.words)
    }
}

/// The page that answers `search`, and `did_you_mean`. What `ranking` promotes says so where that ranked it higher.
///
/// # Errors
/// When the cursor of the next page cannot be written.
pub fn read_results(
    search: &Search,
    ranking: &Ranking,
    found: &Found,
    did_you_mean: Option<String>,
    search_id: SearchId,
) -> Result<SearchResults, CursorError> {
    let limit = usize::try_from(search.limit).unwrap_or(usize::MAX);
    let hits = &found.hits.hits;
    let is_last_page = hits.len() <= limit;
    let page = hits.get(..limit).unwrap_or(hits);
    let next_cursor = match page.last().filter(|_| !is_last_page) {
        Some(Hit { sort: (rank, product), .. }) => Some(search.cursor(rank, *product)?),
        None => None,
    };
    Ok(SearchResults {
        items: page.iter().map(|hit| labelled(search, ranking, &hit.source.item)).collect(),
        facets: read_facets(&search.filters, &found.aggregations),
        total: found.hits.total.value,
        next_cursor,
        matched: matched(search),
        did_you_mean,
        search_id,
    })
}

fn labelled(search: &Search, ranking: &Ranking, item: &Item) -> Item {
    let ranked = search.is_scored() && ranking.weights.promoted > 0.0;
    let promotion = ranking.promoted_at(search.now).find(|it| ranked && it.product_id == item.product_id);
    Item { promoted: promotion.map(|it| it.label.trim().to_owned()), ..item.clone() }
}

/// Why the products of a page rank as they do.
#[must_use]
pub fn read_explained(search: &Search, wording: Wording, found: Found) -> Explained {
    let limit = usize::try_from(search.limit).unwrap_or(usize::MAX);
    let items = found.hits.hits.into_iter().take(limit).map(|hit| ExplainedItem {
        product_id: hit.source.item.product_id,
        title: hit.source.item.title,
        score: hit.score.unwrap_or_default(),
        parts: hit.matched_queries,
    });
    Explained { items: items.collect(), readings: wording.readings, never: wording.never, matched: matched(search) }
}

fn matched(search: &Search) -> Matched {
    match &search.reading {
        None | Some(Reading::Written) => Matched::Written,
        Some(Reading::Corrected(_) | Reading::Widened(Some(_))) => Matched::Corrected,
        Some(Reading::Widened(None)) => Matched::Widened,
        Some(Reading::Loose) => Matched::Loose,
    }
}

/// The words with each unknown one that has a near one replaced; `None` when none has.
fn corrected(words: &str, suggested: &[Suggested]) -> Option<String> {
    let units: Vec<u16> = words.encode_utf16().collect();
    let mut corrected = Vec::with_capacity(units.len());
    let mut copied = 0;
    for word in suggested.iter().filter(|word| !word.text.chars().any(char::is_numeric)) {
        let Some(option) = word.options.first() else { continue };
        corrected.extend_from_slice(units.get(copied..word.offset)?);
        corrected.extend(option.text.encode_utf16());
        copied = word.offset.checked_add(word.length)?;
    }
    if copied == 0 {
        return None;
    }
    corrected.extend_from_slice(units.get(copied..)?);
    String::from_utf16(&corrected).ok()
}

#[cfg(test)]
#[path = "results_tests.rs"]
mod tests;
