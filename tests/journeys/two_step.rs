//! Checkout in two steps: a session is opened, changed, and paid, given up or left to expire.

use std::time::Duration;

use rialto_testkit::{Answer, Product, Shop, Shopper, eventually};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// The test stack's reservations live a minute.
const LIFE: Duration = Duration::from_secs(150);

struct Counter {
    shop: Shop,
    offer: String,
    shopper: Shopper,
    address: String,
}

async fn stored_address(shopper: &Shopper, country: &str, postal_code: &str, region: Option<&str>) -> String {
    let form = json!({"name": "Ada Lovelace", "line1": "1 Navy Yard", "city": "Arlington", "region": region,
        "postalCode": postal_code, "country": country});
    shopper.send("POST", "/v1/me/addresses", Some(&form)).await.expect(201).text("/id")
}

/// Two of `units` in the cart of a shopper with an address in London.
async fn at_the_counter(units: u32) -> Counter {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(units)).await;
    let shopper = shop.new_shopper().await;
    shopper.add(&offer, 2).await;
    let address = stored_address(&shopper, "GB", "SW1Y 4JH", None).await;
    Counter { shop, offer, shopper, address }
}

impl Counter {
    async fn initiate(&self, key: &str) -> Answer {
        let form = json!({"cartId": self.shopper.cart().await["id"], "shippingAddressId": self.address});
        self.shopper.send_with("POST", "/v1/checkout/initiate", &[("idempotency-key", key)], Some(&form)).await
    }

    /// An open session, and its id.
    async fn open(&self) -> (Answer, String) {
        let session = self.initiate("open").await.expect(201);
        let id = session.text("/id");
        (session, id)
    }

    async fn pay(&self, key: &str, id: &str, method: &str) -> Answer {
        let form = json!({"checkoutSessionId": id, "paymentMethodId": method});
        self.shopper.send_with("POST", "/v1/checkout/payment", &[("idempotency-key", key)], Some(&form)).await
    }

    async fn session(&self, id: &str) -> Answer {
        self.shopper.send("GET", &format!("/v1/checkout/{id}"), None).await.expect(200)
    }

    async fn change(&self, id: &str, etag: &str, form: &Value) -> Answer {
        self.shopper.send_with("PATCH", &format!("/v1/checkout/{id}"), &[("if-match", etag)], Some(form)).await
    }

    async fn give_up(&self, id: &str) -> Answer {
        self.shopper.send("DELETE", &format!("/v1/checkout/{id}"), None).await
    }
}

fn usd(amount: i64) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

#[tokio::test]
async fn given_an_open_session_when_it_is_changed_and_paid_then_the_order_costs_what_it_showed() {
    let counter = at_the_counter(5).await;
    let Counter { shop, offer, shopper, .. } = &counter;
    let (session, id) = counter.open().await;
    assert_eq!(session.header("location"), format!("/v1/checkout/{id}"));
    assert_eq!(session.body["status"], "OPEN");
    assert_eq!(session.body["totals"]["total"], usd(9980));
    assert_eq!(session.body["totals"]["taxIncluded"], usd(1663), "20 percent within 9980");
    assert!(session.body["expiresAt"].is_string());
    assert_eq!(shop.books().stock_of(offer).await, (5, 2, 3));
    assert_eq!(shopper.order(&id).await["status"], "CREATED");
    assert_eq!(counter.initiate("open").await.body, session.body, "the same key answers the same");

    let canada = stored_address(shopper, "CA", "K1A 0B1", Some("ON")).await;
    let form = json!({"shippingAddressId": canada, "shippingOption": "express"});
    let etag = session.header("etag").to_owned();
    let changed = counter.change(&id, &etag, &form).await.expect(200);
    // 15.00 for the first kilogram, which two lamps of unknown weight are, and 5 percent on all of it.
    assert_eq!(changed.body["totals"]["shipping"], usd(1500));
    assert_eq!(changed.body["totals"]["tax"], usd(574));
    assert_eq!(changed.body["totals"]["total"], usd(12_054));
    assert_eq!(changed.body["shippingAddress"]["country"], "CA");
    counter.change(&id, &etag, &form).await.expect_problem(412, "PRECONDITION_FAILED");
    let unknown = json!({"shippingAddressId": "adr_0190163d8694739b9f3a1c5d7e9b2f40"});
    let refused = counter.change(&id, changed.header("etag"), &unknown).await;
    refused.expect_problem(422, "INVALID_VALUE");
    assert_eq!(counter.session(&id).await.body["totals"], changed.body["totals"], "a refused change leaves it open");

    counter.pay("unknown", &id, "pm_0190163d8694739b9f3a1c5d7e9b2f40").await.expect_problem(422, "INVALID_VALUE");
    let bought = counter.pay("pay", &id, "pm_sandbox_approved").await.expect(201);
    assert_eq!((bought.text("/id"), &bought.body["total"]), (id.clone(), &usd(12_054)));
    assert_eq!(bought.body["status"], "CONFIRMED");
    let replayed = counter.pay("pay", &id, "pm_sandbox_approved").await.expect(201);
    assert_eq!(replayed.body, bought.body);
    counter.pay("again", &id, "pm_sandbox_approved").await.expect_problem(409, "CONFLICT");
    counter.give_up(&id).await.expect_problem(409, "CONFLICT");
    assert_eq!(counter.session(&id).await.body["status"], "CONFIRMED");
    assert_eq!(shop.books().captured_for(&id).await, (1, 12_054));
    assert_eq!(shop.books().stock_of(offer).await, (3, 0, 3));
    assert_eq!(shopper.cart().await["items"], json!([]));
}

#[tokio::test]
async fn given_a_session_without_an_address_when_paid_then_it_is_wanted_and_a_total_that_was_not_shown_is_not_charged()
{
    let counter = at_the_counter(5).await;
    let Counter { shop, offer, shopper, .. } = &counter;
    let form = json!({"cartId": shopper.cart().await["id"]});
    let key = [("idempotency-key", "bare")];
    let session = shopper.send_with("POST", "/v1/checkout/initiate", &key, Some(&form)).await.expect(201);
    let id = session.text("/id");
    counter.pay("nowhere", &id, "pm_sandbox_approved").await.expect_problem(422, "INVALID_VALUE");
    let canada = stored_address(shopper, "CA", "K1A 0B1", Some("ON")).await;
    let form = json!({"checkoutSessionId": id, "paymentMethodId": "pm_sandbox_approved", "shippingAddressId": canada});
    let pay = async |key: &str| {
        shopper.send_with("POST", "/v1/checkout/payment", &[("idempotency-key", key)], Some(&form)).await
    };
    let problem = pay("uninformed").await.expect_problem(409, "PRICE_CHANGED");
    assert_eq!(problem["total"], usd(10_479), "with tax on top");
    assert_eq!(counter.session(&id).await.body["totals"]["total"], problem["total"]);
    pay("uninformed").await.expect_problem(409, "PRICE_CHANGED");
    assert_eq!(shop.books().captured_for(&id).await.0, 0);
    pay("informed").await.expect(201);
    assert_eq!(shop.books().captured_for(&id).await, (1, 10_479));
    assert_eq!(shop.books().stock_of(offer).await, (3, 0, 3));
}

#[tokio::test]
async fn given_an_open_session_when_given_up_then_stock_and_cart_are_as_before_and_another_can_be_opened() {
    let counter = at_the_counter(5).await;
    let Counter { shop, offer, shopper, .. } = &counter;
    let (_, id) = counter.open().await;

    let stranger = shop.new_shopper().await;
    let path = format!("/v1/checkout/{id}");
    for method in ["GET", "DELETE"] {
        stranger.send(method, &path, None).await.expect_problem(404, "NOT_FOUND");
    }
    let express = json!({"shippingOption": "express"});
    stranger.send_with("PATCH", &path, &[("if-match", "*")], Some(&express)).await.expect_problem(404, "NOT_FOUND");
    let theirs = json!({"checkoutSessionId": id, "paymentMethodId": "pm_sandbox_approved"});
    let paid =
        stranger.send_with("POST", "/v1/checkout/payment", &[("idempotency-key", "theirs")], Some(&theirs)).await;
    paid.expect_problem(404, "NOT_FOUND");

    let other_tab = counter.initiate("other-tab").await;
    assert_eq!(other_tab.header("location"), path, "where it can be paid or given up");
    assert_eq!(other_tab.expect_problem(409, "CHECKOUT_IN_PROGRESS")["orderId"], id.as_str());

    for _ in 0..2 {
        assert_eq!(counter.give_up(&id).await.status, 204);
    }
    counter.pay("late", &id, "pm_sandbox_approved").await.expect_problem(409, "ORDER_CANCELLED");
    let order = shopper.order(&id).await;
    assert_eq!((&order["status"], &order["reason"]), (&json!("CANCELLED"), &json!("GIVEN_UP")), "{order}");
    assert_eq!(counter.session(&id).await.body["status"], "CANCELLED");
    assert_eq!(shop.books().stock_of(offer).await, (5, 0, 5));
    assert_eq!(shopper.cart().await["itemCount"], 2);
    assert_eq!(shop.checkout_ended(&id).await, "SUCCEEDED");
    let again = counter.initiate("once-more").await.expect(201).text("/id");
    counter.pay("once-more", &again, "pm_sandbox_declined").await.expect_problem(402, "PAYMENT_DECLINED");
    assert_eq!(counter.session(&again).await.body["status"], "FAILED");
    assert_eq!(shop.books().stock_of(offer).await, (5, 0, 5));
}

#[tokio::test]
async fn given_a_session_that_nobody_pays_when_its_time_is_up_then_it_has_expired_and_a_late_payment_takes_nothing() {
    let counter = at_the_counter(5).await;
    let Counter { shop, offer, shopper, .. } = &counter;
    let (_, id) = counter.open().await;
    eventually("the session expires", LIFE, async || {
        (counter.session(&id).await.body["status"] == "EXPIRED").then_some(())
    })
    .await;
    assert_eq!(shop.checkout_ended(&id).await, "SUCCEEDED");
    counter.pay("late", &id, "pm_sandbox_approved").await.expect_problem(409, "RESERVATION_EXPIRED");
    let order = shopper.order(&id).await;
    assert_eq!((&order["status"], &order["reason"]), (&json!("EXPIRED"), &json!("SESSION_EXPIRED")), "{order}");
    assert_eq!(shop.books().captured_for(&id).await.0, 0);
    assert_eq!(shop.books().stock_of(offer).await, (5, 0, 5));
    assert_eq!(shopper.cart().await["itemCount"], 2);
    shop.invoke("checkout-sweep-sessions", &json!({})).await;
}

#[tokio::test]
async fn given_an_open_session_when_it_is_paid_and_given_up_at_once_then_exactly_one_happens() {
    let counter = at_the_counter(4).await;
    let Counter { shop, offer, shopper, .. } = &counter;
    let (_, id) = counter.open().await;
    let mut rush = JoinSet::new();
    for rival in 0..6 {
        let (shopper, id) = (shopper.clone(), id.clone());
        rush.spawn(async move {
            if rival % 3 == 2 {
                return shopper.send("DELETE", &format!("/v1/checkout/{id}"), None).await.status;
            }
            let form = json!({"checkoutSessionId": id, "paymentMethodId": "pm_sandbox_approved"});
            let key = format!("rival-{rival}");
            shopper.send_with("POST", "/v1/checkout/payment", &[("idempotency-key", &key)], Some(&form)).await.status
        });
    }
    let statuses = rush.join_all().await;
    assert_eq!(shop.checkout_ended(&id).await, "SUCCEEDED");
    let bought = statuses.iter().filter(|status| [201, 202].contains(status)).count();
    let (captured, _) = shop.books().captured_for(&id).await;
    let stock = shop.books().stock_of(offer).await;
    match shopper.order(&id).await["status"].as_str() {
        Some("CONFIRMED") => {
            assert_eq!((bought, captured, stock), (1, 1, (2, 0, 2)), "{statuses:?}");
            assert!(!statuses.contains(&204), "{statuses:?}");
        }
        Some("CANCELLED") => {
            assert_eq!((captured, stock), (0, (4, 0, 4)), "{statuses:?}");
            assert!(!statuses.contains(&201) && statuses.contains(&204), "{statuses:?}");
        }
        other => panic!("{other:?} after {statuses:?}"),
    }
}
