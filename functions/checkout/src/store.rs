//! The table `<stage>-checkout`.
//!
//! | Item | `pk` | `sk` |
//! |---|---|---|
//! | checkout | `CHECKOUT#<orderId>` | `CHECKOUT` |
//! | idempotency record | `IDEM#...` | `IDEM` |
//!
//! | Operation | Access | Units |
//! |---|---|---|
//! | open | put if absent, in one transaction with the idempotency record | 2 + 2 writes |
//! | load | get, strong | 1 read |
//! | record the outcome | update if the row is there and has none | 1 write |
//!
//! The row holds a name and an address while the checkout runs and for a day after it, for its replays, then its
//! time to live removes it.

use rialto_dynamo::{Key, Put, Read, Table, Update, Write, cond, to_value};
use rialto_kernel::{Address, Money, OrderId, SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{domain::Outcome, error::Error};

const KEPT: SignedDuration = SignedDuration::from_hours(24 * 2);

/// What the steps of a checkout need to know that does not travel through the workflow, and how it ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkout {
    /// The order, whose id is also the run's name.
    pub order_id: OrderId,
    /// What the client believes it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_total: Option<Money>,
    /// Where it goes, when the address came with the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// The checkouts on record.
#[derive(Debug, Clone)]
pub struct Checkouts {
    table: Table,
}

fn key(id: OrderId) -> Key {
    Key::new(format!("CHECKOUT#{id}"), "CHECKOUT")
}

impl Checkouts {
    /// The checkouts in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The table, which also holds this service's idempotency records.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The write that opens a checkout, for the transaction that takes the idempotency key.
    ///
    /// # Errors
    /// When it cannot be written as an item.
    pub fn open(checkout: &Checkout, now: Timestamp) -> Result<Write, Error> {
        let ttl = now.as_second().saturating_add(KEPT.as_secs());
        Ok(Put::new(&key(checkout.order_id), checkout)?.with("ttl", ttl).when(cond::absent("pk")).into())
    }

    /// A checkout, read strongly.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(&self, id: OrderId) -> Result<Option<Checkout>, Error> {
        Ok(self.table.get(&key(id), Read::Strong).await?)
    }

    /// Remembers how a checkout ended. The first outcome stays; a row that is gone stays gone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn record(&self, id: OrderId, outcome: &Outcome) -> Result<(), Error> {
        let update = Update::of(key(id))
            .set("outcome", to_value(outcome)?)
            .when(cond::all([cond::exists("pk"), cond::absent("outcome")]));
        match self.table.update(update).await {
            Err(error) if !error.condition_failed() => Err(error.into()),
            _ => Ok(()),
        }
    }
}
