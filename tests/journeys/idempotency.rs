//! The same request more than once, and two requests for one thing.

use std::{collections::BTreeMap, time::Duration};

use rialto_testkit::{InvocationFault, Product, Shop, Shopper, eventually, kill_function};
use serde_json::{Value, json};
use tokio::{sync::RwLock, task::JoinSet};

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

/// Held while `inventory-receive-stock` is being killed, and shared by whoever else calls it.
pub(crate) static RECEIVING: RwLock<()> = RwLock::const_new(());

/// Sends one request again and again until it is answered for good, as a client does that loses its connection.
async fn insist(shopper: &Shopper, path: &str, key: &str, body: &Value) -> (u16, Value, bool) {
    eventually(&format!("{key} is answered"), Duration::from_secs(120), async || {
        let answer = shopper.send_with("POST", path, &[("idempotency-key", key)], Some(body)).await;
        let in_flight = answer.body["code"] == "IDEMPOTENCY_IN_FLIGHT";
        let replayed = answer.header("idempotent-replayed") == "true";
        (answer.status < 500 && !in_flight).then_some((answer.status, answer.body, replayed))
    })
    .await
}

/// Of 20 duplicates at once some find their process killed, some lose their answer when all is done. What the dead left
/// unfinished is taken over when its lease ends.
#[tokio::test]
async fn given_20_duplicates_of_each_of_5_keys_and_a_function_that_is_killed_then_each_has_one_effect_and_one_answer() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let offer = seller.list_product(Product::unique(1)).await;
    let warehouse = seller.stock(&offer).await[0]["warehouseId"].clone();
    let function = "inventory-receive-stock";
    let alone = RECEIVING.write().await;
    let mut sent = JoinSet::new();
    for key in 0..5_u32 {
        let body = json!({"offerId": offer, "warehouseId": warehouse, "quantity": 10_u32.pow(key), "reason": "crash"});
        for duplicate in 0..20 {
            if duplicate % 10 == 0 {
                let fault = if key % 2 == 0 { InvocationFault::LoseAnswer } else { InvocationFault::Kill };
                shop.order_fault(function, fault, 1).await;
            }
            let (person, body) = (seller.person.clone(), body.clone());
            sent.spawn(async move {
                (key, insist(&person, "/v1/inventory/receipts", &format!("receipt-{key}"), &body).await)
            });
        }
    }
    let killer = {
        let stack = shop.stack.clone();
        tokio::spawn(async move {
            let mut killed = 0;
            for pause in [150_u64, 70, 230, 110, 190, 40, 310, 90] {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                killed += kill_function(&stack, function);
            }
            killed
        })
    };
    let mut answers: BTreeMap<u32, Vec<(u16, Value, bool)>> = BTreeMap::new();
    for (key, answer) in sent.join_all().await {
        answers.entry(key).or_default().push(answer);
    }
    assert!(killer.await.unwrap() > 0, "something was running when it was killed");
    shop.cancel_faults(function).await;
    drop(alone);
    for (key, answers) in answers {
        let (status, body, _) = &answers[0];
        assert_eq!((answers.len(), *status), (20, 201), "{body}");
        assert!(answers.iter().all(|(_, other, _)| other == body), "key {key} has several answers: {answers:?}");
        let first = answers.iter().filter(|(.., replayed)| !replayed).count();
        assert!(first <= 1, "key {key}: {first} answers of 20 are no replays");
    }
    assert_eq!(shop.books().stock_of(&offer).await, (11_112, 0, 11_112));
    let movements = shop.books().all("inventory").await;
    let received = |row: &&Value| row["offerId"] == offer.as_str() && row["reference"] == "crash";
    assert_eq!(movements.iter().filter(received).count(), 5, "one movement a key");
}
