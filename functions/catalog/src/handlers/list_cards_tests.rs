use rialto_dynamo::{Counts, Table};
use rialto_http::{
    holds_card_number,
    testing::{answered, request},
};
use serde_json::{Value, json};

use super::*;
use crate::{
    domain::edit::archived,
    handlers::testing::{listed, now, read},
    store::{Sale, Shown},
};

async fn asked(store: &Store, query: &str) -> (u16, Value) {
    let asked = request("GET", &format!("/v1/product-cards{query}")).build();
    read(&answered(list_cards(store, Anyone, asked).await))
}

fn of(ids: &[ProductId]) -> String {
    format!("?ids={}", ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
}

#[tokio::test]
async fn given_ids_when_asked_for_then_shown_products_come_in_that_order_by_one_read_and_the_others_are_named() {
    for table in rialto_dynamo::testing::tables("catalog-cards").await.unwrap() {
        let store = Store::new(table.clone());
        let mut ids = Vec::new();
        for n in 0..36 {
            ids.push(listed(&store, "s", &format!("S{n}"), Sale::Now).await);
        }
        let draft = listed(&store, "s", "draft", Sale::Draft { publish_at: None }).await;
        let gone = listed(&store, "other", "gone", Sale::Now).await;
        let judged = |shown: &Shown| Ok::<_, crate::Error>(archived(&shown.product, true, now()));
        store.edit(None, gone, "op", now(), judged).await.unwrap();
        let nobodys = ProductId::named(&["nobody"]);
        let wanted: Vec<_> = [draft].into_iter().chain(ids.into_iter().rev()).chain([gone, nobodys]).collect();

        let counts = Counts::default();
        let (status, body) = asked(&Store::new(table.counted(&counts)), &of(&wanted)).await;
        assert_eq!((status, counts.reads(), counts.writes()), (200, 1, 0), "{body}");
        let found: Vec<_> = body["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        assert_eq!(json!(found), json!(wanted[1..37]));
        assert_eq!(body["missing"], json!([draft, gone, nobodys]));
        let item = &body["items"][35];
        assert_eq!((&item["title"], &item["price"]), (&json!("S0"), &json!({"amount": 100, "currency": "USD"})));
    }
}

#[tokio::test]
async fn given_a_list_that_is_none_when_asked_for_then_it_says_what_to_write() {
    let store = Store::new(Table::in_memory("t"));
    let ids: Vec<_> = (0..51).map(|n| ProductId::named(&[&n.to_string()])).collect();
    let one = of(&ids[..1]);
    for (query, says) in [
        ("?ids=".to_owned(), "number 1 is no id"),
        (String::new(), "missing field"),
        (format!("{one},"), "number 2 is no id"),
        (format!("{one},%20{}", ids[1]), "number 2 is no id"),
        (format!("{one},off_018f2f6c8d7a7c3e9b1d5a6f7e8c9d0a"), "number 2 is no id"),
        (of(&[ids[0], ids[1], ids[0]]), "number 3 is there before"),
        (of(&ids), "has 51 ids"),
        (format!("{one}&ids={}", ids[1]), "twice"),
        (format!("{one}&limit=3"), "no such parameter"),
    ] {
        let (status, body) = asked(&store, &query).await;
        assert_eq!((status, &body["code"]), (400, &json!("INVALID_QUERY")), "{query}: {body}");
        let wrong = &body["errors"][0];
        let known = wrong["parameter"] == "ids" || wrong["parameter"] == "limit";
        assert!(known && (says == "twice" || wrong["detail"].as_str().unwrap().contains(says)), "{query}: {body}");
    }
    assert_eq!(asked(&store, &of(&ids[..50])).await.1["missing"], json!(ids[..50]));
}

#[test]
fn given_fifty_ids_when_written_then_no_card_number_is_seen_in_them() {
    for n in 0..2_000 {
        let ids: Vec<_> = (0..50).map(|nth| ProductId::named(&[&n.to_string(), &nth.to_string()])).collect();
        let query = of(&ids);
        assert_eq!(query.len(), "?ids=".len() + 1_849);
        assert!(!holds_card_number(&query), "{query}");
    }
}

#[tokio::test]
async fn given_cards_when_answered_then_caches_keep_them_as_lists() {
    let store = Store::new(Table::in_memory("t"));
    let asked = request("GET", &format!("/v1/product-cards{}", of(&[ProductId::named(&["a"])]))).build();
    let answer = list_cards(&store, Anyone, asked).await.unwrap();
    assert_eq!(answer.headers()["cache-control"], CACHE);
}
