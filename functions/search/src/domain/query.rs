//! The search as the index takes it.

use serde_json::{Value, json};

use super::{
    escape::attribute_key,
    filters::{Filters, PriceRange},
    search::{Position, Search, Sort, Start},
};

const TITLE_FIRST: [&str; 5] = ["title^3", "brand^2", "categoryNames", "attributeValues", "description"];
const MOST_BRANDS: u32 = 30;
const MOST_CATEGORIES: u32 = 50;
/// A query of three words or more may miss a quarter of them.
const ENOUGH_WORDS: &str = "2<75%";

/// Where the bands of prices begin, in minor units.
pub(super) const PRICE_BANDS: [i64; 6] = [0, 2_500, 5_000, 10_000, 25_000, 50_000];

/// The body of a `_search`. It asks for one product more than the page holds, to know whether there is another page.
///
/// Brand, category, price and availability narrow the products but each only the *other* facets: a shopper who chose one
/// brand still sees how many there are of the next. They are therefore a post filter, repeated inside the facets.
/// Attributes have no facet and narrow everything.
#[must_use]
pub fn query_body(search: &Search) -> Value {
    let narrowing = Narrowing::of(&search.filters);
    let mut filters = vec![json!({"term": {"listed": true}})];
    filters.extend(search.filters.attributes.iter().map(|(name, values)| {
        let keys: Vec<String> = values.iter().map(|value| attribute_key(name, value)).collect();
        json!({"terms": {"attr": keys}})
    }));
    let mut matching = json!({"filter": filters});
    if let (Some(words), Some(clauses)) = (&search.words, matching.as_object_mut()) {
        clauses.insert("must".to_owned(), text_query(words));
    }
    let mut body = json!({
        "size": search.limit.saturating_add(1),
        "track_total_hits": true,
        "timeout": "1500ms",
        "_source": ["item"],
        "query": {"bool": matching},
        "post_filter": {"bool": {"filter": narrowing.all_but(None)}},
        "aggs": facets(&narrowing),
        "sort": sort(search),
    });
    let Some(fields) = body.as_object_mut() else { return body };
    match &search.start {
        Start::Page(page) => drop(fields.insert("from".to_owned(), json!(page.saturating_sub(1) * search.limit))),
        Start::After(Position::Score(rank, id)) => drop(fields.insert("search_after".to_owned(), json!([rank, id]))),
        Start::After(Position::Number(rank, id)) => drop(fields.insert("search_after".to_owned(), json!([rank, id]))),
    }
    if let Some(words) = search.words.as_ref().filter(|_| search.start == Start::Page(1)) {
        fields.insert("suggest".to_owned(), suggestion(words));
    }
    body
}

/// A product matches by its words or by words that are one or two typing errors away. All words as they are written
/// count most, some of them less, misspelt ones least; a seller's SKU finds its product outright.
fn text_query(words: &str) -> Value {
    json!({"bool": {"minimum_should_match": 1, "should": [
        {"multi_match": {"query": words, "type": "cross_fields", "operator": "and", "fields": TITLE_FIRST, "boost": 4}},
        {"multi_match": {"query": words, "type": "best_fields", "operator": "or",
            "minimum_should_match": ENOUGH_WORDS, "tie_breaker": 0.3, "fields": TITLE_FIRST}},
        {"match_phrase": {"title": {"query": words, "slop": 2, "boost": 2}}},
        {"match": {"words": {"query": words, "fuzziness": "AUTO", "prefix_length": 1, "max_expansions": 20,
            "minimum_should_match": ENOUGH_WORDS, "boost": 0.2}}},
        {"constant_score": {"filter": {"term": {"skus": words}}, "boost": 100}}
    ]}})
}

/// Known words near to those that the index does not know.
fn suggestion(words: &str) -> Value {
    json!({"text": words, "words": {"term": {"field": "words", "suggest_mode": "missing", "sort": "score", "size": 1,
        "prefix_length": 1, "min_word_length": 4}}})
}

/// The filters that have a facet, as clauses.
struct Narrowing(Vec<(&'static str, Value)>);

impl Narrowing {
    fn of(filters: &Filters) -> Self {
        let mut clauses = Vec::new();
        if !filters.brands.is_empty() {
            clauses.push(("brand", json!({"terms": {"brand.key": filters.brands}})));
        }
        if !filters.categories.is_empty() {
            let keys: Vec<String> = filters.categories.iter().map(super::filters::CategoryPath::key).collect();
            clauses.push(("category", json!({"terms": {"category": keys}})));
        }
        if !filters.prices.is_empty() {
            let ranges: Vec<Value> = filters.prices.iter().map(|range| price_clause(*range)).collect();
            clauses.push(("price", json!({"bool": {"should": ranges, "minimum_should_match": 1}})));
        }
        if let Some(available) = filters.available {
            clauses.push(("available", json!({"term": {"available": available}})));
        }
        Self(clauses)
    }

    fn all_but(&self, facet: Option<&str>) -> Vec<&Value> {
        self.0.iter().filter(|(name, _)| facet != Some(name)).map(|(_, clause)| clause).collect()
    }
}

fn price_clause(range: PriceRange) -> Value {
    match (range.from(), range.to()) {
        (Some(from), Some(to)) => json!({"range": {"price": {"gte": from, "lte": to}}}),
        (Some(from), None) => json!({"range": {"price": {"gte": from}}}),
        (None, to) => json!({"range": {"price": {"lte": to}}}),
    }
}

fn facets(narrowing: &Narrowing) -> Value {
    let facet = |name: &str, counts: Value| json!({"filter": {"bool": {"filter": narrowing.all_but(Some(name))}}, "aggs": {"counts": counts}});
    let written = |field: &str| json!({"written": {"terms": {"field": field, "size": 1}}});
    let bands: Vec<Value> = price_bands()
        .map(|(from, next)| match next {
            Some(next) => json!({"from": from, "to": next}),
            None => json!({"from": from}),
        })
        .collect();
    json!({
        "brand": facet("brand", json!({"terms": {"field": "brand.key", "size": MOST_BRANDS}, "aggs": written("brand.written")})),
        "category": facet("category",
            json!({"terms": {"field": "category", "size": MOST_CATEGORIES}, "aggs": written("categoryPath")})),
        "price": facet("price", json!({"range": {"field": "price", "ranges": bands}})),
        "available": facet("available", json!({"terms": {"field": "available"}})),
    })
}

/// Each band's beginning, and that of the next.
pub(super) fn price_bands() -> impl Iterator<Item = (i64, Option<i64>)> {
    let nexts = PRICE_BANDS.iter().skip(1).copied().map(Some).chain([None]);
    PRICE_BANDS.into_iter().zip(nexts)
}

fn sort(search: &Search) -> Value {
    let by = match search.sort {
        Sort::Relevance if search.is_scored() => json!({"_score": "desc"}),
        Sort::Relevance | Sort::Newest => json!({"createdAt": "desc"}),
        Sort::PriceAsc => json!({"price": "asc"}),
        Sort::PriceDesc => json!({"price": "desc"}),
    };
    json!([by, {"productId": "asc"}])
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
