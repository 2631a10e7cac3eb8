//! Words as clauses: which products match, and what each part of a match is worth.

use serde_json::{Value, json};

use super::{
    filters::{CategoryPath, Filters},
    fold::folded_words,
    ranking::Ranking,
    search::{Reading, Search},
    vocabulary::Wording,
    weights::{CONVERSION_HALF, ENOUGH_WORDS, FIELDS, POPULAR_HALF, RECENT_HALF_LIFE, SALES_HALF, SYNONYM, TEXT_HALF},
};

/// The products that match, with no regard to how well: those that have enough of the words of one reading, and the one
/// that the query names. When widened or loose, one word will do; when loose, two words may be one, and words may be
/// misspelt.
pub(super) fn matching(wording: &Wording, reading: Option<&Reading>) -> Value {
    let (enough, loose) = match reading {
        None | Some(Reading::Written | Reading::Corrected(_)) => (ENOUGH_WORDS, false),
        Some(Reading::Widened(_)) => ("1", false),
        Some(Reading::Loose) => ("1", true),
    };
    let mut clauses: Vec<Value> = Vec::new();
    for reading in &wording.readings {
        clauses.push(cross_fields(reading, &unweighted(), "or", enough));
        clauses.push(json!({"match": {"words.joined": {"query": reading, "operator": "and"}}}));
    }
    if let Some(words) = wording.readings.first() {
        // All words may be stop words, which only this field keeps.
        clauses.push(json!({"match": {"title.plain": {"query": words, "operator": "and"}}}));
        clauses.push(identity(words));
        if loose {
            let pairs = pairs_joined(words).join(" ");
            clauses.push(json!({"match": {"words.joined": {"query": pairs}}}));
            clauses.push(json!({"match": {"words": {"query": words, "fuzziness": "AUTO", "prefix_length": 1,
                "max_expansions": 10, "minimum_should_match": ENOUGH_WORDS}}}));
        }
    }
    json!({"bool": {"should": clauses, "minimum_should_match": 1}})
}

/// What must not be in a product.
pub(super) fn kept_out(wording: &Wording) -> Vec<Value> {
    let clause =
        |term: &String| json!({"multi_match": {"query": term, "type": "phrase", "fields": ["words", "description"]}});
    wording.never.iter().map(clause).collect()
}

/// What a product earns, part by part; when `named`, each by its name among the weights.
pub(super) fn scoring(search: &Search, wording: &Wording, ranking: &Ranking, named: bool) -> Vec<Value> {
    let worth = &ranking.weights;
    let Some(words) = wording.readings.first() else { return Vec::new() };
    let name = |part: &str, mut query: Value| {
        let clause = query.as_object_mut().and_then(|query| query.values_mut().next()?.as_object_mut());
        if let Some(clause) = clause.filter(|_| named) {
            clause.insert("_name".to_owned(), json!(part));
        }
        query
    };
    let earned = |part: &str, weight: f64, clause: &dyn Fn(&str) -> Value| {
        let queries = wording.readings.iter().enumerate().map(|(index, reading)| {
            let share = if index == 0 { 1.0 } else { SYNONYM };
            let constant = json!({"constant_score": {"filter": clause(reading), "boost": weight}});
            json!({"bool": {"must": constant, "boost": share}})
        });
        (weight, name(part, json!({"dis_max": {"queries": queries.collect::<Vec<_>>()}})))
    };
    let constant = |filter: Value, weight: f64| json!({"constant_score": {"filter": filter, "boost": weight}});
    let recent =
        json!({"field": "createdAt", "origin": search.midnight(), "pivot": RECENT_HALF_LIFE, "boost": worth.recent});
    let wished = |part: &str, field: &str, values: Vec<String>, weight: f64| {
        let weight = if values.is_empty() { 0.0 } else { weight };
        (weight, name(part, constant(json!({"terms": {(field): values}}), weight)))
    };
    let promoted = ranking.promoted_at(search.now).map(|promotion| promotion.product_id.to_string());
    let Filters { brands, categories, .. } = search.preferences.as_filters();
    let parts = vec![
        (worth.text, name("text", text(wording, worth.text))),
        earned("allWords", worth.all_words, &|words| cross_fields(words, &unweighted(), "and", "100%")),
        earned("mostWords", worth.most_words, &|words| cross_fields(words, &unweighted(), "or", ENOUGH_WORDS)),
        earned("title", worth.title, &|words| json!({"match": {"title": {"query": words, "operator": "and"}}})),
        earned("phrase", worth.phrase, &|words| json!({"match_phrase": {"title": {"query": words, "slop": 1}}})),
        earned(
            "category",
            worth.category,
            &|words| json!({"match": {"categoryNames": {"query": words, "operator": "and"}}}),
        ),
        earned("brand", worth.brand, &|words| json!({"match": {"brand": {"query": words}}})),
        (worth.identity, name("identity", constant(identity(words), worth.identity))),
        (worth.available, name("available", constant(json!({"term": {"available": true}}), worth.available))),
        (worth.recent, name("recent", json!({"distance_feature": recent}))),
        (worth.sales, name("sales", feature("item.features.sales", worth.sales, SALES_HALF))),
        (worth.conversion, name("conversion", feature("item.features.conversion", worth.conversion, CONVERSION_HALF))),
        (worth.popular, name("popular", feature("item.features.popularity", worth.popular, POPULAR_HALF))),
        wished("promoted", "productId", promoted.collect(), worth.promoted),
        wished("preferredBrand", "brand.key", brands.iter().cloned().collect(), worth.preferred_brand),
        wished(
            "preferredCategory",
            "category",
            categories.iter().map(CategoryPath::key).collect(),
            worth.preferred_category,
        ),
    ];
    // What is worth nothing is no clause: features take none.
    parts.into_iter().filter(|(weight, _)| *weight > 0.0).map(|(_, part)| part).collect()
}

/// BM25 over the fields, kept below `worth`. It matches every product, as OpenSearch 3.3 fails with a null pointer where a
/// script's query matches nothing in a segment.
fn text(wording: &Wording, worth: f64) -> Value {
    let readings: Vec<Value> = wording
        .readings
        .iter()
        .enumerate()
        .map(|(index, reading)| {
            let fields: Vec<String> = FIELDS.iter().map(|field| (*field).to_owned()).collect();
            json!({"bool": {"boost": if index == 0 { 1.0 } else { SYNONYM }, "should": [
                cross_fields(reading, &fields, "or", "1"),
                {"match": {"title.plain": reading}},
                {"match": {"words.joined": {"query": reading, "operator": "and", "boost": 0.5}}}
            ]}})
        })
        .collect();
    json!({"script_score": {
        "query": {"bool": {"filter": {"match_all": {}}, "should": {"dis_max": {"queries": readings}}}},
        "script": {"source": "_score / (_score + params.half)", "params": {"half": TEXT_HALF}},
        "boost": worth
    }})
}

/// `value / (value + half)` of the weight; nothing for products without the feature, and in an index that has not heard of it.
fn feature(field: &str, weight: f64, half: u32) -> Value {
    json!({"rank_feature": {"field": field, "boost": weight, "saturation": {"pivot": half}}})
}

fn cross_fields(words: &str, fields: &[String], operator: &str, enough: &str) -> Value {
    json!({"multi_match": {"query": words, "type": "cross_fields", "operator": operator, "fields": fields,
        "minimum_should_match": enough}})
}

fn unweighted() -> Vec<String> {
    FIELDS.iter().filter_map(|field| field.split('^').next()).map(str::to_owned).collect()
}

pub(super) fn identity(words: &str) -> Value {
    json!({"bool": {"should": [{"term": {"skus": words}}, {"term": {"productId": words}}]}})
}

/// Each two neighbours as one word.
fn pairs_joined(words: &str) -> Vec<String> {
    folded_words(words).windows(2).map(<[String]>::concat).collect()
}
