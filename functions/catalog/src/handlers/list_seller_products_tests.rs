use std::collections::BTreeMap;

use rialto_dynamo::{Item, Key, Table, Update, testing as tables};
use rialto_events::types::{AvailabilityChanged, AvailabilityStatus};
use rialto_http::testing::{answered, request};
use rialto_kernel::ImportId;
use serde_json::{Value, json};

use super::*;
use crate::{
    domain::edit::{Edit, edited},
    handlers::testing::{listed, now, operator, read, row, seller, the_seller},
    store::{GoodRow, Sale},
};

async fn asked(store: &Store, who: SellerOrOperator, query: &str) -> (u16, Value) {
    let asked = request("GET", &format!("/v1/seller/products?{query}")).build();
    read(&answered(list_seller_products(store, who, asked).await))
}

fn skus(body: &Value) -> Vec<String> {
    body["items"].as_array().unwrap().iter().map(|item| item["sku"].as_str().unwrap().to_owned()).collect()
}

async fn change(store: &Store, id: ProductId, edit: Value) {
    let edit: Edit = serde_json::from_value(edit).unwrap();
    let judged = |shown: &Shown| edited(&shown.product, &edit, now()).map_err(|_| crate::Error::Contended);
    store.edit(None, id, "op", now(), judged).await.unwrap();
}

/// The index keys of a product.
async fn place(table: &Table, id: ProductId) -> BTreeMap<String, String> {
    let item: Item = tables::item(table, &Key::new(format!("PRODUCT#{id}"), "PRODUCT")).await.unwrap().unwrap();
    let keys = item.into_iter().filter(|(name, _)| name.starts_with("gsi2"));
    keys.map(|(name, value)| (name, value.as_s().unwrap().clone())).collect()
}

#[tokio::test]
async fn given_products_of_a_seller_when_walked_then_each_of_the_status_is_seen_once_by_sku_while_others_change() {
    for table in tables::tables("catalog-assortment").await.unwrap() {
        let store = Store::new(table);
        let mut drafts = Vec::new();
        for n in 0..9 {
            listed(&store, "s", &format!("A{n}"), Sale::Now).await;
            drafts.push(listed(&store, "s", &format!("D{n}"), Sale::Draft { publish_at: None }).await);
            listed(&store, "other", &format!("O{n}"), Sale::Now).await;
        }
        let (mut walked, mut cursor, mut turned) = (Vec::new(), String::new(), drafts.iter());
        loop {
            let (status, body) = asked(&store, the_seller("s"), &format!("status=active&limit=2{cursor}")).await;
            assert_eq!(status, 200, "{body}");
            walked.extend(skus(&body));
            // Others come to the status behind what is walked, and what is there has another price.
            change(&store, *turned.next().unwrap(), json!({"status": "archived"})).await;
            match body["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(walked, (0..9).map(|n| format!("A{n}")).collect::<Vec<_>>());
        assert_eq!(skus(&asked(&store, the_seller("s"), "status=archived").await.1), ["D0", "D1", "D2", "D3", "D4"]);
        assert_eq!(skus(&asked(&store, the_seller("s"), "status=draft").await.1), ["D5", "D6", "D7", "D8"]);
    }
}

#[tokio::test]
async fn given_a_product_when_listed_then_its_seller_sees_what_it_is_and_at_which_version() {
    let store = Store::new(Table::in_memory("t"));
    let time = "2026-03-01T00:00:00Z".parse().unwrap();
    let id = listed(&store, "s", "A", Sale::Draft { publish_at: Some(time) }).await;
    let (_, body) = asked(&store, the_seller("s"), "status=draft").await;
    let expected = json!({"id": id, "title": "A", "sku": "A", "status": "draft", "publishAt": "2026-03-01T00:00:00Z",
        "price": {"amount": 100, "currency": "USD"}, "variants": 1, "availability": {"status": "out_of_stock"}, "version": 1});
    assert_eq!(body, json!({"items": [expected]}));
}

#[tokio::test]
async fn given_another_sellers_list_or_a_query_that_is_none_when_asked_then_it_is_refused() {
    let store = Store::new(Table::in_memory("t"));
    let (mine, theirs) = (seller("s").seller_id, seller("other").seller_id);
    for n in 0..3 {
        listed(&store, "s", &format!("A{n}"), Sale::Now).await;
    }
    let anyone = || SellerOrOperator::Operator(operator());
    assert_eq!(asked(&store, the_seller("s"), &format!("status=active&sellerId={mine}")).await.0, 200);
    assert_eq!(asked(&store, the_seller("s"), &format!("status=active&sellerId={theirs}")).await.0, 404);
    assert_eq!(skus(&asked(&store, anyone(), &format!("status=active&sellerId={mine}")).await.1).len(), 3);
    for (who, query, parameter) in [
        (anyone(), "status=active", "sellerId"),
        (the_seller("s"), "", "status"),
        (the_seller("s"), "status=all", "status"),
        (the_seller("s"), "status=active&limit=101", "limit"),
    ] {
        let (status, body) = asked(&store, who, query).await;
        assert_eq!((status, &body["errors"][0]["parameter"]), (400, &json!(parameter)), "{query}: {body}");
    }
    let (_, page) = asked(&store, the_seller("s"), "status=active&limit=1").await;
    let cursor = page["nextCursor"].as_str().unwrap();
    for (who, query) in [(the_seller("s"), "status=draft"), (the_seller("other"), "status=active")] {
        let (status, body) = asked(&store, who, &format!("{query}&cursor={cursor}")).await;
        assert_eq!((status, &body["code"]), (400, &json!("INVALID_CURSOR")));
    }
}

#[tokio::test]
async fn given_a_product_when_changed_then_only_its_status_and_its_main_row_move_it_in_the_index() {
    let table = Table::in_memory("t");
    let store = Store::new(table.clone());
    let id = listed(&store, "s", "A", Sale::Now).await;
    let before = place(&table, id).await;
    assert_eq!(before["gsi2sk"], format!("A\u{1f}{id}"));
    let variant = *store.product(id).await.unwrap().product.variants.keys().next().unwrap();
    let price = json!([{"variantId": variant, "price": {"amount": 5, "currency": "USD"}}]);
    change(&store, id, json!({"title": "Other", "categoryPath": ["X"], "prices": price})).await;
    let offer_id = store.product(id).await.unwrap().product.variants[&variant].offer_id;
    let news = AvailabilityChanged {
        offer_id,
        product_id: id,
        seller_id: seller("s").seller_id,
        sku: "A".to_owned(),
        status: AvailabilityStatus::Low,
        available: Some(2),
    };
    store.project_availability(&news, 3).await.unwrap();
    assert_eq!(place(&table, id).await, before);
    change(&store, id, json!({"status": "archived"})).await;
    assert!(place(&table, id).await["gsi2pk"].ends_with("#archived"));

    // Its row goes to another product: nothing is left to list.
    listed(&store, "s", "B", Sale::Now).await;
    let moved = row("A", &[("parent_sku", "B")]);
    let good = GoodRow { line: 2, row: &moved, refusal: None };
    store.settle(seller("s").seller_id, ImportId::named(&["x"]), vec![good], now()).await.unwrap();
    assert_eq!(place(&table, id).await, BTreeMap::new());
    assert_eq!(asked(&store, the_seller("s"), "status=archived").await.1, json!({"items": []}));
    assert_eq!(asked(&store, the_seller("s"), "status=active").await.1["items"][0]["variants"], 2);
}

#[tokio::test]
async fn given_an_index_that_lags_when_listed_then_what_has_another_status_by_now_is_left_out() {
    let table = Table::in_memory("t");
    let store = Store::new(table.clone());
    let id = listed(&store, "s", "A", Sale::Now).await;
    let stale = format!("SELLER#{}#draft", seller("s").seller_id);
    table.update(Update::of(Key::new(format!("PRODUCT#{id}"), "PRODUCT")).set("gsi2pk", stale)).await.unwrap();
    assert_eq!(asked(&store, the_seller("s"), "status=draft").await.1, json!({"items": []}));
}
