//! The routes that the purchase does not pass.

use std::time::Duration;

use rialto_testkit::{Product, Shop, csv, eventually};
use serde_json::json;

#[tokio::test]
async fn given_a_cart_when_it_is_set_emptied_and_cleared_then_it_shows_so() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let product = Product::unique(20);
    let offer = seller.list_product(product.clone()).await;
    let shopper = shop.new_shopper().await;
    shopper.add(&offer, 1).await;
    let line = json!({"sku": product.sku, "quantity": 2});
    for _ in 0..2 {
        let added = shopper.send_with("POST", "/v1/cart/items", &[("idempotency-key", "twice")], Some(&line)).await;
        assert_eq!(added.expect(201).body["itemCount"], 3, "a repeat adds nothing");
    }
    let set = shopper.send("PATCH", "/v1/cart", Some(&json!({"itemId": product.sku, "quantity": 5}))).await.expect(200);
    assert_eq!(set.body["itemCount"], 5);
    let item = set.text("/items/0/id");
    let set = shopper.send("PATCH", &format!("/v1/cart/items/{item}"), Some(&json!({"quantity": 1}))).await.expect(200);
    assert_eq!(set.body["itemCount"], 1);
    let removed = shopper.send("DELETE", &format!("/v1/cart/items/{item}"), None).await.expect(200);
    assert_eq!(removed.body["items"], json!([]));
    shopper.add(&offer, 1).await;
    let cleared = shopper.send("DELETE", "/v1/cart", None).await.expect(200);
    assert_eq!(cleared.body["items"], json!([]));
}

#[tokio::test]
async fn given_a_form_of_the_api_when_a_file_is_sent_with_it_then_that_import_runs() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let key = [("idempotency-key", "form")];
    let form = json!({"fileName": "spring.csv"});
    let created = seller.person.send_with("POST", "/v1/catalog-imports", &key, Some(&form)).await.expect(201);
    let id = created.text("/importId");
    shop.post_form(&created.body["upload"], csv(&[Product::unique(2)])).await;
    let import = eventually("the import ends", Duration::from_secs(120), async || {
        let import = seller.person.send("GET", &format!("/v1/catalog-imports/{id}"), None).await.expect(200).body;
        (import["state"] == "completed").then_some(import)
    })
    .await;
    assert_eq!(import["counts"], json!({"rows": 1, "accepted": 1, "rejected": 0, "unchanged": 0}));
    let replayed = seller.person.send_with("POST", "/v1/catalog-imports", &key, Some(&form)).await.expect(201);
    assert_eq!(replayed.text("/importId"), id);
}

#[tokio::test]
async fn given_stock_when_it_is_adjusted_then_the_ledger_follows_and_what_is_reserved_stays() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let offer = seller.list_product(Product::unique(5)).await;
    let warehouse = seller.stock(&offer).await[0]["warehouseId"].clone();
    let adjust = async |key: &str, delta: i64| {
        let form = json!({"offerId": offer, "warehouseId": warehouse, "delta": delta, "reason": "stocktake"});
        let key = [("idempotency-key", key)];
        seller.person.send_with("POST", "/v1/inventory/adjustments", &key, Some(&form)).await
    };
    for _ in 0..2 {
        assert_eq!(adjust("less", -2).await.expect(201).body["items"][0]["onHand"], 3);
    }
    adjust("too-much", -4).await.expect_problem(409, "STOCK_RESERVED");
    assert_eq!(shop.books().stock_of(&offer).await, (3, 0, 3));
    let warehouses = seller.person.send("GET", "/v1/warehouses", None).await.expect(200);
    assert_eq!(warehouses.body["items"][0]["id"], warehouse);
}

#[tokio::test]
async fn given_what_is_public_when_asked_for_then_it_is_there() {
    let shop = Shop::open().await;
    let keys = shop.get("/.well-known/jwks.json").await.expect(200);
    assert_eq!(keys.body["keys"][0]["alg"], "ES256");
    assert!(keys.body["keys"][0]["d"].is_null(), "never the private part");
    let contract = shop.get("/v1/openapi.json").await.expect(200);
    assert_eq!(contract.body["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
    let shopper = shop.new_shopper().await;
    let addresses = shopper.send("GET", "/v1/me/addresses", None).await.expect(200);
    assert_eq!(addresses.body["items"], json!([]));
    shop.invoke("inventory-expire-reservations", &json!({})).await;
}
