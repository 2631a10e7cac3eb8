//! The same request more than once, and two requests for one thing.

use rialto_testkit::{Product, Shop};
use tokio::task::JoinSet;

#[tokio::test]
async fn given_one_key_when_it_is_sent_ten_times_at_once_then_there_is_one_order_and_one_charge() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(9)).await;
    let shopper = shop.new_shopper().await;
    shopper.add(&offer, 1).await;
    let form = shopper.order_form("pm_sandbox_approved").await;
    let mut sent = JoinSet::new();
    for _ in 0..10 {
        let (shopper, form) = (shopper.clone(), form.clone());
        sent.spawn(async move { shopper.check_out("ten", &form).await });
    }
    let (mut made, mut ids) = (0, Vec::new());
    for answer in sent.join_all().await {
        match answer.status {
            201 => {
                made += usize::from(answer.header("idempotent-replayed").is_empty());
                ids.push(answer.text("/id"));
            }
            _ => {
                assert!(!answer.header("retry-after").is_empty(), "409 in flight says when to ask again");
                answer.expect_problem(409, "IDEMPOTENCY_IN_FLIGHT");
            }
        }
    }
    assert_eq!(made, 1, "one request did it");
    ids.dedup();
    assert_eq!(ids.len(), 1, "one order: {ids:?}");

    let replay = shopper.check_out("ten", &form).await.expect(201);
    assert_eq!((replay.header("idempotent-replayed"), replay.text("/id")), ("true", ids[0].clone()));
    let mut other = form.clone();
    other["paymentMethodId"] = "pm_sandbox_declined".into();
    shopper.check_out("ten", &other).await.expect_problem(422, "IDEMPOTENCY_MISMATCH");
    let without = shopper.send("POST", "/v1/orders/checkout", Some(&form)).await;
    without.expect_problem(400, "IDEMPOTENCY_KEY_REQUIRED");
    assert_eq!(shop.books().captured_for(&ids[0]).await, (1, 4990));
    assert_eq!(shop.books().stock_of(&offer).await, (8, 0, 8));
}

#[tokio::test]
async fn given_two_tabs_with_two_keys_when_both_check_out_one_cart_at_once_then_one_is_told_of_the_other() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(9)).await;
    let shopper = shop.new_shopper().await;
    shopper.add(&offer, 1).await;
    // The first attempt's answer is lost, so both are under way for a second.
    let form = shopper.order_form("pm_sandbox_timeout_then_approved").await;
    let (one, two) = tokio::join!(shopper.check_out("tab-1", &form), shopper.check_out("tab-2", &form));
    let (bought, told) = if one.status == 201 { (one, two) } else { (two, one) };
    let id = bought.expect(201).text("/id");
    assert_eq!(told.header("location"), format!("/v1/orders/{id}"));
    assert_eq!(told.expect_problem(409, "CHECKOUT_IN_PROGRESS")["orderId"], id.as_str());
    assert_eq!(shop.books().captured_for(&id).await, (1, 4990));
    assert_eq!(shop.books().stock_of(&offer).await, (8, 0, 8));
}
