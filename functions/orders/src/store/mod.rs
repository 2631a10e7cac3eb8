//! Everything the orders service keeps, in one table with the index `gsi1`.
//!
//! | Item | `pk` | `sk` | `gsi1pk` | `gsi1sk` |
//! |---|---|---|---|---|
//! | event, for ever, with its envelope in `outbox` | `ORDER#<orderId>` | `EVENT#<sequence, 10 digits>` | | |
//! | current view | `ORDER#<orderId>` | `ORDER` | | |
//! | entry of the history | `ORDER#<orderId>` | `LISTED` | `SHOPPER#<userId>` | `ORDER#<orderId>` |
//! | entry of the history by status | `ORDER#<orderId>` | `STATUS` | `SHOPPER#<userId>#<status>` | `ORDER#<orderId>` |
//!
//! Order ids are drawn in order of time, so the index's sort key is the order of creation. An order has its entries
//! from `PAYMENT_PENDING` on. They are small items of their own and lead to the views by id: so a list by status reads
//! what it shows and nothing else, however long the history, the view (1 KB and 0.4 KB a line) is not copied into the
//! index at each change, and no address is in the index.
//!
//! | Access | Operations | Units, 5 lines |
//! |---|---|---|
//! | create | get view (strong); transaction: event, view | 1 read, 4 write |
//! | payment pending | get view (strong); transaction: event, view, both entries | 1 read, 16 write, 2 in the index |
//! | confirm, fail | get view (strong); transaction: event, view, entry by status | 1 read, 10 write, 2 in the index |
//! | show | get view (strong) | 1 read |
//! | take the person out | list, as below; put view over the same version | 1 write an order |
//! | list 20, by status or not | query `gsi1` backwards (one page); batch-get views | 0.5 + 20 read |
//!
//! Invariants: an event is put only where there is none, and its view only over the version before, in one transaction;
//! so the sequence has no gaps and no forks, and the view is always that of its last event.

use rialto_dynamo::{Key, Page, Position, Put, Query, Read, Table, Write, cond};
use rialto_kernel::{OrderId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

mod envelope;
#[cfg(test)]
mod guarded_tests;

use crate::{
    OrderError,
    domain::{Event, Order, Status},
};

/// The orders table.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table,
}

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its place in the order's sequence, from 1.
    pub version: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub data: Event,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    order_id: OrderId,
}

impl Store {
    /// The store on this table.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The order's current view.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn order(&self, id: OrderId) -> Result<Option<Order>, OrderError> {
        Ok(self.table.get(&view_key(id), Read::Strong).await?)
    }

    /// Writes events and the view they lead to, if the order is still at the version before them. False when it is not:
    /// read again.
    ///
    /// # Errors
    /// When the table fails; the events may have been written.
    pub async fn record(&self, order: &Order, events: &[Event], at: Timestamp) -> Result<bool, OrderError> {
        let count = u64::try_from(events.len()).map_err(OrderError::data)?;
        let was = order.version.saturating_sub(count);
        // An order that was anonymised since it was read is not written with its address again.
        let erased =
            order.destination.as_ref().map_or_else(|| cond::absent("destination"), |_| cond::exists("destination"));
        let unchanged = if was == 0 { cond::absent("pk") } else { cond::all([cond::eq("version", was), erased]) };
        let mut writes: Vec<Write> = vec![Put::new(&view_key(order.id), order)?.when(unchanged).into()];
        for (version, event) in (was + 1..).zip(events) {
            let recorded = Recorded { version, at, data: event.clone() };
            let put = Put::new(&event_key(order.id, version), &recorded)?;
            let outbox = envelope::outbox(order, event, version, at)?;
            writes.push(put.with(rialto_events::OUTBOX, outbox).when(cond::absent("pk")).into());
        }
        writes.extend(entries(order, events)?);
        match self.table.transact(writes).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The shopper's orders, newest first, and where the next page starts. By status an order may be missing whose
    /// status changed a moment ago.
    ///
    /// # Errors
    /// When the table fails, or the position is not of this list.
    pub async fn list(
        &self,
        shopper: UserId,
        status: Option<Status>,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<Order>, OrderError> {
        let pk = status.map_or_else(|| shopper_pk(shopper), |status| status_pk(shopper, status));
        let query = Query::pk(pk).index("gsi1").sk_begins("ORDER#").descending().limit(limit).after(after);
        let page: Page<Entry> = self.table.query(query).await?;
        let keys: Vec<Key> = page.items.iter().map(|entry| view_key(entry.order_id)).collect();
        let mut items: Vec<Order> = self.table.batch_get(&keys, Read::Eventual).await?;
        items.retain(|order| status.is_none_or(|status| order.status == status));
        Ok(Page { items, next: page.next })
    }

    /// Takes the person out of an order that is still as it was read. False when it is not: read again. It is no event:
    /// nothing happened to the order, and events name no address.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn anonymise(&self, order: &Order) -> Result<bool, OrderError> {
        let Some(anonymised) = order.anonymised() else { return Ok(true) };
        let unchanged = cond::all([cond::eq("version", order.version), cond::absent("destination")]);
        match self.table.put(Put::new(&view_key(order.id), &anonymised)?.when(unchanged)).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// All events of an order, oldest first. At most a few dozen, so all pages are read.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn events(&self, id: OrderId) -> Result<Vec<Recorded>, OrderError> {
        let query = Query::pk(view_key(id).pk).sk_begins("EVENT#").strong();
        let items: Vec<Recorded> = self.table.query_all(query).await?;
        Ok(items)
    }
}

fn entries(order: &Order, events: &[Event]) -> Result<Vec<Write>, OrderError> {
    if !order.is_listed() {
        return Ok(Vec::new());
    }
    let (pk, sk) = (view_key(order.id).pk, format!("ORDER#{}", order.id));
    let entry = Entry { order_id: order.id };
    let by_status = Put::new(&Key::new(&pk, "STATUS"), &entry)?.gsi1(status_pk(order.shopper_id, order.status), &sk);
    let mut writes = vec![by_status.into()];
    if events.iter().any(|event| matches!(event, Event::OrderPaymentPending { .. })) {
        writes.push(Put::new(&Key::new(&pk, "LISTED"), &entry)?.gsi1(shopper_pk(order.shopper_id), &sk).into());
    }
    Ok(writes)
}

fn view_key(order: OrderId) -> Key {
    Key::new(format!("ORDER#{order}"), "ORDER")
}

fn event_key(order: OrderId, version: u64) -> Key {
    Key::new(format!("ORDER#{order}"), format!("EVENT#{version:010}"))
}

fn shopper_pk(shopper: UserId) -> String {
    format!("SHOPPER#{shopper}")
}

fn status_pk(shopper: UserId, status: Status) -> String {
    format!("SHOPPER#{shopper}#{}", status.name())
}
