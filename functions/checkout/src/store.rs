//! The table `<stage>-checkout`.
//!
//! | Item | `pk` | `sk` | `gsi1pk` | `gsi1sk` |
//! |---|---|---|---|---|
//! | checkout | `CHECKOUT#<orderId>` | `CHECKOUT` | `UNDERWAY#<shard>` until it has an outcome | when to look after it |
//! | a shopper's checkout | `SHOPPER#<userId>` | `CHECKOUT#<orderId>` | | |
//! | idempotency record | `IDEM#...` | `IDEM` | | |
//! | limit of `rialto_http::throttle` (2 to 4 writes an order) | `LIMIT#...` | `LIMIT` | | |
//!
//! | Operation | Access | Units |
//! |---|---|---|
//! | open | put both if absent, in one transaction with the idempotency record | 4 + 2 writes, 1 of the index |
//! | load | get, strong | 1 read |
//! | record the outcome | update if the row is there and has none | 1 write, 1 of the index |
//! | wish something of a session | get, strong; update if its version is unchanged and it has no outcome | 1-4 reads, 1-15 writes, as many of the index: 1 for 4 KB, or 1 KB, of the lines |
//! | record what the gateway wants of the shopper | update if the row is there and has no outcome | 1-15 writes |
//! | checkouts to look after | query of each shard of gsi1, `gsi1sk <= now`, all pages | 0.5 read for 4 KB |
//! | look after one later | update if its version is unchanged, it has no outcome and is still in the index | 1-15 writes, 2 of the index |
//! | erase a person | query a page of the shopper's checkouts; delete each that has an outcome, then its entry | 1 read, 2 writes each |
//!
//! The row holds a name and an address while the checkout runs and after it, for its replays, until its time to live
//! removes it: later than the longest wait for a payment (bank transfer, three days).

use rialto_dynamo::{Delete, Key, Page, Position, Put, Query, Read, Table, Update, Write, cond, to_value};
use rialto_kernel::{Address, CartId, Money, OrderId, PaymentId, ReservationId, SignedDuration, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{NextAction, Outcome, Session, ShippingOption},
    error::Error,
};

mod sessions;
mod underway;

pub use underway::Again;

const KEPT: SignedDuration = SignedDuration::from_hours(24 * 4);
/// Of a person, by one run of the erasure's step.
const ERASED_AT_ONCE: usize = 50;

/// What the steps of a checkout need to know that does not travel through the workflow, and how it ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkout {
    /// The order, whose id is also the run's name.
    pub order_id: OrderId,
    /// Who buys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shopper_id: Option<UserId>,
    /// From which cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<CartId>,
    /// Where the stock is set aside: with the payment what a run needs that settles what another has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation_id: Option<ReservationId>,
    /// What pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<PaymentId>,
    /// When it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun_at: Option<Timestamp>,
    /// What the gateway waits for the shopper to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_action: Option<NextAction>,
    /// What the client believes it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_total: Option<Money>,
    /// Where it goes, when the address came with the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// How it is sent, when it is opened.
    #[serde(default)]
    pub shipping_option: ShippingOption,
    /// The session of a checkout in two steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// Rises with each write of the session.
    #[serde(default)]
    pub version: u64,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

impl Checkout {
    /// A checkout of which no more is known yet.
    #[must_use]
    pub fn of(order_id: OrderId) -> Self {
        Self {
            order_id,
            shopper_id: None,
            cart_id: None,
            reservation_id: None,
            payment_id: None,
            begun_at: None,
            next_action: None,
            expected_total: None,
            shipping_address: None,
            shipping_option: ShippingOption::default(),
            session: None,
            version: 0,
            outcome: None,
        }
    }
}

/// The checkouts on record.
#[derive(Debug, Clone)]
pub struct Checkouts {
    table: Table,
}

fn key(id: OrderId) -> Key {
    Key::new(format!("CHECKOUT#{id}"), "CHECKOUT")
}

fn partition(shopper: UserId) -> String {
    format!("SHOPPER#{shopper}")
}

fn entry_key(shopper: UserId, id: OrderId) -> Key {
    Key::new(partition(shopper), format!("CHECKOUT#{id}"))
}

/// Leads from a shopper to a checkout.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    order_id: OrderId,
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

    /// The writes that open a checkout, for the transaction that takes the idempotency key.
    ///
    /// # Errors
    /// When it cannot be written as an item.
    pub fn open(checkout: &Checkout, shopper: UserId, now: Timestamp) -> Result<Vec<Write>, Error> {
        let ttl = now.as_second().saturating_add(KEPT.as_secs());
        let begun = Checkout { begun_at: Some(now), ..checkout.clone() };
        let row = Put::new(&key(checkout.order_id), &begun)?.with("ttl", ttl).when(cond::absent("pk"));
        let row = row.gsi1(underway::shard(checkout.order_id), underway::first_look(now).to_string());
        let entry = Entry { order_id: checkout.order_id };
        let entry = Put::new(&entry_key(shopper, checkout.order_id), &entry)?.with("ttl", ttl).when(cond::absent("pk"));
        Ok(vec![row.into(), entry.into()])
    }

    /// Removes those of a page of a person's checkouts that have ended; answers how many, and where the next page starts, if
    /// there is one. Its run still needs one under way.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn erase(&self, shopper: UserId, after: Option<Position>) -> Result<(u64, Option<Position>), Error> {
        let query = Query::pk(partition(shopper)).sk_begins("CHECKOUT#").limit(ERASED_AT_ONCE).after(after).strong();
        let page: Page<Entry> = self.table.query(query).await?;
        let mut erased = 0;
        for Entry { order_id } in page.items {
            let ended = cond::any([cond::absent("pk"), cond::exists("outcome")]);
            match self.table.delete(Delete::of(key(order_id)).when(ended)).await {
                Err(error) if error.condition_failed() => continue,
                outcome => outcome?,
            }
            // Last, so that whoever is killed in between is led here again.
            self.table.delete(Delete::of(entry_key(shopper, order_id))).await?;
            erased += 1;
        }
        Ok((erased, page.next))
    }

    /// A checkout, read strongly.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(&self, id: OrderId) -> Result<Option<Checkout>, Error> {
        Ok(self.table.get(&key(id), Read::Strong).await?)
    }

    /// Keeps what the gateway waits for the shopper to do, or that it waits for nothing of theirs, until the checkout has ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn record_action(&self, id: OrderId, action: Option<&NextAction>) -> Result<(), Error> {
        let update = Update::of(key(id)).when(cond::all([cond::exists("pk"), cond::absent("outcome")]));
        let update = match action {
            Some(action) => update.set("nextAction", to_value(action)?),
            None => update.remove("nextAction"),
        };
        match self.table.update(update).await {
            Err(error) if !error.condition_failed() => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Remembers how a checkout ended. The first outcome stays; a row that is gone stays gone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn record(&self, id: OrderId, outcome: &Outcome) -> Result<(), Error> {
        let update = Update::of(key(id))
            .set("outcome", to_value(outcome)?)
            .remove("nextAction")
            .remove("gsi1pk")
            .remove("gsi1sk")
            .when(cond::all([cond::exists("pk"), cond::absent("outcome")]));
        match self.table.update(update).await {
            Err(error) if !error.condition_failed() => Err(error.into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod guarded_tests;
#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
