//! The table `<stage>-payments`: a payment's changes are the truth, its view is kept beside them.
//!
//! | Item | `pk` | `sk` | `gsi1` |
//! |---|---|---|---|
//! | view | `PAYMENT#<paymentId>` | `PAYMENT` | `DAY#<UTC day it began>#<shard>`, `<paymentId>` |
//! | change | `PAYMENT#<paymentId>` | `CHANGE#<sequence, 6 digits>` | |
//! | attempt without an outcome | `PAYMENT#<paymentId>` | `ATTEMPT#<milliseconds>#<chance>` | |
//! | webhook that was applied | `WEBHOOK#<gateway>#<eventId>` | `WEBHOOK` | |
//! | finding | `FINDINGS#<gateway>#<day>` | `<kind>#<paymentId>#<reference>` | |
//!
//! | Operation | Access | Units |
//! |---|---|---|
//! | load | get view, strong | 1 read |
//! | record | transaction: put change if absent, put view at the sequence it was read at | 4 writes, 1 of the index |
//! | note an attempt | put | 1 write |
//! | attempts | query the payment's rows | 0.5 reads a 4 KB |
//! | of a day | query 16 shards of `gsi1` | 0.5 reads a 4 KB |
//! | webhook: seen, mark | get; put if absent | 1 read, 1 write |
//! | report a finding | put | 1 write |
//!
//! Two writers of one payment cannot both win: the change's key is its sequence number. That is also why no more is given
//! back than was taken: each refund is judged on the view at a sequence, and written only if that is still the last.
//! News wait in the change's outbox. An attempt with an outcome is told in the row of the change that follows from it.

mod attempts;
mod findings;
mod news;
mod webhooks;

use rialto_dynamo::{Key, Put, Query, Read, Table, cond};
use rialto_events::{OUTBOX, outbox};
use rialto_kernel::{PaymentId, Timestamp};
use serde::Serialize;

pub use attempts::Attempt;
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

    /// The payments that began on the UTC day of `day`. It holds them all in memory: for a function of its own.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of_day(&self, day: Timestamp) -> Result<Vec<Payment>, Error> {
        let mut found = Vec::new();
        for shard in 0..SHARDS {
            found.extend(self.table.query_all(Query::pk(day_pk(day, shard)).index("gsi1")).await?);
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
        let unchanged = match after.sequence {
            1 => cond::absent("pk"),
            sequence => cond::eq("sequence", sequence.saturating_sub(1)),
        };
        let day = day_pk(after.begun_at, shard_of(id));
        let view = Put::new(&view_key(id), &after)?.gsi1(day, id.to_string()).when(unchanged);
        match self.table.transact(vec![row.into(), view.into()]).await {
            Ok(()) => Ok(after),
            Err(error) if error.condition_failed() => Err(Error::Changed),
            Err(error) => Err(error.into()),
        }
    }
}
