#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::float_cmp, reason = "tests")]

use super::*;
use crate::domain::{CategoryFacet, FacetValue, Position, Sort, Start};
use rialto_kernel::{OfferId, SellerId, Timestamp};
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
            "price": counts(json!([{"key": "0.0-100.0", "doc_count": 5}, {"key": "b", "doc_count": 0},
                {"key": "c", "doc_count": 2}])),
            "attributes": counts(json!([
                {"key": "color:dark blue", "doc_count": 4, "written": {"buckets": [
                    {"key": "size:XL", "doc_count": 4}, {"key": "Color:Dark Blue", "doc_count": 3}]}},
                {"key": "size:xl", "doc_count": 2, "written": {"buckets": [{"key": "size:XL", "doc_count": 2}]}}])),
            "attr.size": counts(json!([
                {"key": "size:m", "doc_count": 3, "written": {"buckets": [{"key": "size:M", "doc_count": 3}]}},
                {"key": "size:xl", "doc_count": 2, "written": {"buckets": []}}])),
            "available": counts(json!([{"key": 1, "key_as_string": "true", "doc_count": 6}])),
        },
        "suggest": {"words": [
            {"text": "wireles", "offset": 0, "length": 7, "options": [{"text": "wireless", "score": 0.9}]},
            {"text": "blå", "offset": 8, "length": 3, "options": []},
            {"text": "headphnes", "offset": 12, "length": 9, "options": [{"text": "headphones", "score": 0.8}]},
            {"text": "xm4000", "offset": 22, "length": 6, "options": [{"text": "xm5000", "score": 0.8}]}]}
    }))
    .unwrap()
}

fn search(limit: u32) -> Search {
    Search {
        words: Some("wireles blå headphnes xm4000".to_owned()),
        ..Search::browse(Timestamp::from_millisecond(86_400_000).unwrap(), limit)
    }
}

fn search_id() -> SearchId {
    SearchId::named(&["test"])
}

#[test]
fn given_one_product_more_than_the_page_when_read_then_the_cursor_goes_on_after_the_last_shown() {
    let mut search = search(2);
    let hits = vec![hit(1, json!(9.5)), hit(2, json!(3.25)), hit(3, json!(1.0))];
    let results = read_results(&search, &Ranking::default(), &found(hits), None, search_id()).unwrap();
    assert_eq!((results.items.len(), results.total), (2, 7));
    search.resume(&results.next_cursor.unwrap()).unwrap();
    assert_eq!(search.start, Start::After(Position::Score(3.25, ProductId::named(&["test", "2"]))));
}

#[test]
fn given_the_last_page_when_read_then_there_is_no_cursor() {
    let results = read_results(
        &search(2),
        &Ranking::default(),
        &found(vec![hit(1, json!(9.5)), hit(2, json!(3.25))]),
        None,
        search_id(),
    )
    .unwrap();
    assert_eq!((results.items.len(), results.next_cursor), (2, None));
}

#[test]
fn given_a_cursor_of_another_order_or_query_when_resumed_then_it_is_refused() {
    let scored = search(2);
    let results = read_results(
        &scored,
        &Ranking::default(),
        &found(vec![hit(1, json!(9.5)), hit(2, json!(3.25)), hit(3, json!(1))]),
        None,
        search_id(),
    )
    .unwrap();
    let cursor = results.next_cursor.unwrap();
    let mut by_price = Search { sort: Sort::PriceAsc, ..search(2) };
    let mut filtered = Search { filters: "brand:sony".parse().unwrap(), ..search(2) };
    let mut preferring = Search { preferences: "brand:sony".parse().unwrap(), ..search(2) };
    for other in [&mut by_price, &mut filtered, &mut preferring] {
        assert!(other.resume(&cursor).is_err());
    }
    assert!(search(50).resume(&cursor).is_ok(), "the page's size may change");
}

#[test]
fn given_buckets_when_read_then_each_facet_has_values_for_the_filter_and_labels_to_show() {
    let narrowed = Search { filters: "attr.Size:XL".parse().unwrap(), ..search(2) };
    let facets = read_results(&narrowed, &Ranking::default(), &found(vec![]), None, search_id()).unwrap().facets;
    assert_eq!(facets.brand, [FacetValue { value: "sony".into(), label: "Sony".into(), count: 4 }]);
    let path = vec!["Audio".to_owned(), "On-Ear".to_owned()];
    assert_eq!(facets.category, [CategoryFacet { value: "audio>on-ear".into(), path, count: 2 }]);
    assert_eq!(facets.available, [FacetValue { value: "true".into(), label: "true".into(), count: 6 }]);
    let bands: Vec<_> = facets.price.iter().map(|band| (band.value.as_str(), band.from, band.to, band.count)).collect();
    assert_eq!(bands, [("0-149", 0, Some(149), 5), ("150-", 150, None, 2)]);
    let value = |value: &str, label: &str, count| FacetValue { value: value.into(), label: label.into(), count };
    let [color, size] = facets.attributes.as_slice() else { panic!("two attributes") };
    assert_eq!((color.name.as_str(), &color.values), ("color", &vec![value("dark blue", "Dark Blue", 4)]));
    assert_eq!((size.name.as_str(), &size.values), ("size", &vec![value("m", "M", 3), value("xl", "xl", 2)]));
}

#[test]
fn given_suggested_words_when_read_then_only_unknown_ones_without_digits_are_replaced() {
    let words = search(2).words.unwrap();
    assert_eq!(found(vec![]).correction(&words).as_deref(), Some("wireless blå headphones xm4000"));
    assert_eq!(corrected("all known", &[]), None);
    let mut named = found(vec![]);
    named.aggregations.extend(serde_json::from_value::<Counted>(json!({NAMED: {"doc_count": 1}})).unwrap());
    assert_eq!(named.correction(&words), None, "a product has the words for its SKU");
}

#[test]
fn given_a_corrected_search_when_the_cursor_is_resumed_then_the_next_page_is_of_the_same_words_and_day() {
    let reading = Some(Reading::Corrected("wireless headphones".to_owned()));
    let first = Search { reading: reading.clone(), ..search(1) };
    let results = read_results(
        &first,
        &Ranking::default(),
        &found(vec![hit(1, json!(9.5)), hit(2, json!(3.25))]),
        None,
        search_id(),
    )
    .unwrap();
    assert_eq!(results.matched, Matched::Corrected);
    let mut next = Search { now: Timestamp::from_second(172_900).unwrap(), ..search(1) };
    next.resume(&results.next_cursor.unwrap()).unwrap();
    assert_eq!((&next.reading, next.midnight(), next.asked()), (&reading, 86_400_000, Some("wireless headphones")));
}

#[test]
fn given_parts_when_explained_then_each_product_says_what_its_score_is_made_of() {
    let mut explained = hit(1, json!(6.5));
    explained["_score"] = json!(6.5);
    explained["matched_queries"] = json!({"text": 2.5, "all_words": 4.0});
    let wording = Wording { readings: vec!["tv".to_owned()], never: Vec::new() };
    let read = read_explained(&search(2), wording, found(vec![explained]));
    let [item] = read.items.as_slice() else { panic!("one product") };
    assert_eq!((item.score, item.parts.values().sum::<f64>()), (6.5, 6.5));
}

#[test]
fn given_a_promotion_when_it_ranked_a_product_then_its_label_is_shown_and_else_not() {
    let promoted = json!({"promotions": [{"productId": ProductId::named(&["test", "2"]), "label": "Sponsored",
        "from": "1970-01-01T00:00:00Z", "until": "1970-01-03T00:00:00Z"}]});
    let ranking: Ranking = serde_json::from_value(promoted).unwrap();
    let worthless = Ranking {
        weights: crate::domain::Weights { promoted: 0.0, ..crate::domain::Weights::default() },
        ..ranking.clone()
    };
    let labels = |search: &Search, ranking: &Ranking| {
        let hits = vec![hit(1, json!(9)), hit(2, json!(3))];
        let results = read_results(search, ranking, &found(hits), None, search_id()).unwrap();
        results.items.into_iter().map(|item| item.promoted).collect::<Vec<_>>()
    };
    assert_eq!(labels(&search(2), &ranking), [None, Some("Sponsored".to_owned())]);
    let over = Search { now: Timestamp::from_second(172_800).unwrap(), ..search(2) };
    let sorted = Search { sort: Sort::PriceAsc, ..search(2) };
    for (search, ranking) in [(&over, &ranking), (&sorted, &ranking), (&search(2), &worthless)] {
        assert_eq!(labels(search, ranking), [None, None]);
    }
}
