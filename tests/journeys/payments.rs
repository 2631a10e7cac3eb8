//! Payments that do not go through at once, or at all.

use rialto_testkit::{Product, Shop};
use serde_json::json;

#[tokio::test]
async fn given_a_payment_that_is_refused_when_checked_out_then_stock_and_cart_are_as_before_and_nothing_is_captured() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(5)).await;
    for (method, reason) in [
        ("pm_sandbox_declined", "PAYMENT_DECLINED"),
        ("pm_sandbox_insufficient_funds", "INSUFFICIENT_FUNDS"),
        ("pm_sandbox_capture_fails", "CAPTURE_REFUSED"),
    ] {
        let shopper = shop.new_shopper().await;
        let problem = shopper.buy(&offer, 2, method).await.expect_problem(402, "PAYMENT_DECLINED");
        assert_eq!(problem["reason"], reason);
        let id = problem["orderId"].as_str().unwrap();
        let order = shopper.order(id).await;
        assert_eq!((&order["status"], &order["reason"]), (&json!("PAYMENT_FAILED"), &json!(reason)), "{order}");
        assert_eq!(shop.books().stock_of(&offer).await, (5, 0, 5), "{method}");
        assert_eq!(shop.books().captured_for(id).await.0, 0, "{method}");
        assert_eq!(shopper.cart().await["itemCount"], 2, "{method}");
        // The same cart can be paid with another card.
        let form = shopper.order_form("pm_sandbox_declined").await;
        shopper.check_out("again", &form).await.expect_problem(402, "PAYMENT_DECLINED");
    }
}

#[tokio::test]
async fn given_a_gateway_that_answers_late_when_checked_out_then_it_is_charged_once() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(5)).await;
    let shopper = shop.new_shopper().await;
    let bought = shopper.buy(&offer, 1, "pm_sandbox_timeout_then_approved").await.expect(201);
    assert_eq!(shop.books().captured_for(&bought.text("/id")).await, (1, 4990));
    assert_eq!(shop.books().stock_of(&offer).await, (4, 0, 4));
}

#[tokio::test]
async fn given_a_gateway_that_never_answers_when_checked_out_then_the_payment_is_given_up_for_certain() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(5)).await;
    let shopper = shop.new_shopper().await;
    let answer = shopper.buy(&offer, 1, "pm_sandbox_timeout").await;
    let id = match answer.status {
        202 => answer.header("location").rsplit('/').next().unwrap().to_owned(),
        _ => answer.expect_problem(402, "PAYMENT_DECLINED")["orderId"].as_str().unwrap().to_owned(),
    };
    assert_eq!(shop.checkout_ended(&id).await, "SUCCEEDED");
    let order = shopper.order(&id).await;
    assert_eq!((&order["status"], &order["reason"]), (&json!("PAYMENT_FAILED"), &json!("PAYMENT_TIMEOUT")), "{order}");
    assert_eq!(shop.books().captured_for(&id).await.0, 0);
    assert_eq!(shop.books().stock_of(&offer).await, (5, 0, 5));
}
