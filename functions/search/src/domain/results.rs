//! What the index answers, as the shopper gets it.

use rialto_kernel::{CursorError, ProductId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    document::Item,
    filters::PriceRange,
    query::price_bands,
    search::{Position, Search},
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
    /// The words with their unknown ones put right; absent when every word is known or nothing is near.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "wireless headphones")]
    pub did_you_mean: Option<String>,
}

/// By filter: the values it can have, with the number of products if it were set so and the others as they are.
/// Each value can be put into `filters` as it stands, once its special characters are escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Facets {
    /// The most frequent brands.
    pub brand: Vec<FacetValue>,
    /// The most frequent categories of every level.
    pub category: Vec<CategoryFacet>,
    /// Bands of the best offer's price.
    pub price: Vec<PriceFacet>,
    /// Whether products can be bought now: `true`, `false`.
    pub available: Vec<FacetValue>,
}

/// A value of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetValue {
    /// For the filter: in lower case and without accents.
    #[schema(example = "sony")]
    pub value: String,
    /// To show.
    #[schema(example = "Sony")]
    pub label: String,
    /// Products.
    pub count: u64,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CategoryFacet {
    /// For the filter.
    #[schema(example = "audio>headphones")]
    pub value: String,
    /// To show, from the department down.
    pub path: Vec<String>,
    /// Products in it and below it.
    pub count: u64,
}

/// A band of prices, in minor units, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceFacet {
    /// For the filter.
    #[schema(example = "2500-4999")]
    pub value: String,
    /// The lowest price.
    pub from: i64,
    /// The highest price; absent in the last band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<i64>,
    /// Products.
    pub count: u64,
}

/// The answer to a `_search`.
#[derive(Debug, Deserialize)]
pub struct Found {
    timed_out: bool,
    hits: Hits,
    aggregations: Aggregations,
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
    sort: (serde_json::Number, ProductId),
}

#[derive(Debug, Deserialize)]
struct Source {
    item: Item,
}

#[derive(Debug, Deserialize)]
struct Aggregations {
    brand: Facet,
    category: Facet,
    price: Facet,
    available: Facet,
}

#[derive(Debug, Deserialize)]
struct Facet {
    counts: Counts,
}

#[derive(Debug, Deserialize)]
struct Counts {
    buckets: Vec<Bucket>,
}

#[derive(Debug, Deserialize)]
struct Bucket {
    #[serde(default)]
    key_as_string: Option<String>,
    key: serde_json::Value,
    doc_count: u64,
    #[serde(default)]
    written: Option<Counts>,
}

#[derive(Debug, Deserialize)]
struct Suggest {
    words: Vec<Suggested>,
}

/// `offset` and `length` count UTF-16 units.
#[derive(Debug, Deserialize)]
struct Suggested {
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
}

/// The page that answers `search`.
///
/// # Errors
/// When the cursor of the next page cannot be written.
pub fn read_results(search: &Search, found: Found) -> Result<SearchResults, CursorError> {
    let Found { hits, aggregations, suggest, .. } = found;
    let limit = usize::try_from(search.limit).unwrap_or(usize::MAX);
    let is_last_page = hits.hits.len() <= limit;
    let page = hits.hits.get(..limit).unwrap_or(&hits.hits);
    let next_cursor = match page.last().filter(|_| !is_last_page) {
        Some(last) => Some(search.cursor(&position(search, &last.sort).ok_or(CursorError)?)?),
        None => None,
    };
    Ok(SearchResults {
        items: page.iter().map(|hit| hit.source.item.clone()).collect(),
        facets: facets(&aggregations),
        total: hits.total.value,
        next_cursor,
        did_you_mean: search
            .words
            .as_deref()
            .zip(suggest)
            .and_then(|(words, suggest)| corrected(words, &suggest.words)),
    })
}

fn position(search: &Search, (rank, product): &(serde_json::Number, ProductId)) -> Option<Position> {
    if search.is_scored() {
        return rank.as_f64().map(|score| Position::Score(score, *product));
    }
    rank.as_i64().map(|number| Position::Number(number, *product))
}

fn facets(found: &Aggregations) -> Facets {
    let bands = price_bands().zip(&found.price.counts.buckets).map(|((from, next), bucket)| {
        let to = next.map(|next| next.saturating_sub(1));
        let value = PriceRange::new(Some(from), to).map(|range| range.to_string()).unwrap_or_default();
        PriceFacet { value, from, to, count: bucket.doc_count }
    });
    Facets {
        brand: found.brand.counts.buckets.iter().map(Bucket::value).collect(),
        category: found.category.counts.buckets.iter().map(Bucket::category).collect(),
        price: bands.collect(),
        available: found.available.counts.buckets.iter().map(Bucket::value).collect(),
    }
}

impl Bucket {
    fn key(&self) -> String {
        let text = self.key_as_string.clone().or_else(|| self.key.as_str().map(str::to_owned));
        text.unwrap_or_else(|| self.key.to_string())
    }

    /// The most frequent spelling of the key in the products.
    fn written(&self) -> Option<String> {
        self.written.as_ref()?.buckets.first().map(Self::key)
    }

    fn value(&self) -> FacetValue {
        let value = self.key();
        FacetValue { label: self.written().unwrap_or_else(|| value.clone()), value, count: self.doc_count }
    }

    fn category(&self) -> CategoryFacet {
        let value = self.key();
        let levels = value.split('>').count();
        let path = self.written().unwrap_or_else(|| value.clone());
        let path = path.split('>').take(levels).map(str::to_owned).collect();
        CategoryFacet { value, path, count: self.doc_count }
    }
}

/// The words with each unknown one that has a near one replaced; `None` when none has.
fn corrected(words: &str, suggested: &[Suggested]) -> Option<String> {
    let units: Vec<u16> = words.encode_utf16().collect();
    let mut corrected = Vec::with_capacity(units.len());
    let mut copied = 0;
    for word in suggested {
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
