//! Runs of the checkout that are stopped before they end: their orders end all the same.

use std::time::Duration;

use rialto_testkit::{Answer, Product, Shop, Shopper, eventually};
use serde_json::json;

/// A lost run is settled a minute after it was lost, by the sweep that then comes.
const SETTLED: Duration = Duration::from_secs(240);

fn order_of(answer: &Answer) -> String {
    let named = answer.header("location").rsplit('/').next().filter(|id| id.starts_with("ord_"));
    named.map_or_else(|| answer.text("/orderId"), ToOwned::to_owned)
}

/// Sweeps until the order has ended, and answers it.
async fn settled(shop: &Shop, shopper: &Shopper, id: &str) -> serde_json::Value {
    eventually(&format!("{id} is settled"), SETTLED, async || {
        shop.invoke("checkout-sweep-sessions", &json!({})).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let order = shopper.send("GET", &format!("/v1/orders/{id}"), None).await;
        let over = ["CONFIRMED", "CANCELLED", "PAYMENT_FAILED", "EXPIRED"];
        (order.status == 200 && over.contains(&order.text("/status").as_str())).then_some(order.body)
    })
    .await
}

#[tokio::test]
async fn given_a_run_that_is_stopped_while_it_waits_for_the_shopper_when_swept_for_then_all_is_as_before_and_once() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(5)).await;
    let shopper = shop.new_shopper().await;
    let started = shopper.buy(&offer, 2, "pm_sandbox_needs_action").await.expect(202);
    assert!(started.body["nextAction"]["url"].is_string(), "{}", started.body);
    let id = order_of(&started);
    assert_eq!(shop.books().stock_of(&offer).await, (5, 2, 3));
    shop.stop_checkout(&id).await;
    let order = settled(&shop, &shopper, &id).await;
    assert_eq!((&order["status"], &order["reason"]), (&json!("CANCELLED"), &json!("INTERRUPTED")), "{order}");
    assert_eq!(shop.checkout_ended(&format!("{id}-2")).await, "SUCCEEDED");
    assert_eq!(shop.books().stock_of(&offer).await, (5, 0, 5));
    assert_eq!(shop.books().captured_for(&id).await.0, 0);
    assert_eq!(shopper.cart().await["itemCount"], 2);
    shop.invoke("checkout-sweep-sessions", &json!({})).await;
    assert!(!shop.has_checkout_run(&format!("{id}-3")).await, "settled once");
    shopper.check_out("again", &shopper.order_form("pm_sandbox_approved").await).await.expect(201);
    assert_eq!(shop.books().stock_of(&offer).await, (3, 0, 3));
}

#[tokio::test]
async fn given_runs_that_are_stopped_at_any_moment_when_swept_for_then_each_order_is_bought_whole_or_not_at_all() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(20)).await;
    let mut buying = tokio::task::JoinSet::new();
    for nth in 0..6_u64 {
        let (shop, offer) = (shop.clone(), offer.clone());
        buying.spawn(async move {
            let shopper = shop.new_shopper().await;
            shopper.add(&offer, 2).await;
            let form = shopper.order_form("pm_sandbox_approved").await;
            let buyer = shopper.clone();
            let bought = tokio::spawn(async move { buyer.check_out("stopped", &form).await });
            tokio::time::sleep(Duration::from_millis(400 * (nth + 1))).await;
            shop.stop_checkouts_of(&shopper.id).await;
            let id = order_of(&bought.await.expect("it was answered"));
            (settled(&shop, &shopper, &id).await, shopper, id)
        });
    }
    let mut confirmed = 0;
    for (order, shopper, id) in buying.join_all().await {
        let is_bought = order["status"] == "CONFIRMED";
        eventually(&format!("the cart of {id} is settled"), SETTLED, async || {
            shop.invoke("checkout-sweep-sessions", &json!({})).await;
            let items = shopper.cart().await["itemCount"].as_i64();
            let as_it_should = items == Some(if is_bought { 0 } else { 2 });
            // A cart that is still held by the order cannot be cleared.
            let is_free = as_it_should && shopper.send("DELETE", "/v1/cart", None).await.status == 200;
            is_free.then_some(())
        })
        .await;
        assert_eq!(shop.books().captured_for(&id).await.0, i64::from(is_bought), "{order}");
        confirmed += i64::from(is_bought);
    }
    assert_eq!(shop.books().stock_of(&offer).await, (20 - 2 * confirmed, 0, 20 - 2 * confirmed));
}
