#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures::{FutureExt, future::join_all};
use rialto_dynamo::{Fault, Faults, Key, Read};
use rialto_kernel::{OrderId, SessionId, SignedDuration, UserId};
use serde_json::json;
use tokio::sync::Notify;

use super::*;
use crate::{Anyone, Customer, Shopper, StatusCode, respond, testing};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn shopper(name: &str) -> Shopper {
    Shopper { user_id: UserId::named(&[name]), session_id: SessionId::named(&[name]) }
}

fn post(key: &str, quantity: u32, at: i64) -> Request {
    let later = NOW.checked_add(SignedDuration::from_secs(at)).unwrap();
    testing::request("POST", "/v1/orders/checkout")
        .json(&json!({ "quantity": quantity }))
        .header("Idempotency-Key", key)
        .at(later)
        .build()
}

/// Answers with the id it worked on.
async fn create(id: OrderId) -> Result<Response, Problem> {
    Ok(respond::created(&format!("/v1/orders/{id}"), &json!({ "id": id }))?.etag(1))
}

async fn run(table: &Table, request: &Request, id: OrderId) -> Result<Response, Problem> {
    perform(table, request, &shopper("ada"), id, create).await
}

fn code_of(outcome: Result<Response, Problem>) -> crate::Code {
    outcome.unwrap_err().code()
}

fn replayed(response: &Response) -> bool {
    response.headers().get("idempotent-replayed").is_some_and(|value| value == "true")
}

#[tokio::test]
async fn given_a_done_request_when_it_comes_again_then_status_body_and_headers_are_replayed() {
    let table = Table::in_memory("t");
    let first = run(&table, &post("k", 1, 0), OrderId::draw()).await.unwrap();
    let second = run(&table, &post("k", 1, 60), OrderId::draw()).await.unwrap();
    assert_eq!((second.status(), second.body()), (StatusCode::CREATED, first.body()));
    for header in ["location", "etag", "content-type"] {
        assert_eq!(second.headers()[header], first.headers()[header]);
    }
    assert!(replayed(&second) && !replayed(&first));
}

#[tokio::test]
async fn given_a_key_when_it_is_used_for_another_body_then_422_and_no_effect() {
    let table = Table::in_memory("t");
    run(&table, &post("k", 1, 0), OrderId::draw()).await.unwrap();
    assert_eq!(code_of(run(&table, &post("k", 2, 0), OrderId::draw()).await), code::IDEMPOTENCY_MISMATCH);
}

#[tokio::test]
async fn given_a_key_when_another_person_or_function_uses_it_then_it_is_another_key() {
    let table = Table::in_memory("t");
    let first = run(&table, &post("k", 1, 0), OrderId::draw()).await.unwrap();
    let other = perform(&table, &post("k", 1, 0), &shopper("bob"), OrderId::draw(), create).await.unwrap();
    let mut elsewhere = post("k", 1, 0);
    elsewhere.function = "orders-cancel-order".to_owned();
    let third = run(&table, &elsewhere, OrderId::draw()).await.unwrap();
    assert!(first.body() != other.body() && first.body() != third.body());
    assert!(!replayed(&other) && !replayed(&third));
}

#[tokio::test]
async fn given_a_missing_or_unusable_key_when_one_is_required_then_400() {
    let table = Table::in_memory("t");
    let keyless = testing::request("POST", "/").json(&json!({})).build();
    assert_eq!(code_of(run(&table, &keyless, OrderId::draw()).await), code::IDEMPOTENCY_KEY_REQUIRED);
    for key in ["", "a b", "ü", &"x".repeat(256)] {
        assert_eq!(code_of(run(&table, &post(key, 1, 0), OrderId::draw()).await), code::INVALID_HEADER, "{key}");
    }
    assert!(run(&table, &post(&"x".repeat(255), 1, 0), OrderId::draw()).await.is_ok());
}

#[tokio::test]
async fn given_no_key_or_no_cart_yet_when_a_key_is_only_accepted_then_the_effect_simply_runs() {
    let table = Table::in_memory("t");
    let keyless = testing::request("POST", "/").json(&json!({})).build();
    for request in [&keyless, &post("k", 1, 0)] {
        for _ in 0..2 {
            let response = perform_if_keyed(&table, request, &Customer::New, OrderId::draw(), create).await.unwrap();
            assert!(!replayed(&response));
        }
    }
    perform_if_keyed(&table, &post("k", 1, 0), &Anyone, OrderId::draw(), create).await.unwrap();
    assert!(replayed(&perform_if_keyed(&table, &post("k", 1, 0), &Anyone, OrderId::draw(), create).await.unwrap()));
}

#[tokio::test]
async fn given_twenty_duplicates_at_once_when_the_first_is_still_running_then_one_effect_and_409_for_the_rest() {
    let (table, effects, finish) = (Table::in_memory("t"), AtomicUsize::new(0), Notify::new());
    let (request, ada) = (post("k", 1, 0), shopper("ada"));
    let twenty = join_all((0..20).map(|_| {
        perform(&table, &request, &ada, OrderId::draw(), async |id| {
            effects.fetch_add(1, Ordering::SeqCst);
            finish.notified().await;
            create(id).await
        })
        .inspect(|outcome| {
            // The first refusal lets the one that runs end.
            if outcome.is_err() {
                finish.notify_one();
            }
        })
    }));
    let outcomes = tokio::time::timeout(Duration::from_secs(10), twenty).await.unwrap();
    assert_eq!(effects.load(Ordering::SeqCst), 1);
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for problem in outcomes.into_iter().filter_map(Result::err) {
        assert_eq!(problem.code(), code::IDEMPOTENCY_IN_FLIGHT);
        assert_eq!(problem.respond("/", "r").headers()["retry-after"], "1");
    }
    assert!(replayed(&run(&table, &request, OrderId::draw()).await.unwrap()));
}

#[tokio::test]
async fn given_a_request_that_died_when_its_lease_is_over_then_the_next_runs_with_the_same_ids() {
    let table = Table::in_memory("t");
    let first = OrderId::draw();
    // Begun and never completed: the process was killed.
    let Begun::Running(dead) = begin(&table, &post("k", 1, 0), &shopper("ada"), first, Vec::new()).await.unwrap()
    else {
        panic!("not begun");
    };
    assert!(!dead.resumed);
    assert_eq!(code_of(run(&table, &post("k", 1, 29), OrderId::draw()).await), code::IDEMPOTENCY_IN_FLIGHT);
    assert_eq!(code_of(run(&table, &post("k", 2, 31), OrderId::draw()).await), code::IDEMPOTENCY_MISMATCH);
    let Begun::Running(next) =
        begin(&table, &post("k", 1, 31), &shopper("ada"), OrderId::draw(), Vec::new()).await.unwrap()
    else {
        panic!("not taken over");
    };
    assert_eq!((next.ids, next.resumed), (first, true));
    assert_eq!(
        code_of(run(&table, &post("k", 1, 32), OrderId::draw()).await),
        code::IDEMPOTENCY_IN_FLIGHT,
        "a new lease"
    );

    // The first was only slow: it may end, but what the one that took over says is kept.
    dead.complete(respond::ok(&"late")).await.unwrap();
    assert_eq!(code_of(run(&table, &post("k", 1, 33), OrderId::draw()).await), code::IDEMPOTENCY_IN_FLIGHT);
    next.complete(create(first).await).await.unwrap();
    let replay = run(&table, &post("k", 1, 33), OrderId::draw()).await.unwrap();
    assert_eq!(replay.headers()["location"].to_str().unwrap(), format!("/v1/orders/{first}"));
}

#[tokio::test]
async fn given_a_request_that_was_taken_over_when_it_fails_or_is_refused_then_the_key_is_not_free() {
    for late in [code::INTERNAL, code::INVALID_VALUE] {
        let (table, ada) = (Table::in_memory("t"), shopper("ada"));
        let begun = |at| {
            let (table, ada) = (&table, &ada);
            async move {
                match begin(table, &post("k", 1, at), ada, OrderId::draw(), Vec::new()).await.unwrap() {
                    Begun::Running(running) => running,
                    other => panic!("{other:?}"),
                }
            }
        };
        let (slow, next) = (begun(0).await, begun(31).await);
        assert_eq!(code_of(slow.complete(Err(Problem::of(late))).await), late);
        assert_eq!(code_of(run(&table, &post("k", 1, 32), OrderId::draw()).await), code::IDEMPOTENCY_IN_FLIGHT);
        next.complete(create(OrderId::draw()).await).await.unwrap();
        assert!(replayed(&run(&table, &post("k", 1, 33), OrderId::draw()).await.unwrap()));
    }
}

#[tokio::test]
async fn given_a_lease_that_is_over_when_another_takes_over_just_before_then_409() {
    let (table, ada, request) = (Table::in_memory("t"), shopper("ada"), post("k", 1, 31));
    begin(&table, &post("k", 1, 0), &ada, OrderId::draw(), Vec::new()).await.unwrap();
    let (row, _) = key::of(&request, ada.scope()).unwrap().unwrap();
    let other = Update::of(row).set("owner", "other").set("leaseUntil", 61_000);
    // Of this handle's writes the first finds the row, the second takes over.
    let slower = table.clone().with_faults(Faults::new().at(2, Fault::Rival(vec![Write::Update(other)])));
    let outcome = begin(&slower, &request, &ada, OrderId::draw(), Vec::new()).await;
    assert_eq!(outcome.unwrap_err().code(), code::IDEMPOTENCY_IN_FLIGHT);
}

#[tokio::test]
async fn given_a_refusal_of_the_domain_when_asked_again_then_it_is_replayed_byte_for_byte() {
    for code in [code::PAYMENT_DECLINED, code::OUT_OF_STOCK] {
        let table = Table::in_memory("t");
        let ask =
            async || perform(&table, &post("k", 1, 0), &shopper("ada"), (), async |()| Err(Problem::of(code))).await;
        let (first, second) = (ask().await.unwrap(), ask().await.unwrap());
        assert_eq!((first.status().as_u16(), first.body()), (code.status, second.body()));
        assert_eq!(second.headers()["content-type"], "application/problem+json");
        assert!(replayed(&second));
    }
}

#[tokio::test]
async fn given_a_validation_error_when_it_is_mended_then_the_key_is_free_again() {
    for code in [code::INVALID_VALUE, code::NOT_FOUND, code::TOO_MANY_REQUESTS] {
        let table = Table::in_memory("t");
        let refused =
            perform(&table, &post("k", 0, 0), &shopper("ada"), OrderId::draw(), async |_| Err(Problem::of(code))).await;
        assert_eq!(code_of(refused), code);
        assert_eq!(run(&table, &post("k", 1, 1), OrderId::draw()).await.unwrap().status(), StatusCode::CREATED);
    }
}

#[tokio::test]
async fn given_a_failure_of_ours_when_asked_again_then_it_runs_at_once_with_the_same_ids() {
    let (table, first) = (Table::in_memory("t"), OrderId::draw());
    let fails =
        perform(&table, &post("k", 1, 0), &shopper("ada"), first, async |_| Err(Problem::internal("boom"))).await;
    assert_eq!(code_of(fails), code::INTERNAL);
    let response = run(&table, &post("k", 1, 1), OrderId::draw()).await.unwrap();
    assert_eq!(response.headers()["location"].to_str().unwrap(), format!("/v1/orders/{first}"));
}

#[tokio::test]
async fn given_a_day_has_passed_when_the_row_is_not_removed_yet_then_the_key_is_free() {
    let table = Table::in_memory("t");
    run(&table, &post("k", 1, 0), OrderId::draw()).await.unwrap();
    assert!(replayed(&run(&table, &post("k", 1, KEPT_SECONDS - 1), OrderId::draw()).await.unwrap()));
    assert!(!replayed(&run(&table, &post("k", 2, KEPT_SECONDS), OrderId::draw()).await.unwrap()));
}

#[tokio::test]
async fn given_first_writes_when_a_request_begins_then_both_or_neither_are_written() {
    let (table, ada) = (Table::in_memory("t"), shopper("ada"));
    let key = Key::new("CHECKOUT#1", "CHECKOUT");
    let first = || vec![Write::Put(Put::new(&key, &json!({"state": "new"})).unwrap().when(cond::absent("pk")))];
    let begun = begin(&table, &post("k", 1, 0), &ada, 1, first()).await.unwrap();
    assert!(matches!(begun, Begun::Running(Running { resumed: false, .. })));
    assert!(table.get::<serde_json::Value>(&key, Read::Strong).await.unwrap().is_some());

    let Begun::Refused(error) = begin(&table, &post("other", 1, 0), &ada, 2, first()).await.unwrap() else {
        panic!("the checkout was written twice");
    };
    assert_eq!(error.failed_conditions(), [0], "counted among the first writes");
    let free = begin(&table, &post("other", 1, 0), &ada, 3, Vec::new()).await.unwrap();
    assert!(matches!(free, Begun::Running(Running { ids: 3, .. })), "nothing of the refused beginning is left");

    let again = begin(&table, &post("k", 1, 31), &ada, 4, first()).await.unwrap();
    assert!(matches!(again, Begun::Running(Running { ids: 1, resumed: true, .. })), "first writes are not made again");
}

#[tokio::test]
async fn given_conflicts_throttles_and_resent_writes_when_a_request_runs_then_it_has_one_effect() {
    for fault in [Fault::Conflict, Fault::Throttled, Fault::SentTwice] {
        for nth in 1..=2 {
            let table = Table::in_memory("t").with_faults(Faults::new().at(nth, fault.clone()));
            let first = run(&table, &post("k", 1, 0), OrderId::draw()).await.unwrap();
            let second = run(&table, &post("k", 1, 1), OrderId::draw()).await.unwrap();
            assert_eq!(first.body(), second.body(), "{fault:?} at {nth}");
            assert!(replayed(&second), "{fault:?} at {nth}");
        }
    }
}

#[tokio::test]
async fn given_a_lost_answer_when_the_outcome_is_stored_then_the_client_has_it_all_the_same() {
    for fault in [Fault::AnswerLost, Fault::NotApplied] {
        let table = Table::in_memory("t").with_faults(Faults::new().at(2, fault));
        let first = run(&table, &post("k", 1, 0), OrderId::draw()).await.unwrap();
        let later = run(&table, &post("k", 1, 31), OrderId::draw()).await.unwrap();
        assert_eq!(first.body(), later.body(), "replayed, or done again under the same id");
    }
}

#[tokio::test]
async fn given_a_guest_or_a_password_when_a_key_is_kept_then_the_row_holds_neither() {
    let table = Table::in_memory("t");
    let secret = "hunter2hunter2";
    let request =
        testing::request("POST", "/").json(&json!({"password": secret})).header("Idempotency-Key", "k").build();
    let guest = Customer::Guest("guest-token".parse().unwrap());
    perform(&table, &request, &guest, OrderId::draw(), create).await.unwrap();
    let (key, _) = key::of(&request, guest.scope()).unwrap().unwrap();
    let row = table.get::<serde_json::Value>(&key, Read::Strong).await.unwrap().unwrap().to_string();
    assert!(!row.contains("guest-token") && !row.contains(secret), "{row}");
}
