use rialto_dynamo::{Fault, Faults, Table, testing};

use super::*;
use crate::domain::{Status, samples::*};

fn whole() -> Vec<Command> {
    vec![create(), await_payment(), Command::Confirm]
}

/// The view is what the events make of it, and every event has its envelope.
async fn check(table: &Table) -> Order {
    let store = Store::new(table.clone());
    let order = store.order(id()).await.unwrap().unwrap();
    let events = store.events(id()).await.unwrap();
    let versions: Vec<u64> = events.iter().map(|event| event.version).collect();
    assert_eq!(versions, (1..=order.version).collect::<Vec<_>>());
    let replayed = events.iter().fold(None, |order, event| apply(id(), order, &event.data, event.at)).unwrap();
    assert_eq!(replayed, Order { shipping_address: None, ..order.clone() });
    for item in testing::items(table).await.unwrap() {
        let is_event = item["sk"].as_s().unwrap().starts_with("EVENT#");
        assert_eq!(item.contains_key("outbox"), is_event);
        let text = format!("{item:?}");
        assert!(item["sk"].as_s().unwrap() == "ORDER" || !text.contains("Secret Square"), "the address is elsewhere");
    }
    order
}

#[tokio::test]
async fn given_a_whole_checkout_when_each_step_comes_twice_then_each_happens_once() {
    for table in testing::tables("orders").await.unwrap() {
        let store = Store::new(table.clone());
        for command in whole() {
            let first = carry_out(&store, id(), &command).await.unwrap();
            assert_eq!(carry_out(&store, id(), &command).await.unwrap(), first);
        }
        let order = check(&table).await;
        assert_eq!((order.status, order.version), (Status::Confirmed, 3));
        assert!(order.shipping_address.is_some());
    }
}

#[tokio::test]
async fn given_faults_at_every_write_when_steps_are_retried_then_the_order_is_the_same() {
    for fault in [Fault::AnswerLost, Fault::NotApplied, Fault::Conflict, Fault::SentTwice, Fault::InProgress] {
        for nth in 1..=3 {
            let table = Table::in_memory("orders");
            let faulty = Store::new(table.clone().with_faults(Faults::new().at(nth, fault.clone())));
            for command in whole() {
                while let Err(error) = carry_out(&faulty, id(), &command).await {
                    assert!(matches!(error, OrderError::Table(_)), "{error}");
                }
            }
            assert_eq!(check(&table).await.version, 3, "{fault:?} {nth}");
        }
    }
}

#[tokio::test]
async fn given_a_confirmation_and_a_failure_at_once_when_carried_out_then_one_wins() {
    for round in 0..20 {
        let table = Table::in_memory("orders");
        let store = Store::new(table.clone().with_faults(Faults::new().seed(round).share(20, Fault::Conflict)));
        for command in [create(), await_payment()] {
            carry_out(&store, id(), &command).await.unwrap();
        }
        let commands = [Command::Confirm, fail("ReservationExpired"), Command::Confirm, fail("ReservationExpired")];
        let outcomes = futures::future::join_all(commands.iter().map(|command| carry_out(&store, id(), command))).await;
        let won: Vec<_> = outcomes.iter().flatten().map(|order| order.status).collect();
        assert_eq!(won.len(), 2, "the same command twice is one success each");
        assert_eq!(won[0], won[1]);
        assert_eq!(check(&table).await.version, 3);
    }
}

#[tokio::test]
async fn given_an_order_that_fails_before_it_is_seen_when_its_creation_comes_late_then_it_stays_ended() {
    let table = Table::in_memory("orders");
    let store = Store::new(table.clone());
    carry_out(&store, id(), &fail("OutOfStock")).await.unwrap();
    assert!(carry_out(&store, id(), &create()).await.is_err());
    let order = check(&table).await;
    assert_eq!((order.status, order.version), (Status::Cancelled, 2));
}
