#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::domain::Reading;
use rialto_kernel::{ProductId, Timestamp};
use serde_json::Value;

fn browse() -> Search {
    Search::browse(Timestamp::from_millisecond(0).unwrap(), 20)
}

fn wording(search: &Search) -> Wording {
    Wording { readings: search.words.iter().cloned().collect(), never: Vec::new() }
}

fn built(search: &Search) -> Value {
    query_body(search, &wording(search), &Ranking::default(), false)
}

/// The bands of prices are many and have a test of their own.
fn without_prices(mut body: Value) -> Value {
    body["aggs"].as_object_mut().unwrap().remove("price");
    body
}

fn golden(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn given_words_and_every_filter_when_built_then_the_query_is_the_golden_one() {
    let filters = "brand:sony|bose,price:5000-20000|-100,category:Audio>Headphones,available:true,attr.color:red|blue";
    let search = Search {
        words: Some("wireles headphones".to_owned()),
        filters: filters.parse().unwrap(),
        limit: 2,
        ..browse()
    };
    assert_eq!(without_prices(built(&search)), golden(include_str!("golden/filtered.json")));
}

#[test]
fn given_nothing_when_built_then_all_products_are_listed_newest_first() {
    assert_eq!(without_prices(built(&browse())), golden(include_str!("golden/browse.json")));
}

#[test]
fn given_a_page_when_built_then_those_before_it_are_left_out() {
    let search = Search { words: Some("tv".into()), start: Start::Page(3), limit: 7, ..browse() };
    let body = built(&search);
    assert_eq!((&body["from"], &body["size"]), (&json!(14), &json!(8)));
    assert!(body["suggest"].is_object(), "each page by number corrects anew");
    let corrected = Search { reading: Some(Reading::Corrected("tv".into())), ..search };
    assert_eq!(built(&corrected)["suggest"], Value::Null, "a cursor knows how its words are taken");
}

#[test]
fn given_a_position_when_built_then_the_page_starts_after_it() {
    let id = ProductId::named(&["test"]);
    let scored = Search { words: Some("tv".into()), start: Start::After(Position::Score(1.5, id)), ..browse() };
    let body = built(&scored);
    assert_eq!((&body["search_after"], &body["from"]), (&json!([1.5, id]), &Value::Null));
    for (sort, field, order) in [(Sort::PriceAsc, "price", "asc"), (Sort::PriceDesc, "price", "desc")] {
        let search = Search { sort, start: Start::After(Position::Number(999, id)), ..browse() };
        let body = built(&search);
        assert_eq!(body["search_after"], json!([999, id]));
        assert_eq!(body["sort"], json!([{field: order}, {"productId": "asc"}]));
    }
    let best = Search { sort: Sort::BestSelling, start: Start::After(Position::Number(7, id)), ..browse() };
    let body = built(&best);
    let sales = json!({"item.sales": {"order": "desc", "missing": 0, "unmapped_type": "long"}});
    assert_eq!((&body["search_after"], &body["sort"]), (&json!([7, id]), &json!([sales, {"productId": "asc"}])));
}

#[test]
fn given_the_parts_that_visitors_decide_when_built_then_each_is_a_feature_of_the_definition_and_bounded_by_its_weight()
{
    let definition: Value = serde_json::from_str(crate::domain::INDEX_DEFINITION).unwrap();
    let body = built(&Search { words: Some("tv".into()), ..browse() });
    let features: Vec<&Value> = body["query"]["bool"]["should"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|clause| clause.get("rank_feature"))
        .collect();
    assert_eq!(features.len(), 3);
    for feature in features {
        let path = feature["field"].as_str().unwrap().replace('.', "/properties/");
        assert_eq!(definition.pointer(&format!("/mappings/properties/{path}/type")), Some(&json!("rank_feature")));
        assert!(
            feature["saturation"]["pivot"].as_u64() > Some(0),
            "without a pivot, it depends on the copy of the index"
        );
    }
}

#[test]
fn given_chosen_values_when_built_then_each_narrows_only_the_other_facets() {
    let seller = rialto_kernel::SellerId::named(&["test"]);
    let filters = format!("brand:sony,attr.Color:red,seller:{seller}");
    let facets = built(&Search { filters: filters.parse().unwrap(), ..browse() })["aggs"].clone();
    let narrowed = |name: &str| facets[name]["filter"]["bool"]["filter"].as_array().unwrap().len();
    let names = ["brand", "seller", "attr.color", "attributes", "category", "price", "available"];
    assert_eq!(names.map(narrowed), [2, 2, 2, 3, 3, 3, 3]);
}

#[test]
fn given_the_hardest_words_when_built_then_the_clauses_stay_within_what_the_index_takes() {
    fn clauses(value: &Value) -> usize {
        match value {
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| match name.as_str() {
                    "multi_match" => {
                        value["query"].as_str().unwrap().split(' ').count() * value["fields"].as_array().unwrap().len()
                    }
                    "match" | "match_phrase" => {
                        let field = value.as_object().unwrap().values().next().unwrap();
                        let words = field["query"].as_str().or(field.as_str()).unwrap().split(' ').count();
                        words * usize::try_from(field["max_expansions"].as_u64().unwrap_or(1)).unwrap()
                    }
                    _ => clauses(value),
                })
                .sum(),
            Value::Array(values) => values.iter().map(clauses).sum(),
            _ => 0,
        }
    }
    let words = vec!["near"; 20].join(" ");
    let search = Search { words: Some(words), reading: Some(Reading::Loose), ..browse() };
    let body = built(&search);
    assert!(clauses(&body["query"]) < 1_024, "{}", clauses(&body["query"]));
}

#[test]
fn given_a_pair_that_must_not_meet_when_built_then_it_is_kept_out() {
    let search = Search { words: Some("pan".to_owned()), ..browse() };
    let never = Wording { never: vec!["pan pipe".to_owned()], ..wording(&search) };
    let body = query_body(&search, &never, &Ranking::default(), false);
    assert_eq!(body["query"]["bool"]["must_not"][0]["multi_match"]["query"], "pan pipe");
}

#[test]
fn given_weights_promotions_and_preferences_when_built_then_each_part_is_worth_what_was_set_and_nothing_is_no_clause() {
    let lamp = ProductId::named(&["lamp"]);
    let ranking: Ranking = serde_json::from_value(json!({
        "weights": {"available": 0.2, "recent": 0, "sales": 0},
        "promotions": [
            {"productId": lamp, "label": "Sponsored", "from": "1970-01-01T00:00:00Z", "until": "1970-01-02T00:00:00Z"},
            {"productId": ProductId::named(&["desk"]), "label": "Soon", "from": "1970-01-02T00:00:00Z",
             "until": "1970-01-03T00:00:00Z"},
        ],
    }))
    .unwrap();
    let preferences = "brand:sony|bose,category:Home>Lamps".parse().unwrap();
    let search = Search { words: Some("tv".to_owned()), preferences, ..browse() };
    let body = query_body(&search, &wording(&search), &ranking, true);
    let parts: Vec<&Value> = body["query"]["bool"]["should"].as_array().unwrap().iter().collect();
    let part = |name: &str| {
        let named = parts.iter().filter_map(|part| part.as_object()?.values().next());
        named.filter(|part| part["_name"] == name).collect::<Vec<_>>()
    };
    let worth = |weight: f64, filter: Value| json!({"filter": filter, "boost": weight});
    for (name, expected) in [
        ("available", worth(0.2, json!({"term": {"available": true}}))),
        ("promoted", worth(0.3, json!({"terms": {"productId": [lamp]}}))),
        ("preferredBrand", worth(0.15, json!({"terms": {"brand.key": ["bose", "sony"]}}))),
        ("preferredCategory", worth(0.1, json!({"terms": {"category": ["Home>Lamps"]}}))),
    ] {
        let mut part = part(name)[0].clone();
        part.as_object_mut().unwrap().remove("_name");
        assert_eq!(part, expected, "{name}");
    }
    for name in ["recent", "sales"] {
        assert!(part(name).is_empty(), "{name}");
    }
    let plain =
        query_body(&Search { words: Some("tv".to_owned()), ..browse() }, &wording(&search), &Ranking::default(), true);
    assert!(!plain.to_string().contains("preferred") && !plain.to_string().contains("promoted"));
}
