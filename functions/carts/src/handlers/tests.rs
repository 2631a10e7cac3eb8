use std::collections::HashMap;

use rialto_dynamo::{Fault, Faults, Table};
use rialto_events::types::{AvailabilityChanged, AvailabilityStatus, ProductChanged, ProductStatus, VariantData};
use rialto_http::{Customer, Problem, Request, Response, Shopper, testing::request};
use rialto_kernel::{Currency, Money, OfferId, OrderId, ProductId, SellerId, SessionId, UserId, VariantId};
use serde_json::{Value, json};

use super::{
    add_item::add_item,
    clear_cart::clear_cart,
    clear_purchased::clear_purchased,
    freeze_cart::{FreezeCart, freeze_cart},
    put_item::put_item,
    remove_item::remove_item,
    set_item::set_item,
    show_cart::show_cart,
    thaw_cart::{LetGo, thaw_cart},
};
use crate::{
    CartError,
    domain::{Owner, SHOPPER_LIFE, samples::now},
    store::Store,
};

fn user() -> UserId {
    UserId::named(&["me"])
}

fn me() -> Customer {
    Customer::Shopper(Shopper { user_id: user(), session_id: SessionId::named(&["s"]) })
}

fn offer(sku: &str) -> OfferId {
    OfferId::named(&["s", sku])
}

/// Offers `a` (in stock), `few` (3 left) and `none`, at $10.
async fn shop(table: Table) -> Store {
    let store = Store::new(table);
    let bands = [
        ("a", AvailabilityStatus::InStock, None),
        ("few", AvailabilityStatus::Low, Some(3)),
        ("none", AvailabilityStatus::OutOfStock, None),
    ];
    for (sku, status, available) in bands {
        let (seller_id, product_id) = (SellerId::named(&["s"]), ProductId::named(&["s", sku]));
        let price = Money::new(1000, Currency::USD);
        let variant = VariantData {
            variant_id: VariantId::named(&["s", sku]),
            sku: sku.to_owned(),
            offer_id: offer(sku),
            options: std::collections::BTreeMap::new(),
            price,
            image: None,
        };
        let product = ProductChanged {
            product_id,
            seller_id,
            status: ProductStatus::Active,
            title: sku.to_owned(),
            description: String::new(),
            brand: None,
            category_path: vec![],
            tags: Vec::new(),
            attributes: std::collections::BTreeMap::new(),
            images: vec![],
            created_at: now(),
            variants: vec![variant],
        };
        store.product_changed(&product, 1, now()).await.unwrap();
        let band =
            AvailabilityChanged { offer_id: offer(sku), product_id, seller_id, sku: sku.to_owned(), status, available };
        store.availability_changed(&band, 1).await.unwrap();
    }
    store
}

fn adding(body: &Value) -> Request {
    request("POST", "/v1/cart/items").json(body).at(rialto_lambda::now()).build()
}

async fn add(store: &Store, sku: &str, quantity: u32) -> Result<Response, Problem> {
    add_item(store, me(), adding(&json!({"offerId": offer(sku), "quantity": quantity}))).await
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

async fn cart(store: &Store) -> Value {
    let get = request("GET", "/v1/cart").at(rialto_lambda::now()).build();
    body(&show_cart(store, me(), get).await.unwrap())
}

fn checkout(order: &str) -> FreezeCart {
    FreezeCart { order_id: OrderId::named(&[order]), shopper_id: user(), cart_id: Owner::Shopper(user()).cart_id() }
}

fn done(order: &str) -> LetGo {
    LetGo { cart_id: Owner::Shopper(user()).cart_id(), order_id: OrderId::named(&[order]) }
}

fn code(outcome: Result<Response, Problem>) -> &'static str {
    outcome.unwrap_err().code().name
}

#[tokio::test]
async fn given_a_new_guest_when_something_is_added_then_the_token_leads_to_that_cart_alone() {
    let store = shop(Table::in_memory("carts")).await;
    let wanted = json!({"sku": "a", "quantity": 2});
    let response = add_item(&store, Customer::New, adding(&wanted)).await.unwrap();
    assert_eq!(response.status(), 201);
    let first = body(&response);
    let token = first["cartToken"].as_str().unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert_eq!(cookie, format!("cart={token}; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax"));
    let guest = || Customer::Guest(token.parse().unwrap());
    let get = || request("GET", "/v1/cart").at(rialto_lambda::now()).build();
    let again = body(&show_cart(&store, guest(), get()).await.unwrap());
    assert_eq!((&again["id"], &again["items"], &again["cartToken"]), (&first["id"], &first["items"], &Value::Null));
    let other = body(&show_cart(&store, Customer::New, get()).await.unwrap());
    assert_ne!((&other["id"], &other["cartToken"]), (&first["id"], &first["cartToken"]));
    assert_eq!(other["itemCount"], 0);
    for item in rialto_dynamo::testing::items(store.table()).await.unwrap() {
        assert!(!format!("{item:?}").contains(token), "the secret is not stored");
    }
}

#[tokio::test]
async fn given_a_token_that_is_none_when_sent_as_header_then_400_but_as_cookie_a_new_cart() {
    let store = shop(Table::in_memory("carts")).await;
    let guest = || Customer::Guest("rubbish".parse().unwrap());
    let with_header = request("GET", "/v1/cart").header("cart-token", "rubbish").build();
    assert_eq!(code(show_cart(&store, guest(), with_header).await), "INVALID_HEADER");
    let with_cookie = request("GET", "/v1/cart").header("cookie", "cart=rubbish").build();
    assert!(body(&show_cart(&store, guest(), with_cookie).await.unwrap())["cartToken"].is_string());
}

#[tokio::test]
async fn given_bad_wishes_when_added_then_each_gets_its_code_and_nothing_is_written() {
    let store = shop(Table::in_memory("carts")).await;
    for (wish, expected) in [
        (json!({"offerId": offer("none"), "quantity": 1}), "OUT_OF_STOCK"),
        (json!({"offerId": offer("few"), "quantity": 4}), "OUT_OF_STOCK"),
        (json!({"offerId": offer("unknown"), "quantity": 1}), "INVALID_VALUE"),
        (json!({"sku": "unknown", "quantity": 1}), "INVALID_VALUE"),
        (json!({"productId": ProductId::named(&["unknown"]), "quantity": 1}), "INVALID_VALUE"),
        (json!({"offerId": "off_1", "quantity": 1}), "INVALID_VALUE"),
        (json!({"offerId": offer("a"), "sku": "a", "quantity": 1}), "INVALID_VALUE"),
        (json!({"quantity": 1}), "INVALID_VALUE"),
        (json!({"sku": "a"}), "INVALID_VALUE"),
        (json!({"sku": "a", "quantity": 0}), "INVALID_VALUE"),
        (json!({"sku": "a", "quantity": 10_000}), "INVALID_VALUE"),
        (json!({"sku": "a", "quantity": "2"}), "INVALID_BODY"),
        (json!({"sku": "a", "quantity": 1, "price": 1}), "INVALID_BODY"),
        (json!("a"), "INVALID_BODY"),
    ] {
        assert_eq!(code(add_item(&store, me(), adding(&wish)).await), expected, "{wish}");
    }
    assert_eq!(cart(&store).await["version"], 0);
}

#[tokio::test]
async fn given_a_line_when_set_put_and_removed_then_the_cart_follows_and_repeating_is_the_same() {
    let store = shop(Table::in_memory("carts")).await;
    let item = body(&add(&store, "a", 2).await.unwrap())["items"][0]["id"].as_str().unwrap().to_owned();
    let patch = |quantity: u32| {
        request("PATCH", "/v1/cart/items/x").path("itemId", &item).json(&json!({"quantity": quantity})).build()
    };
    let put = |id: &str, quantity: u32| {
        request("PATCH", "/v1/cart").json(&json!({"itemId": id, "quantity": quantity})).build()
    };
    for _ in 0..2 {
        assert_eq!(body(&set_item(&store, me(), patch(5)).await.unwrap())["itemCount"], 5);
    }
    for _ in 0..2 {
        assert_eq!(body(&put_item(&store, me(), put("few", 3)).await.unwrap())["itemCount"], 8);
    }
    assert_eq!(code(put_item(&store, me(), put("few", 4)).await), "OUT_OF_STOCK");
    assert_eq!(body(&put_item(&store, me(), put(&item, 0)).await.unwrap())["itemCount"], 3);
    assert_eq!(code(set_item(&store, me(), patch(1)).await), "NOT_FOUND");
    let delete = || request("DELETE", "/v1/cart/items/x").path("itemId", &item).build();
    assert_eq!(code(remove_item(&store, me(), delete()).await), "NOT_FOUND");
    assert_eq!(code(put_item(&store, me(), put(&item, 1)).await), "INVALID_VALUE");
    assert_eq!(code(put_item(&store, me(), put("  ", 1)).await), "INVALID_VALUE");
    assert_eq!(cart(&store).await["version"], 4);
    let clear = || request("DELETE", "/v1/cart").header("if-match", "\"4\"").build();
    assert_eq!(body(&clear_cart(&store, me(), clear()).await.unwrap())["items"], json!([]));
    assert_eq!(code(clear_cart(&store, me(), clear()).await), "PRECONDITION_FAILED");
}

#[tokio::test]
async fn given_ten_adds_at_once_when_writes_conflict_then_none_is_lost_and_none_counts_twice() {
    for seed in 0..5 {
        let faults = Faults::new()
            .seed(seed)
            .share(10, Fault::Conflict)
            .share(20, Fault::SentTwice)
            .share(10, Fault::InProgress);
        let store = shop(Table::in_memory("carts").with_faults(faults)).await;
        let outcomes = futures::future::join_all((0..10).map(|_| add(&store, "a", 1))).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        let cart = cart(&store).await;
        assert_eq!((&cart["itemCount"], &cart["version"]), (&json!(10), &json!(10)));
    }
}

#[tokio::test]
async fn given_a_key_when_the_add_is_sent_ten_times_at_once_and_again_then_it_counts_once() {
    let store = shop(Table::in_memory("carts")).await;
    let keyed = |quantity: u32| {
        let wish = json!({"sku": "a", "quantity": quantity});
        request("POST", "/v1/cart/items").json(&wish).header("idempotency-key", "k").at(rialto_lambda::now()).build()
    };
    let outcomes = futures::future::join_all((0..10).map(|_| add_item(&store, me(), keyed(2)))).await;
    assert!(outcomes.iter().flatten().count() >= 1);
    let again = add_item(&store, me(), keyed(2)).await.unwrap();
    assert_eq!((again.status().as_u16(), &again.headers()["idempotent-replayed"]), (201, &"true".parse().unwrap()));
    assert_eq!(body(&again), body(outcomes.iter().flatten().next().unwrap()));
    assert_eq!(code(add_item(&store, me(), keyed(3)).await), "IDEMPOTENCY_MISMATCH");
    assert_eq!(cart(&store).await["itemCount"], 2);
}

#[tokio::test]
async fn given_a_key_when_the_answer_of_the_add_is_lost_then_the_next_try_does_not_add_again() {
    for fault in [Fault::AnswerLost, Fault::NotApplied, Fault::SentTwice] {
        for nth in 1..=3 {
            let table = Table::in_memory("carts");
            let store = shop(table.clone()).await;
            let faulty = Store::new(table.with_faults(Faults::new().at(nth, fault.clone())));
            // Each try comes after the lease of the one before.
            let keyed = |tries: i64| {
                let at = rialto_lambda::now() + rialto_kernel::SignedDuration::from_secs(31 * tries);
                let wish = json!({"sku": "a", "quantity": 2});
                request("POST", "/v1/cart/items").json(&wish).header("idempotency-key", "k").at(at).build()
            };
            let mut tries = 0;
            while add_item(&faulty, me(), keyed(tries)).await.is_err() {
                tries += 1;
            }
            assert!(tries <= 1);
            add_item(&faulty, me(), keyed(5)).await.unwrap();
            assert_eq!(cart(&store).await["itemCount"], 2, "{fault:?} {nth}");
        }
    }
}

#[tokio::test]
async fn given_two_checkouts_of_one_cart_at_once_when_frozen_then_one_has_it_and_the_other_learns_which() {
    for seed in 0..10 {
        let faults = Faults::new().seed(seed).share(30, Fault::Conflict).share(20, Fault::SentTwice);
        let store = shop(Table::in_memory("carts").with_faults(faults)).await;
        add(&store, "a", 2).await.unwrap();
        let (one, two) = futures::join!(freeze_cart(&store, checkout("1")), freeze_cart(&store, checkout("2")));
        let (won, lost, winner) = match (&one, &two) {
            (Ok(won), Err(lost)) => (won, lost, OrderId::named(&["1"])),
            (Err(lost), Ok(won)) => (won, lost, OrderId::named(&["2"])),
            both => panic!("{both:?}"),
        };
        assert_eq!((won.cart_version, won.lines.len()), (1, 1));
        assert!(matches!(lost, CartError::CheckoutInProgress(by) if *by == winner));
        let refused = add(&store, "a", 1).await.unwrap_err();
        assert_eq!(refused.code().name, "CHECKOUT_IN_PROGRESS");
        assert_eq!(cart(&store).await["checkoutOrderId"], json!(winner));
    }
}

#[tokio::test]
async fn given_an_add_and_a_freeze_at_once_when_both_try_then_what_is_bought_is_what_is_in_the_cart() {
    for seed in 0..10 {
        let faults = Faults::new().seed(seed).share(40, Fault::Conflict);
        let store = shop(Table::in_memory("carts").with_faults(faults)).await;
        add(&store, "a", 1).await.unwrap();
        let (frozen, added) = futures::join!(freeze_cart(&store, checkout("1")), add(&store, "a", 1));
        let bought = frozen.unwrap().lines[0].quantity.get();
        assert_eq!(cart(&store).await["itemCount"], bought);
        assert_eq!(bought == 2, added.is_ok());
    }
}

#[tokio::test]
async fn given_faults_at_every_write_when_the_steps_are_retried_then_they_come_out_the_same() {
    for fault in [Fault::AnswerLost, Fault::NotApplied, Fault::SentTwice, Fault::Conflict, Fault::InProgress] {
        for nth in 1..=3 {
            let table = Table::in_memory("carts");
            let store = shop(table.clone()).await;
            add(&store, "a", 2).await.unwrap();
            let faulty = Store::new(table.with_faults(Faults::new().at(nth, fault.clone())));
            let mut answers = Vec::new();
            while answers.len() < 2 {
                answers.extend(freeze_cart(&faulty, checkout("1")).await);
            }
            assert_eq!(answers[0], answers[1]);
            for _ in 0..2 {
                while clear_purchased(&faulty, done("1")).await.is_err() {}
            }
            add(&store, "a", 1).await.unwrap();
            clear_purchased(&faulty, done("1")).await.unwrap();
            assert_eq!(cart(&store).await["itemCount"], 1, "{fault:?} {nth}: what came later stays");
        }
    }
}

#[tokio::test]
async fn given_a_thawed_order_when_its_freeze_comes_late_then_it_holds_nothing() {
    let store = shop(Table::in_memory("carts")).await;
    thaw_cart(&store, done("early")).await.unwrap();
    add(&store, "a", 2).await.unwrap();
    assert!(matches!(freeze_cart(&store, checkout("early")).await, Err(CartError::CheckoutClosed(_))));
    freeze_cart(&store, checkout("1")).await.unwrap();
    thaw_cart(&store, done("2")).await.unwrap();
    assert!(freeze_cart(&store, checkout("2")).await.is_err(), "another's thaw opens nothing");
    for _ in 0..2 {
        thaw_cart(&store, done("1")).await.unwrap();
    }
    assert!(matches!(freeze_cart(&store, checkout("1")).await, Err(CartError::CheckoutClosed(_))));
    assert_eq!(cart(&store).await["itemCount"], 2);
    freeze_cart(&store, checkout("3")).await.unwrap();
}

#[tokio::test]
async fn given_a_thaw_that_gets_in_between_when_a_freeze_writes_then_the_freeze_fails() {
    let table = Table::in_memory("carts");
    let store = shop(table.clone()).await;
    add(&store, "a", 2).await.unwrap();
    let end = rialto_dynamo::Put::new(
        &rialto_dynamo::Key::new(format!("ORDER#{}", OrderId::named(&["1"])), "CLOSED"),
        &HashMap::from([("ttl", 1)]),
    );
    let rival = Fault::Rival(vec![end.unwrap().into()]);
    let faulty = Store::new(table.with_faults(Faults::new().at(1, rival)));
    assert!(matches!(freeze_cart(&faulty, checkout("1")).await, Err(CartError::CheckoutClosed(_))));
    assert_eq!(cart(&store).await["checkoutOrderId"], Value::Null);
}

#[tokio::test]
async fn given_anothers_cart_or_an_empty_one_when_frozen_then_each_is_refused() {
    let store = shop(Table::in_memory("carts")).await;
    assert!(matches!(freeze_cart(&store, checkout("1")).await, Err(CartError::CartEmpty)));
    let others = Owner::Shopper(UserId::named(&["another"])).cart_id();
    let foreign = FreezeCart { cart_id: others, ..checkout("1") };
    assert!(matches!(freeze_cart(&store, foreign).await, Err(CartError::CartNotFound)));
}

#[tokio::test]
async fn given_a_cart_past_its_life_when_read_then_it_is_empty_and_its_version_goes_on() {
    let store = shop(Table::in_memory("carts")).await;
    add(&store, "a", 2).await.unwrap();
    let id = Owner::Shopper(user()).cart_id();
    let later = rialto_lambda::now() + SHOPPER_LIFE;
    let expired = store.cart(id, later).await.unwrap();
    assert_eq!((expired.lines.len(), expired.version), (0, 1));
}
