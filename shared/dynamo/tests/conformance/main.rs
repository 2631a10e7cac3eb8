//! What every backend must do. Runs on the table in memory, and on DynamoDB Local where `RIALTO_STACK` names a stack.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod conditions;
mod equivalence;
mod faults;
mod queries;
mod races;
mod reads;
mod transactions;
mod updates;

use rialto_dynamo::{Item, Key, Put, Table, testing};

/// Runs the case on a new table of every backend.
async fn on_every_table<F: AsyncFn(Table)>(case: F) {
    for table in testing::tables("conformance").await.unwrap() {
        case(table).await;
    }
}

fn key() -> Key {
    Key::new("P#1", "S#1")
}

/// The item's attributes without its key; none when it is absent.
async fn attributes(table: &Table, key: &Key) -> Option<Item> {
    let mut item: Item = testing::item(table, key).await.unwrap()?;
    item.remove("pk").unwrap();
    item.remove("sk").unwrap();
    Some(item)
}

fn put(key: &Key) -> Put {
    Put::of(key.clone())
}
