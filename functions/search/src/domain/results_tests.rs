#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::{Filters, Sort, Start};
use rialto_kernel::{OfferId, SellerId};
use serde_json::{Value, json};

fn hit(number: u32, rank: Value) -> Value {
    let product = ProductId::named(&["test", &number.to_string()]);
    json!({"_source": {"item": {
        "productId": product, "offerId": OfferId::named(&["o"]), "sku": "S", "sellerId": SellerId::named(&["s"]),
        "title": "T", "price": {"amount": 1, "currency": "USD"}, "categoryPath": ["A"],
        "availability": {"status": "low", "available": 3}}}, "sort": [rank, product]})
}

fn found(hits: Vec<Value>) -> Found {
    let counts = |buckets: Value| json!({"doc_count": 9, "counts": {"buckets": buckets}});
    serde_json::from_value(json!({
        "timed_out": false,
        "hits": {"total": {"value": 7}, "hits": hits},
        "aggregations": {
            "brand": counts(json!([{"key": "sony", "doc_count": 4, "written": {"buckets": [{"key": "Sony", "doc_count": 3}]}}])),
            "category": counts(json!([
                {"key": "audio>on-ear", "doc_count": 2, "written": {"buckets": [{"key": "Audio>On-Ear>Kids", "doc_count": 2}]}}])),
            "price": counts(json!([{"key": "0.0-2500.0", "doc_count": 5}, {"key": "b", "doc_count": 1}, {"key": "c", "doc_count": 0},
                {"key": "d", "doc_count": 0}, {"key": "e", "doc_count": 0}, {"key": "f", "doc_count": 1}])),
            "available": counts(json!([{"key": 1, "key_as_string": "true", "doc_count": 6}])),
        },
        "suggest": {"words": [
            {"text": "wireles", "offset": 0, "length": 7, "options": [{"text": "wireless", "score": 0.9}]},
            {"text": "blå", "offset": 8, "length": 3, "options": []},
            {"text": "headphnes", "offset": 12, "length": 9, "options": [{"text": "headphones", "score": 0.8}]}]}
    }))
    .unwrap()
}

fn search(limit: u32) -> Search {
    Search {
        words: Some("wireles blå headphnes".to_owned()),
        filters: Filters::default(),
        sort: Sort::Relevance,
        limit,
        start: Start::Page(1),
    }
}

#[test]
fn given_one_product_more_than_the_page_when_read_then_the_cursor_goes_on_after_the_last_shown() {
    let mut search = search(2);
    let hits = vec![hit(1, json!(9.5)), hit(2, json!(3.25)), hit(3, json!(1.0))];
    let results = read_results(&search, found(hits)).unwrap();
    assert_eq!((results.items.len(), results.total), (2, 7));
    search.resume(&results.next_cursor.unwrap()).unwrap();
    assert_eq!(search.start, Start::After(Position::Score(3.25, ProductId::named(&["test", "2"]))));
}

#[test]
fn given_the_last_page_when_read_then_there_is_no_cursor() {
    let results = read_results(&search(2), found(vec![hit(1, json!(9.5)), hit(2, json!(3.25))])).unwrap();
    assert_eq!((results.items.len(), results.next_cursor), (2, None));
}

#[test]
fn given_a_cursor_of_another_order_or_query_when_resumed_then_it_is_refused() {
    let scored = search(2);
    let results =
        read_results(&scored, found(vec![hit(1, json!(9.5)), hit(2, json!(3.25)), hit(3, json!(1))])).unwrap();
    let cursor = results.next_cursor.unwrap();
    let mut by_price = Search { sort: Sort::PriceAsc, ..search(2) };
    let mut filtered = Search { filters: "brand:sony".parse().unwrap(), ..search(2) };
    assert!(by_price.resume(&cursor).is_err() && filtered.resume(&cursor).is_err());
    assert!(search(50).resume(&cursor).is_ok(), "the page's size may change");
}

#[test]
fn given_buckets_when_read_then_each_facet_has_values_for_the_filter_and_labels_to_show() {
    let facets = read_results(&search(2), found(vec![])).unwrap().facets;
    assert_eq!(facets.brand, [FacetValue { value: "sony".into(), label: "Sony".into(), count: 4 }]);
    let path = vec!["Audio".to_owned(), "On-Ear".to_owned()];
    assert_eq!(facets.category, [CategoryFacet { value: "audio>on-ear".into(), path, count: 2 }]);
    assert_eq!(facets.available, [FacetValue { value: "true".into(), label: "true".into(), count: 6 }]);
    let bands: Vec<_> = facets.price.iter().map(|band| (band.value.as_str(), band.from, band.to, band.count)).collect();
    assert_eq!(bands.first(), Some(&("0-2499", 0, Some(2_499), 5)));
    assert_eq!(bands.last(), Some(&("50000-", 50_000, None, 1)));
    assert!(bands.iter().all(|(value, ..)| format!("price:{value}").parse::<Filters>().is_ok()));
}

#[test]
fn given_suggested_words_when_read_then_only_the_unknown_ones_are_replaced() {
    let results = read_results(&search(2), found(vec![])).unwrap();
    assert_eq!(results.did_you_mean.as_deref(), Some("wireless blå headphones"));
    assert_eq!(corrected("all known", &[]), None);
}
