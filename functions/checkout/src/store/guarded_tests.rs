//! Each condition of the store by itself: what another writes between a read and a write, and what is gone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use rialto_dynamo::{
    Fault, Faults, Item,
    testing::{item, items, tables},
};
use serde_json::json;

use super::*;
use crate::domain::Wish;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn id() -> OrderId {
    OrderId::named(&["order"])
}

fn ada() -> UserId {
    UserId::named(&["ada"])
}

fn session() -> Checkout {
    Checkout { session: Some(Session::opening()), ..Checkout::of(id()) }
}

async fn open(table: &Table) -> bool {
    table.transact(Checkouts::open(&session(), ada(), NOW).unwrap()).await.is_ok()
}

/// Tables with an open session.
async fn opened() -> Vec<Table> {
    let tables = tables("checkout").await.unwrap();
    for table in &tables {
        assert!(open(table).await);
    }
    tables
}

fn confirmed(order: &str) -> Outcome {
    Outcome::Confirmed { order: json!({ "id": order }) }
}

async fn row(table: &Table) -> Option<Item> {
    item(table, &key(id())).await.unwrap()
}

fn asleep(token: &str) -> Wish {
    Wish::Sleep { turn: 0, token: token.to_owned() }
}

/// The checkouts, before whose first write another makes theirs.
fn after(table: &Table, rival: Update) -> Checkouts {
    Checkouts::new(table.clone().with_faults(Faults::new().at(1, Fault::Rival(vec![rival.into()]))))
}

#[tokio::test]
async fn given_its_row_or_its_entry_when_a_checkout_is_opened_again_then_it_is_refused() {
    for gone in [key(id()), entry_key(ada(), id())] {
        for table in opened().await {
            table.delete(Delete::of(gone.clone())).await.unwrap();
            assert!(!open(&table).await, "without {gone:?}");
        }
    }
}

#[tokio::test]
async fn given_a_checkout_whose_row_is_gone_when_its_person_is_erased_then_its_entry_goes_too() {
    for table in opened().await {
        table.delete(Delete::of(key(id()))).await.unwrap();
        assert_eq!(Checkouts::new(table.clone()).erase(ada(), None).await.unwrap().0, 1);
        assert!(items(&table).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn given_an_outcome_when_another_or_an_action_is_recorded_then_the_first_outcome_stays_alone() {
    for table in opened().await {
        let checkouts = Checkouts::new(table.clone());
        checkouts.record(id(), &confirmed("first")).await.unwrap();
        let before = row(&table).await;
        checkouts.record(id(), &confirmed("second")).await.unwrap();
        let action =
            NextAction { kind: "redirect".to_owned(), url: "https://gateway.example".to_owned(), expires_at: None };
        checkouts.record_action(id(), Some(&action)).await.unwrap();
        assert_eq!(row(&table).await, before);

        table.delete(Delete::of(key(id()))).await.unwrap();
        checkouts.record(id(), &confirmed("late")).await.unwrap();
        checkouts.record_action(id(), Some(&action)).await.unwrap();
        assert!(row(&table).await.is_none(), "what is gone stays gone");
    }
}

#[tokio::test]
async fn given_a_change_just_before_it_is_written_when_a_session_changes_then_it_follows_from_that_change() {
    for table in opened().await {
        let elsewhere = Update::of(key(id())).set("version", 6);
        let saved = after(&table, elsewhere).wish(id(), asleep("one"), NOW).await.unwrap();
        assert_eq!(saved.version, 7);
        let ended = Update::of(key(id())).set("outcome", to_value(&confirmed("it")).unwrap());
        match after(&table, ended).wish(id(), asleep("two"), NOW).await {
            Err(Error::Over(checkout)) => assert_eq!(checkout.version, 7),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn given_a_checkout_that_was_changed_ended_or_left_the_index_when_looked_after_then_its_time_stays() {
    for change in [("version", 1), ("outcome", 1), ("gsi1pk", 0)] {
        for table in opened().await {
            let checkouts = Checkouts::new(table.clone());
            let read = checkouts.load(id()).await.unwrap().unwrap();
            let changed = match change {
                (name, 0) => Update::of(key(id())).remove(name).remove("gsi1sk"),
                (name, value) => Update::of(key(id())).set(name, value),
            };
            table.update(changed).await.unwrap();
            let before = row(&table).await;
            checkouts.look_again(&read, Again::Soon, Timestamp::from_second(999).unwrap()).await.unwrap();
            assert_eq!(row(&table).await, before, "{change:?}");
        }
    }
}
