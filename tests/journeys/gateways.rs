//! Payments that others have to act on, what is given back, and the books compared, on the deployed stack.

use std::time::Duration;

use rialto_testkit::{Product, Shop, Shopper, eventually};
use serde_json::{Value, json};

/// The payment of an order, once it is in a state.
async fn payment_in(shop: &Shop, order_id: &str, state: &str) -> Value {
    eventually(&format!("the payment of {order_id} is {state}"), Duration::from_secs(60), async || {
        let rows = shop.books().all("payments").await;
        rows.into_iter().find(|row| row["sk"] == "PAYMENT" && row["orderId"] == order_id && row["state"] == state)
    })
    .await
}

/// The one payment that waits for its shopper, of an order that was not there before.
async fn waiting(shop: &Shop, shopper: &Shopper, state: &str) -> Value {
    let orders = eventually("the order is there", Duration::from_secs(60), async || {
        let answer = shopper.send("GET", "/v1/orders", None).await;
        answer.body["items"][0]["id"].as_str().map(ToOwned::to_owned)
    })
    .await;
    payment_in(shop, &orders, state).await
}

/// Sends a webhook as the gateway does; the status and the problem's code.
async fn deliver(shop: &Shop, webhook: &Value, gateway: &str) -> (u16, Value) {
    let request = shop.request("POST", &format!("/v1/payments/webhooks/{gateway}"));
    let request = request
        .header("stripe-signature", webhook["signature"].as_str().unwrap())
        .header("content-type", "application/json")
        .body(webhook["body"].as_str().unwrap().to_owned());
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default();
    (status, body["code"].clone())
}

#[tokio::test]
async fn given_a_wallet_when_its_webhooks_come_twice_and_reordered_then_the_order_is_paid_once() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(5)).await;
    let shopper = shop.new_shopper().await;
    let buyer = shopper.clone();
    let buying = tokio::spawn(async move { buyer.buy(&offer, 1, "pm_sandbox_wallet").await });
    let payment = waiting(&shop, &shopper, "action_required").await;
    assert_eq!(shop.books().captured_for(payment["orderId"].as_str().unwrap()).await.0, 0);
    let played = json!({ "paymentId": payment["paymentId"], "act": { "type": "approve" } });
    let webhooks = shop.invoke("payments-play-sandbox", &played).await;
    let webhooks = webhooks.as_array().unwrap();
    let mut forged = webhooks[0].clone();
    forged["body"] = json!(format!("{} ", forged["body"].as_str().unwrap()));
    assert_eq!(deliver(&shop, &forged, "sandbox").await, (401, json!("INVALID_SIGNATURE")));
    assert_eq!(deliver(&shop, &webhooks[0], "paypal").await, (404, json!("NOT_FOUND")));
    for webhook in webhooks.iter().rev().chain(webhooks) {
        assert_eq!(deliver(&shop, webhook, "sandbox").await, (200, Value::Null));
    }
    let bought = buying.await.unwrap();
    assert!(matches!(bought.status, 201 | 202), "{}: {}", bought.status, bought.body);
    let order_id = payment["orderId"].as_str().unwrap();
    assert_eq!(shop.checkout_ended(order_id).await, "SUCCEEDED");
    assert_eq!(shopper.order(order_id).await["status"], "CONFIRMED");
    assert_eq!(shop.books().captured_for(order_id).await, (1, 4990));
}

#[tokio::test]
async fn given_a_paid_order_when_an_operator_refunds_it_then_never_more_than_was_paid_goes_back() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(5)).await;
    let shopper = shop.new_shopper().await;
    let order_id = shopper.buy(&offer, 1, "pm_sandbox_approved").await.expect(201).text("/id");
    let payment = payment_in(&shop, &order_id, "captured").await;
    let id = payment["paymentId"].as_str().unwrap().to_owned();
    let operator = shop.new_operator().await;
    let path = format!("/v1/payments/{id}/refunds");
    let part = json!({ "amount": { "amount": 2_000, "currency": "USD" }, "reason": "goodwill" });
    let asked = async |key: &str| {
        let headers = [("idempotency-key", key)];
        operator.send_with("POST", &path, &headers, Some(&part)).await
    };
    let (first, second, third) = futures::join!(asked("one"), asked("two"), asked("three"));
    let mut statuses = [first.status, second.status, third.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 201, 409], "two of three fit into 4,990");
    let again = asked("one").await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    let intent = shop.books().under("sandbox-gateway", &format!("INTENT#{id}:1")).await;
    let refundable: Vec<_> = intent.iter().filter_map(|row| row["refundable"].as_i64()).collect();
    assert_eq!(refundable, [990]);
    let headers = [("idempotency-key", "shopper")];
    shopper.send_with("POST", &path, &headers, Some(&part)).await.expect_problem(403, "FORBIDDEN");
    let stranger = json!([{ "offerId": "off_0190163d8694739b9f3a1c5d7e9b2f40", "amount": part["amount"] }]);
    let by_line = json!({ "lines": stranger, "reason": "returned" });
    let headers = [("idempotency-key", "line")];
    operator.send_with("POST", &path, &headers, Some(&by_line)).await.expect_problem(409, "NOT_REFUNDABLE");
    let rest = json!({ "lines": [{ "offerId": offer, "amount": { "amount": 990, "currency": "USD" } }], "reason": "returned" });
    let headers = [("idempotency-key", "rest")];
    operator.send_with("POST", &path, &headers, Some(&rest)).await.expect(201);
    let shown = operator.send("GET", &format!("/v1/payments/{id}"), None).await.expect(200).body;
    let attempts = shown["attempts"].as_array().unwrap();
    let asked: Vec<_> = attempts.iter().filter_map(|it| it["operation"].as_str()).collect();
    assert_eq!(
        (asked, shown["refunds"].as_array().unwrap().len()),
        (vec!["authorise", "capture", "refund", "refund", "refund"], 3)
    );
}

/// Does something about a payment at the gateway, and delivers what the gateway tells of it.
async fn play(shop: &Shop, payment: &Value, act: Value) {
    let played = json!({ "paymentId": payment["paymentId"], "act": act });
    let webhooks = shop.invoke("payments-play-sandbox", &played).await;
    let webhooks = webhooks.as_array().unwrap();
    assert!(!webhooks.is_empty(), "{act}");
    for webhook in webhooks {
        assert_eq!(deliver(shop, webhook, "sandbox").await, (200, Value::Null));
    }
}

#[tokio::test]
async fn given_an_order_by_bank_transfer_when_the_bank_has_paid_the_last_part_then_it_is_confirmed() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(5)).await;
    let (shopper, bought) = (shop.new_shopper().await, offer.clone());
    let buyer = shopper.clone();
    let buying = tokio::spawn(async move { buyer.buy(&bought, 1, "pm_sandbox_bank_transfer").await });
    let payment = waiting(&shop, &shopper, "pending").await;
    let order_id = payment["orderId"].as_str().unwrap();
    play(&shop, &payment, json!({ "type": "pay_part", "amount": 1_000 })).await;
    assert_eq!(shop.books().captured_for(order_id).await.0, 0, "a part is nothing");
    play(&shop, &payment, json!({ "type": "pay" })).await;
    payment_in(&shop, order_id, "captured").await;
    assert_eq!(shop.checkout_ended(order_id).await, "SUCCEEDED");
    let answer = buying.await.unwrap();
    assert!(matches!(answer.status, 201 | 202), "{}: {}", answer.status, answer.body);
    assert_eq!(shopper.order(order_id).await["status"], "CONFIRMED");
    assert_eq!(shop.books().captured_for(order_id).await, (1, 4990));
    assert_eq!(shop.books().stock_of(&offer).await, (4, 0, 4));
}

#[tokio::test]
async fn given_an_order_by_bank_transfer_when_its_time_is_over_then_it_fails_and_its_stock_is_free() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(5)).await;
    let (shopper, bought) = (shop.new_shopper().await, offer.clone());
    let buyer = shopper.clone();
    let buying = tokio::spawn(async move { buyer.buy(&bought, 2, "pm_sandbox_bank_transfer").await });
    let payment = waiting(&shop, &shopper, "pending").await;
    let order_id = payment["orderId"].as_str().unwrap();
    play(&shop, &payment, json!({ "type": "pay_part", "amount": 1_000 })).await;
    play(&shop, &payment, json!({ "type": "expire" })).await;
    assert_eq!(payment_in(&shop, order_id, "failed").await["reason"], "PARTLY_PAID");
    assert_eq!(shop.checkout_ended(order_id).await, "SUCCEEDED");
    let answer = buying.await.unwrap();
    assert!(matches!(answer.status, 202 | 402), "{}: {}", answer.status, answer.body);
    let order = shopper.order(order_id).await;
    assert_eq!((&order["status"], &order["reason"]), (&json!("PAYMENT_FAILED"), &json!("PARTLY_PAID")), "{order}");
    assert_eq!(shop.books().captured_for(order_id).await.0, 0);
    assert_eq!(shop.books().stock_of(&offer).await, (5, 0, 5));
    assert_eq!(shopper.cart().await["itemCount"], 2, "the same cart can be paid otherwise");
}

#[tokio::test]
async fn given_todays_payments_when_compared_with_the_gateways_list_then_this_one_does_not_differ() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(5)).await;
    let order_id = shop.new_shopper().await.buy(&offer, 1, "pm_sandbox_approved").await.expect(201).text("/id");
    let payment = payment_in(&shop, &order_id, "captured").await;
    let day = json!({ "at": payment["begunAt"] });
    let done = shop.invoke("payments-reconcile-day", &day).await;
    assert!(done["ours"].as_u64() >= Some(1) && done["listed"].as_u64() >= Some(1), "{done}");
    let id = payment["paymentId"].as_str().unwrap();
    let rows = shop.books().all("payments").await;
    let found = rows.iter().any(|row| row["finding"]["paymentId"] == id);
    assert!(!found, "no difference about {id}");
}
