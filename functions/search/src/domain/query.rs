//! The search as the index takes it.

use serde_json::{Value, json};

use super::{
    facets::{Narrowing, facet_counts},
    ranking::Ranking,
    search::{Position, Search, Sort, Start},
    text::{identity, kept_out, matching, scoring},
    vocabulary::Wording,
};

/// The count of products that match, whatever the filters.
pub(super) const ALL: &str = "all";
/// The count of products that the words name by id or SKU.
pub(super) const NAMED: &str = "named";

/// The body of a `_search`. It asks for one product more than the page holds, to know whether there is another page, and
/// for what decides how the words are taken: words near to those that no product has, and two counts. `wording` is what
/// the vocabulary makes of [`Search::asked`], and `ranking` says what is worth how much. When `explained`, each product says which parts its score has, and no facet is
/// counted.
#[must_use]
pub fn query_body(search: &Search, wording: &Wording, ranking: &Ranking, explained: bool) -> Value {
    let narrowing = Narrowing::of(&search.filters);
    let mut filters = vec![json!({"term": {"listed": true}})];
    let mut query = json!({});
    if search.words.is_some() {
        filters.push(matching(wording, search.reading.as_ref()));
        query = json!({"must_not": kept_out(wording)});
    }
    if let Some(clauses) = query.as_object_mut() {
        if search.is_scored() {
            clauses.insert("should".to_owned(), json!(scoring(search, wording, ranking, explained)));
        }
        clauses.insert("filter".to_owned(), json!(filters));
    }
    let mut body = json!({
        "size": search.limit.saturating_add(1),
        "track_total_hits": true,
        "timeout": "1500ms",
        "_source": ["item"],
        "query": {"bool": query},
        "post_filter": {"bool": {"filter": narrowing.all_but(None)}},
        "sort": sort(search),
    });
    let Some(fields) = body.as_object_mut() else { return body };
    if explained {
        fields.insert("track_scores".to_owned(), json!(true));
    } else {
        fields.insert("aggs".to_owned(), facet_counts(&search.filters, &narrowing));
    }
    match &search.start {
        Start::Page(page) => drop(fields.insert("from".to_owned(), json!(page.saturating_sub(1) * search.limit))),
        Start::After(Position::Score(rank, id)) => drop(fields.insert("search_after".to_owned(), json!([rank, id]))),
        Start::After(Position::Number(rank, id)) => drop(fields.insert("search_after".to_owned(), json!([rank, id]))),
    }
    if let Some(words) = search.words.as_ref().filter(|_| search.reading.is_none()) {
        fields.insert("suggest".to_owned(), suggestion(words));
    }
    if let (Some(words), Start::Page(_)) = (search.asked(), &search.start)
        && let Some(counts) = fields.entry("aggs").or_insert_with(|| json!({})).as_object_mut()
    {
        counts.insert(ALL.to_owned(), json!({"filter": {"match_all": {}}}));
        counts.insert(NAMED.to_owned(), json!({"filter": identity(words)}));
    }
    body
}

/// Known words near to those that the index does not know.
fn suggestion(words: &str) -> Value {
    json!({"text": words, "words": {"term": {"field": "words", "suggest_mode": "missing", "sort": "score", "size": 1,
        "prefix_length": 0, "min_word_length": 4}}})
}

fn sort(search: &Search) -> Value {
    let by = match search.sort {
        Sort::Relevance if search.is_scored() => json!({"_score": "desc"}),
        Sort::Relevance | Sort::Newest => json!({"createdAt": "desc"}),
        Sort::PriceAsc => json!({"price": "asc"}),
        Sort::PriceDesc => json!({"price": "desc"}),
        // What was never sold has no such field, nor has an index of an earlier definition.
        Sort::BestSelling => json!({"item.sales": {"order": "desc", "missing": 0, "unmapped_type": "long"}}),
    };
    json!([by, {"productId": "asc"}])
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
