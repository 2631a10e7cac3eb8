//! What happens when the machine under a checkout fails.

use std::time::Duration;

use rialto_testkit::{FaultyDynamo, Product, Shop, kill_function};
use tokio::task::JoinSet;

/// The functions of the workflow, in its order.
const STEPS: [&str; 10] = [
    "orders-create-order",
    "carts-freeze-cart",
    "catalog-quote-offers",
    "checkout-price-order",
    "inventory-reserve-stock",
    "payments-authorise-payment",
    "inventory-confirm-reservation",
    "payments-capture-payment",
    "orders-advance-order",
    "carts-clear-purchased",
];

#[tokio::test]
async fn given_functions_that_are_killed_in_mid_checkout_when_it_is_over_then_each_order_is_settled_once() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(20)).await;
    let mut buying = JoinSet::new();
    for _ in 0..6 {
        let shopper = shop.new_shopper().await;
        shopper.add(&offer, 2).await;
        let form = shopper.order_form("pm_sandbox_timeout_then_approved").await;
        buying.spawn(async move { (shopper.check_out("killed", &form).await, shopper) });
    }
    let mut killed = 0;
    for step in STEPS.iter().cycle().take(60) {
        killed += kill_function(&shop.stack, step);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(killed > 0, "something was running");
    let mut confirmed = 0;
    for (answer, shopper) in buying.join_all().await {
        let path = answer.header("location").to_owned();
        let id = match path.rsplit('/').next().filter(|id| id.starts_with("ord_")) {
            Some(id) => id.to_owned(),
            None => answer.text("/orderId"),
        };
        assert_eq!(shop.checkout_ended(&id).await, "SUCCEEDED");
        let status = match shopper.send("GET", &format!("/v1/orders/{id}"), None).await {
            found if found.status == 200 => found.text("/status"),
            never_priced => never_priced.expect(404).text("/code"),
        };
        let captures = shop.books().captured_for(&id).await.0;
        assert_eq!(captures, i64::from(status == "CONFIRMED"), "{id} is {status}");
        confirmed += i64::from(status == "CONFIRMED");
    }
    assert_eq!(shop.books().stock_of(&offer).await, (20 - 2 * confirmed, 0, 20 - 2 * confirmed));
}

#[tokio::test]
async fn given_conflicts_and_throttles_at_the_writes_of_the_reservation_when_20_want_5_then_exactly_5_get_one() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(5)).await;
    let functions = ["inventory-reserve-stock", "inventory-confirm-reservation", "inventory-release-reservation"];
    let faulty = FaultyDynamo::before(&shop, &functions).await;
    faulty.fail_percent(60);
    let answers = crate::contention::rush(crate::contention::queue_up(&shop, &offer, 20).await).await;
    let settled = crate::contention::settled(&shop, answers).await;
    let injected = faulty.end(&shop).await;
    assert!(injected > 5, "only {injected} faults were injected");
    assert_eq!(settled, (5, 15));
    assert_eq!(shop.books().stock_of(&offer).await, (0, 0, 0));
}
