//! Rebuilding the search's index.

use std::time::Duration;

use rialto_testkit::{Product, Shop, eventually};
use serde_json::{Value, json};

const PATH: &str = "/v1/search/reindex";

#[tokio::test]
async fn given_products_when_an_operator_rebuilds_the_index_and_rolls_back_then_searches_find_what_is_new_all_along() {
    let shop = Shop::open().await;
    let (operator, seller) = (shop.new_operator().await, shop.new_seller().await);
    let hits = seller.list_products(&[Product::unique(3)]).await;
    let (id, sku) = (hits[0]["productId"].as_str().unwrap(), hits[0]["sku"].as_str().unwrap());
    let rename = async |title: &str| {
        let path = format!("/v1/products/{id}");
        let preview = seller.person.send("GET", &format!("{path}/preview"), None).await.expect(200);
        let headers = [("if-match", preview.header("etag"))];
        seller.person.send_with("PATCH", &path, &headers, Some(&json!({"title": title}))).await.expect(200);
    };
    let is_named = async |title: &str| {
        eventually("search shows the product as it is", Duration::from_secs(60), async || {
            (shop.found(sku, sku).await["title"] == title).then_some(())
        })
        .await;
    };
    let steer =
        async |action: &str| operator.send("POST", PATH, Some(&json!({"action": action}))).await.expect(202).body;
    let before = operator.send("GET", PATH, None).await.expect(200).body["serving"].clone();

    let started = steer("start").await;
    assert_eq!(steer("start").await["rebuild"]["index"], started["rebuild"]["index"], "one at a time");
    rename("Renamed while the index is rebuilt").await;
    let done: Value = eventually("the index is rebuilt", Duration::from_secs(180), async || {
        // The clock does it, too, once a minute.
        shop.invoke("search-rebuild-index", &json!({})).await;
        let now = operator.send("GET", PATH, None).await.expect(200).body;
        (now["rebuild"]["phase"] == "done").then_some(now)
    })
    .await;
    assert_ne!(done["serving"], before);
    assert!(done["rebuild"]["verified"].as_u64().unwrap() > 0, "{done}");
    is_named("Renamed while the index is rebuilt").await;

    rename("Renamed after that").await;
    let back: Value = eventually("the index before is searched", Duration::from_secs(60), async || {
        // Another's rebuilding, if one has begun, is given up first.
        let now = steer("roll_back").await;
        (now["rebuild"]["phase"] == "rolled_back").then_some(now)
    })
    .await;
    assert_eq!(back["previous"], done["serving"]);
    is_named("Renamed after that").await;
}
