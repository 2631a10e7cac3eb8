#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use rialto_kernel::ProductId;
use serde_json::Value;

fn browse() -> Search {
    Search { words: None, filters: Filters::default(), sort: Sort::Relevance, limit: 20, start: Start::Page(1) }
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
    assert_eq!(query_body(&search), golden(include_str!("golden/filtered.json")));
}

#[test]
fn given_nothing_when_built_then_all_products_are_listed_newest_first() {
    assert_eq!(query_body(&browse()), golden(include_str!("golden/browse.json")));
}

#[test]
fn given_a_page_when_built_then_those_before_it_are_left_out() {
    let search = Search { words: Some("tv".into()), start: Start::Page(3), limit: 7, ..browse() };
    let body = query_body(&search);
    assert_eq!((&body["from"], &body["size"]), (&json!(14), &json!(8)));
    assert_eq!(body["suggest"], Value::Null, "only the first page corrects");
}

#[test]
fn given_a_position_when_built_then_the_page_starts_after_it() {
    let id = ProductId::named(&["test"]);
    let scored = Search { words: Some("tv".into()), start: Start::After(Position::Score(1.5, id)), ..browse() };
    let body = query_body(&scored);
    assert_eq!((&body["search_after"], &body["from"]), (&json!([1.5, id]), &Value::Null));
    for (sort, field, order) in [(Sort::PriceAsc, "price", "asc"), (Sort::PriceDesc, "price", "desc")] {
        let search = Search { sort, start: Start::After(Position::Number(999, id)), ..browse() };
        let body = query_body(&search);
        assert_eq!(body["search_after"], json!([999, id]));
        assert_eq!(body["sort"], json!([{field: order}, {"productId": "asc"}]));
    }
}

#[test]
fn given_a_chosen_brand_when_built_then_only_the_other_facets_are_narrowed_by_it() {
    let search = Search { filters: "brand:sony".parse().unwrap(), ..browse() };
    let facets = query_body(&search)["aggs"].clone();
    let narrowed = |name: &str| facets[name]["filter"]["bool"]["filter"].as_array().unwrap().len();
    assert_eq!(["brand", "category", "price", "available"].map(narrowed), [0, 1, 1, 1]);
}
