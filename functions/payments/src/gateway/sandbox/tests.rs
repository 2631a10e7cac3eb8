//! Each condition of the books, and acts on payments that do not wait for them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_dynamo::{Key, Put, Read};
use rialto_kernel::{Currency, Money, PaymentId, RefundId};
use serde_json::Value;

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn id() -> PaymentId {
    PaymentId::named(&["p"])
}

fn key() -> Key {
    Key::new(format!("INTENT#{}:1", id()), "INTENT")
}

/// Books with one intent of 100.
async fn intent(state: &str, received: i64, refundable: i64) -> Table {
    let table = Table::in_memory("sandbox");
    let row = Put::of(key()).with("state", state).with("amount", 100).with("currency", "USD").with("captures", 0);
    let row = row.with("received", received).with("refundable", refundable).with("captureFails", false);
    table.put(row).await.unwrap();
    table
}

async fn row(table: &Table) -> Value {
    table.get::<Value>(&key(), Read::Strong).await.unwrap().unwrap()
}

#[tokio::test]
async fn given_a_key_that_was_seen_when_opened_again_then_the_first_stays() {
    let table = intent("authorised", 0, 0).await;
    let books = Books::new(table.clone());
    let key = format!("{}:1", id());
    let before = row(&table).await;
    let mut again = books.row(&key).await.unwrap().unwrap();
    again.state = RowState::Open;
    assert!(!books.open(&key, &again, NOW).await.unwrap());
    assert_eq!(row(&table).await, before);
}

#[tokio::test]
async fn given_what_was_taken_when_given_back_then_once_an_id_and_never_more() {
    let usd = |amount| Money::new(amount, Currency::USD);
    let [one, two] = [RefundId::named(&["1"]), RefundId::named(&["2"])];
    let key = format!("{}:1", id());
    let books = Books::new(intent("captured", 0, 100).await);
    assert!(books.give_back(&key, one, usd(60)).await.unwrap());
    assert!(!books.give_back(&key, one, usd(10)).await.unwrap(), "the same refund");
    assert!(!books.give_back(&key, two, usd(41)).await.unwrap(), "one too many");
    assert!(books.give_back(&key, two, usd(40)).await.unwrap());
    let books = Books::new(intent("authorised", 0, 100).await);
    assert!(!books.give_back(&key, one, usd(1)).await.unwrap(), "nothing was taken");
}

#[tokio::test]
async fn given_a_payment_that_does_not_wait_for_it_when_played_then_nothing_changes_and_nothing_is_told() {
    let part = |amount| Act::PayPart { amount };
    let acts = [
        ("authorised", Act::Expire),
        ("authorised", Act::Decline),
        ("authorised", part(30)),
        ("pending", part(20)),
        ("pending", part(10)),
    ];
    for (state, act) in acts {
        let table = intent(state, 20, 0).await;
        let before = row(&table).await;
        let told = Sandbox::new(table.clone()).play(id(), act, b"secret", NOW).await.unwrap();
        assert!(told.is_empty());
        assert_eq!(row(&table).await, before, "{state}");
    }
}

#[tokio::test]
async fn given_a_payment_that_waits_when_declined_then_it_is_refused() {
    let table = intent("action_required", 0, 0).await;
    let told = Sandbox::new(table.clone()).play(id(), Act::Decline, b"secret", NOW).await.unwrap();
    assert_eq!((told.len(), row(&table).await["state"].as_str()), (1, Some("refused")));
}
