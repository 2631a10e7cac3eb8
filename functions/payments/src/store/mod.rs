//! The table `<stage>-payments`: a payment's changes are the truth, its view is kept beside them.
//!
//! | Item | `pk` | `sk` | `gsi1` |
//! |---|---|---|---|
//! | view | `PAYMENT#<paymentId>` | `PAYMENT` | while something is left to happen: `OPEN#<shard>`, `<when it is due>` |
//! | change | `PAYMENT#<paymentId>` | `CHANGE#<sequence, 6 digits>` | of beginnings and of money: `DAY#<UTC day>#<shard>`, `<paymentId>` |
//! | attempt without an outcome | `PAYMENT#<paymentId>` | `ATTEMPT#<milliseconds>#<chance>` | |
//! | webhook that was applied | `WEBHOOK#<gateway>#<eventId>` | `WEBHOOK` | |
//! | finding | `FINDINGS#<gateway>#<day>` | `<kind>#<paymentId>#<reference>` | |
//!
//! | Operation | Access | Units |
//! |---|---|---|
//! | load | get view, strong | 1 read |
//! | record | transaction: put change if absent, put view at the sequence it was read at | 4 writes, 2-3 of the index |
//! | note an attempt | put | 1 write |
//! | attempts | query the payment's rows | 0.5 reads a 4 KB |
//! | moved on a day | query 16 shards of `gsi1`; get the views, strong | 0.5 reads a 4 KB, 1 a view |
//! | overdue | query 16 shards of `gsi1`, `gsi1sk <= now` | 0.5 reads a 4 KB |
//! | webhook: seen, mark | get; put if absent | 1 read, 1 write |
//! | report a finding | put | 1 write |
//! | findings of a day | query a page | 0.5 reads a 4 KB |
//!
//! Two writers of one payment cannot both win: the change's key is its sequence number. That is also why no more is given
//! back than was taken: each refund is judged on the view at a sequence, and written only if that is still the last.
//! News wait in the change's outbox. An attempt with an outcome is told in the row of the change that follows from it.

mod attempts;
mod findings;
#[cfg(test)]
mod guarded_tests;
mod news;
mod webhooks;

use std::collections::BTreeSet;

use rialto_dynamo::{Key, Put, Query, Read, Table, cond};
use rialto_events::{OUTBOX, outbox};
use rialto_kernel::{PaymentId, Timestamp};
use serde::{Deserialize, Serialize};

pub use attempts::{Attempt, Tried};
pub use findings::FindingRow;

use crate::{
    domain::{Change, Payment},
    error::Error,
};

/// A day's index partition takes 1,000 writes a second; this many of them take 16,000.
const SHARDS: u32 = 16;

/// The payments on record.
#[derive(Debug, Clone)]
pub struct Payments {
    table: Table,
}

#[derive(Serialize)]
struct ChangeRow<'a> {
    change: &'a Change,
    at: Timestamp,
    attempt: Option<&'a Attempt>,
}

/// A row of an index, as far as it is read.
#[derive(Deserialize)]
struct Moved {
    #[serde(rename = "gsi1sk")]
    payment_id: PaymentId,
}

fn payment_pk(id: PaymentId) -> String {
    format!("PAYMENT#{id}")
}

fn view_key(id: PaymentId) -> Key {
    Key::new(payment_pk(id), "PAYMENT")
}

fn change_key(id: PaymentId, sequence: u64) -> Key {
    Key::new(payment_pk(id), format!("CHANGE#{sequence:06}"))
}

fn day_pk(day: Timestamp, shard: u32) -> String {
    format!("DAY#{}#{shard:02}", day.strftime("%F"))
}

fn open_pk(shard: u32) -> String {
    format!("OPEN#{shard:02}")
}

/// Sorts as times do.
fn due_sk(at: Timestamp) -> String {
    format!("{:015}", at.as_millisecond().max(0))
}

/// Whether a day's books have to tell of the change.
fn moves_money(change: &Change) -> bool {
    matches!(
        change,
        Change::Started | Change::Captured | Change::AmountDiffers { .. } | Change::Voided | Change::Refunded { .. }
    )
}

/// The last digit of a UUIDv7 is chance.
fn shard_of(id: PaymentId) -> u32 {
    id.to_string().chars().last().and_then(|digit| digit.to_digit(SHARDS)).unwrap_or(0)
}

impl Payments {
    /// The payments in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The table, for keys of idempotency.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The current view, read strongly.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(&self, id: PaymentId) -> Result<Option<Payment>, Error> {
        Ok(self.table.get(&view_key(id), Read::Strong).await?)
    }

    /// Writes a payment's first change.
    ///
    /// # Errors
    /// [`Error::Changed`] when the payment has begun meanwhile.
    pub async fn begin(&self, payment: Payment, change: &Change, now: Timestamp) -> Result<Payment, Error> {
        self.write(payment, change, None, now).await
    }

    /// Writes a further change of a payment as it was loaded, with the attempt that it follows from.
    ///
    /// # Errors
    /// [`Error::Changed`] when the payment has changed meanwhile, or can't change so.
    pub async fn record(
        &self,
        payment: &Payment,
        change: &Change,
        attempt: Option<&Attempt>,
        now: Timestamp,
    ) -> Result<Payment, Error> {
        let after = payment.apply(change).ok_or(Error::Changed)?;
        self.write(after, change, attempt, now).await
    }

    /// The payments that began on the UTC day of `day`, or of which money was taken, let go or given back on it, as they are
    /// now. It holds them all in memory: for a function of its own.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn moved_on(&self, day: Timestamp) -> Result<Vec<Payment>, Error> {
        let mut ids = BTreeSet::new();
        for shard in 0..SHARDS {
            let moved: Vec<Moved> = self.table.query_all(Query::pk(day_pk(day, shard)).index("gsi1")).await?;
            ids.extend(moved.into_iter().map(|row| row.payment_id));
        }
        let keys: Vec<Key> = ids.into_iter().map(view_key).collect();
        Ok(self.table.batch_get(&keys, Read::Strong).await?)
    }

    /// The payments of which something is left to happen that should have happened by `now`, as the index has them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn overdue(&self, now: Timestamp) -> Result<Vec<Payment>, Error> {
        let mut found = Vec::new();
        for shard in 0..SHARDS {
            let due = Query::pk(open_pk(shard)).sk_le(due_sk(now)).index("gsi1");
            found.extend(self.table.query_all(due).await?);
        }
        Ok(found)
    }

    async fn write(
        &self,
        after: Payment,
        change: &Change,
        attempt: Option<&Attempt>,
        now: Timestamp,
    ) -> Result<Payment, Error> {
        let id = after.payment_id;
        let mut row = Put::new(&change_key(id, after.sequence), &ChangeRow { change, at: now, attempt })?
            .when(cond::absent("pk"));
        if let Some(envelope) = news::of(&after, change, now)? {
            row = row.with(OUTBOX, outbox(&[envelope])?);
        }
        if moves_money(change) && after.amount.is_some() {
            row = row.gsi1(day_pk(now, shard_of(id)), id.to_string());
        }
        let unchanged = match after.sequence {
            1 => cond::absent("pk"),
            sequence => cond::eq("sequence", sequence.saturating_sub(1)),
        };
        let mut view = Put::new(&view_key(id), &after)?.when(unchanged);
        if let Some(due) = after.due(now) {
            view = view.gsi1(open_pk(shard_of(id)), due_sk(due));
        }
        match self.table.transact(vec![row.into(), view.into()]).await {
            Ok(()) => Ok(after),
            Err(error) if error.condition_failed() => Err(Error::Changed),
            Err(error) => Err(error.into()),
        }
    }
}
