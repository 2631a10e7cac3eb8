//! Each condition of the store by itself: what the other conditions of its transaction let through, it refuses.

use rialto_dynamo::{Fault, Faults, Update, testing};

use super::*;
use crate::domain::{Command, samples};

/// The orders after so many of a whole checkout's commands, and those after one more.
fn steps() -> [(Order, Vec<Event>); 3] {
    let whole = [samples::create(), samples::await_payment(), Command::Confirm];
    [1, 2, 3].map(|count| {
        let (order, events) = samples::after(&whole[..count]);
        (order.unwrap(), events)
    })
}

async fn record(store: &Store, step: &(Order, Vec<Event>)) -> bool {
    let (order, events) = step;
    store.record(order, &events[events.len() - 1..], samples::now()).await.unwrap()
}

/// A table with a pending order.
async fn pending() -> Vec<(Table, Store)> {
    let mut found = Vec::new();
    for table in testing::tables("orders").await.unwrap() {
        let store = Store::new(table.clone());
        for step in &steps()[..2] {
            assert!(record(&store, step).await);
        }
        found.push((table, store));
    }
    found
}

#[tokio::test]
async fn given_a_view_or_an_event_when_an_order_begins_under_its_id_then_it_is_refused() {
    for table in testing::tables("orders").await.unwrap() {
        let [first, ..] = steps();
        let store = Store::new(table.clone());
        assert!(record(&store, &first).await);
        for kept in [view_key(first.0.id), event_key(first.0.id, 1)] {
            let gone = if kept.sk == "ORDER" { event_key(first.0.id, 1) } else { view_key(first.0.id) };
            let row = testing::item(&table, &gone).await.unwrap().unwrap();
            table.delete(rialto_dynamo::Delete::of(gone.clone())).await.unwrap();
            assert!(!record(&store, &first).await, "{kept:?} is there");
            let back = row.into_iter().fold(Put::of(gone), |put, (name, value)| put.with(name, value));
            table.put(back).await.unwrap();
        }
    }
}

#[tokio::test]
async fn given_a_view_at_another_version_when_the_next_event_is_recorded_then_it_is_refused() {
    for (table, store) in pending().await {
        let [.., confirmed] = steps();
        table.update(Update::of(view_key(confirmed.0.id)).set("version", 7)).await.unwrap();
        assert!(!record(&store, &confirmed).await);
        assert_eq!(store.events(confirmed.0.id).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn given_an_order_that_is_anonymised_meanwhile_or_is_not_when_it_was_read_so_then_nothing_is_recorded() {
    for (table, store) in pending().await {
        let [.., confirmed] = steps();
        let destination = confirmed.0.shipping_address.as_ref().unwrap().destination();
        let anonymised =
            Update::of(view_key(confirmed.0.id)).set("destination", rialto_dynamo::to_value(&destination).unwrap());
        let faults = Faults::new().at(1, Fault::Rival(vec![anonymised.into()]));
        let slower = Store::new(table.clone().with_faults(faults));
        assert!(!record(&slower, &confirmed).await, "it would bring the address back");

        let mut read = confirmed.clone();
        read.0.destination = Some(destination);
        table.update(Update::of(view_key(read.0.id)).remove("destination")).await.unwrap();
        assert!(!record(&store, &read).await, "the view is not the one that was read");
        assert!(record(&store, &confirmed).await);
    }
}

#[tokio::test]
async fn given_an_order_that_went_on_or_was_anonymised_meanwhile_when_anonymised_then_it_is_read_again() {
    for (table, store) in pending().await {
        let [.., (mut order, events)] = steps();
        assert!(record(&store, &(order.clone(), events)).await);
        for rival in [("version", 4), ("destination", 1)] {
            let rival = Update::of(view_key(order.id)).set(rival.0, rival.1);
            let slower = Store::new(table.clone().with_faults(Faults::new().at(1, Fault::Rival(vec![rival.into()]))));
            assert!(!slower.anonymise(&order).await.unwrap());
            // Read again after the first.
            order.version = 4;
        }
    }
}
