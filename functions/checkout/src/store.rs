//! The table `<stage>-checkout`.
//!
//! | Item | `pk` | `sk` | `gsi1pk` | `gsi1sk` |
//! |---|---|---|---|---|
//! | checkout | `CHECKOUT#<orderId>` | `CHECKOUT` | `SESSIONS#<shard>` of a session that has not ended | when to look after it |
//! | a shopper's checkout | `SHOPPER#<userId>` | `CHECKOUT#<orderId>` | | |
//! | idempotency record | `IDEM#...` | `IDEM` | | |
//! | limit of `rialto_http::throttle` (2 to 4 writes an order) | `LIMIT#...` | `LIMIT` | | |
//!
//! | Operation | Access | Units |
//! |---|---|---|
//! | open | put both if absent, in one transaction with the idempotency record | 4 + 2 writes |
//! | load | get, strong | 1 read |
//! | record the outcome | update if the row is there and has none | 1 write, 1 of the index |
//! | wish something of a session | get, strong; update if its version is unchanged and it has no outcome | 1-4 reads, 1-15 writes, as many of the index: 1 for 4 KB, or 1 KB, of the lines |
//! | sessions to look after | query of each shard of gsi1, `gsi1sk <= now`, all pages | 0.5 read for 4 KB |
//! | erase a person | query the shopper's checkouts; delete each that has an outcome, then its entry | 1 read, 2 writes each |
//!
//! The row holds a name and an address while the checkout runs and after it, for its replays, until its time to live
//! removes it: later than the longest wait for a payment (bank transfer, three days).

use rialto_dynamo::{Delete, Key, Put, Query, Read, Table, Update, Write, cond, to_value};
use rialto_kernel::{Address, CartId, Money, OrderId, SignedDuration, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Outcome, Session, ShippingOption},
    error::Error,
};

mod sessions;

const KEPT: SignedDuration = SignedDuration::from_hours(24 * 4);

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
        let row = Put::new(&key(checkout.order_id), checkout)?.with("ttl", ttl).when(cond::absent("pk"));
        let entry = Entry { order_id: checkout.order_id };
        let entry = Put::new(&entry_key(shopper, checkout.order_id), &entry)?.with("ttl", ttl).when(cond::absent("pk"));
        Ok(vec![row.into(), entry.into()])
    }

    /// Removes the checkouts of a person that have ended; answers how many. Its run still needs one under way.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn erase(&self, shopper: UserId) -> Result<u64, Error> {
        let entries: Vec<Entry> =
            self.table.query_all(Query::pk(partition(shopper)).sk_begins("CHECKOUT#").strong()).await?;
        let mut erased = 0;
        for Entry { order_id } in entries {
            let ended = cond::any([cond::absent("pk"), cond::exists("outcome")]);
            match self.table.delete(Delete::of(key(order_id)).when(ended)).await {
                Err(error) if error.condition_failed() => continue,
                outcome => outcome?,
            }
            // Last, so that whoever is killed in between is led here again.
            self.table.delete(Delete::of(entry_key(shopper, order_id))).await?;
            erased += 1;
        }
        Ok(erased)
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
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use rialto_dynamo::testing::{items, tables};
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn given_checkouts_when_a_person_is_erased_then_those_that_have_ended_go_and_the_others_follow_later() {
        for table in tables("checkout").await.unwrap() {
            let checkouts = Checkouts::new(table.clone());
            let (ada, eve) = (UserId::named(&["ada"]), UserId::named(&["eve"]));
            for (name, shopper) in [("ended", ada), ("running", ada), ("theirs", eve)] {
                let order_id = OrderId::named(&[name]);
                table
                    .transact(Checkouts::open(&Checkout::of(order_id), shopper, Timestamp::UNIX_EPOCH).unwrap())
                    .await
                    .unwrap();
            }
            let outcome = Outcome::Confirmed { order: json!({"shippingAddress": {"name": "Ada"}}) };
            checkouts.record(OrderId::named(&["ended"]), &outcome).await.unwrap();
            checkouts.record(OrderId::named(&["theirs"]), &outcome).await.unwrap();
            assert_eq!((checkouts.erase(ada).await.unwrap(), checkouts.erase(ada).await.unwrap()), (1, 0));
            checkouts.record(OrderId::named(&["running"]), &outcome).await.unwrap();
            assert_eq!(checkouts.erase(ada).await.unwrap(), 1);
            checkouts.record(OrderId::named(&["running"]), &outcome).await.unwrap();
            assert_eq!(items(&table).await.unwrap().len(), 2, "eve's");
        }
    }
}
