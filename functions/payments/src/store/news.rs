//! What others are told of a change.

use rialto_events::{
    Envelope,
    types::{PaymentAuthorised, PaymentCaptured, PaymentFailed, PaymentRefunded, PaymentVoided, RefundedLine},
};
use rialto_kernel::{Money, Timestamp};

use crate::{
    domain::{Change, Payment},
    error::Error,
};

/// The event of a change, if it is one.
pub(super) fn of(payment: &Payment, change: &Change, now: Timestamp) -> Result<Option<Envelope>, Error> {
    let Payment { payment_id, order_id, sequence, .. } = *payment;
    let Some(amount) = payment.amount else { return Ok(None) };
    let reason = payment.reason.clone();
    let envelope = match change {
        Change::Authorised { .. } => {
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
        Change::Refunded { refund_id } => {
            let Some(refund) = payment.refunds.get(refund_id) else { return Ok(None) };
            let lines = refund.lines.iter();
            let refunded = PaymentRefunded {
                payment_id,
                order_id,
                refund_id: *refund_id,
                amount: refund.amount,
                lines: lines.map(|line| RefundedLine { offer_id: line.offer_id, amount: line.amount }).collect(),
                refunded: Money::new(payment.refunded(), amount.currency()),
                captured: amount,
            };
            Envelope::of(&refunded, payment_id, sequence, now)
        }
        Change::Started
        | Change::AskedAgain
        | Change::Rerouted { .. }
        | Change::Reached { .. }
        | Change::ActionRequired { .. }
        | Change::Pending { .. }
        | Change::AmountDiffers { .. }
        | Change::VoidStarted
        | Change::RefundStarted { .. }
        | Change::RefundRefused { .. } => return Ok(None),
    };
    Ok(Some(envelope?))
}
