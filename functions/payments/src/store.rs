//! The table `<stage>-payments`: a payment's changes are the truth, its view is kept beside them.
//!
//! | Item | `pk` | `sk` |
//! |---|---|---|
//! | view | `PAYMENT#<paymentId>` | `PAYMENT` |
//! | change | `PAYMENT#<paymentId>` | `CHANGE#<sequence, 6 digits>` |
//!
//! | Operation | Access | Units |
//! |---|---|---|
//! | load | get view, strong | 1 read |
//! | record | transaction: put change if absent, put view at the sequence it was read at | 4 writes |
//!
//! Two writers of one payment cannot both win: the change's key is its sequence number. News wait in the change's
//! outbox.

use rialto_dynamo::{Key, Put, Read, Table, cond};
use rialto_events::{
    Envelope, OUTBOX, outbox,
    types::{PaymentAuthorised, PaymentCaptured, PaymentFailed, PaymentVoided},
};
use rialto_kernel::{OrderId, PaymentId, Timestamp};
use serde::Serialize;

use crate::{
    domain::{Change, Payment, State},
    error::Error,
};

/// The payments on record.
#[derive(Debug, Clone)]
pub struct Payments {
    table: Table,
}

#[derive(Serialize)]
struct ChangeRow<'a> {
    change: &'a Change,
    at: Timestamp,
}

fn view_key(id: PaymentId) -> Key {
    Key::new(format!("PAYMENT#{id}"), "PAYMENT")
}

fn change_key(id: PaymentId, sequence: u64) -> Key {
    Key::new(format!("PAYMENT#{id}"), format!("CHANGE#{sequence:06}"))
}

impl Payments {
    /// The payments in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
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
        self.write(payment, change, now).await
    }

    /// Writes a further change of a payment as it was loaded.
    ///
    /// # Errors
    /// [`Error::Changed`] when the payment has changed meanwhile, or can't change so.
    pub async fn record(&self, payment: &Payment, change: &Change, now: Timestamp) -> Result<Payment, Error> {
        let after = payment.apply(change).ok_or(Error::Changed)?;
        self.write(after, change, now).await
    }

    async fn write(&self, after: Payment, change: &Change, now: Timestamp) -> Result<Payment, Error> {
        let id = after.payment_id;
        let mut row =
            Put::new(&change_key(id, after.sequence), &ChangeRow { change, at: now })?.when(cond::absent("pk"));
        if let Some(envelope) = news(&after, change, now)? {
            row = row.with(OUTBOX, outbox(&[envelope])?);
        }
        let unchanged = match after.sequence {
            1 => cond::absent("pk"),
            sequence => cond::eq("sequence", sequence.saturating_sub(1)),
        };
        let view = Put::new(&view_key(id), &after)?.when(unchanged);
        match self.table.transact(vec![row.into(), view.into()]).await {
            Ok(()) => Ok(after),
            Err(error) if error.condition_failed() => Err(Error::Changed),
            Err(error) => Err(error.into()),
        }
    }
}

/// A payment given up before it began: whatever arrives later finds it closed.
#[must_use]
pub fn tombstone(payment_id: PaymentId, order_id: OrderId) -> Payment {
    Payment { payment_id, order_id, amount: None, state: State::Voided, sequence: 1, reason: None }
}

fn news(payment: &Payment, change: &Change, now: Timestamp) -> Result<Option<Envelope>, Error> {
    let Payment { payment_id, order_id, sequence, .. } = *payment;
    let Some(amount) = payment.amount else { return Ok(None) };
    let reason = payment.reason.clone();
    let envelope = match change {
        Change::Started | Change::VoidStarted => return Ok(None),
        Change::Authorised => {
            Envelope::of(&PaymentAuthorised { payment_id, order_id, amount, reason }, payment_id, sequence, now)
        }
        Change::Captured => {
            Envelope::of(&PaymentCaptured { payment_id, order_id, amount, reason }, payment_id, sequence, now)
        }
        Change::Failed { .. } | Change::CaptureRefused { .. } => {
            Envelope::of(&PaymentFailed { payment_id, order_id, amount, reason }, payment_id, sequence, now)
        }
        Change::Voided => {
            Envelope::of(&PaymentVoided { payment_id, order_id, amount, reason }, payment_id, sequence, now)
        }
    };
    Ok(Some(envelope?))
}
