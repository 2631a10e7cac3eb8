//! `payments-void-payment`: the compensation of a payment. Settles it to nothing, whatever has happened.

use rialto_kernel::{OrderId, PaymentId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Context, asking::intent};
use crate::{
    domain::{Change, Payment, State},
    error::Error,
    store::Attempt,
};

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoidPayment {
    /// The payment, which need not have begun.
    pub payment_id: PaymentId,
    /// What it would have paid for.
    pub order_id: OrderId,
}

/// The step's output.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Voided {
    /// The payment.
    pub payment_id: PaymentId,
}

/// Safe to repeat; accepts absence and leaves a tombstone, so that a late authorisation finds the payment closed.
///
/// # Errors
/// [`Error::OutcomeUnknown`] when the gateway did not answer, [`Error::Changed`] when the payment changed
/// meanwhile: both are to be tried again until it is done.
pub async fn void_payment(context: &Context, input: VoidPayment, now: Timestamp) -> Result<Voided, Error> {
    let done = Voided { payment_id: input.payment_id };
    let Some(payment) = context.payments.load(input.payment_id).await? else {
        let closed = Payment::tombstone(input.payment_id, input.order_id, now);
        return context.payments.begin(closed, &Change::Voided, now).await.map(|_| done);
    };
    let closing = match payment.state {
        State::Voided | State::Failed => return Ok(done),
        State::Voiding => payment,
        _ => context.payments.record(&payment, &Change::VoidStarted, None, now).await?,
    };
    let key = closing.key();
    let outcome = context.gateway_of(&closing)?.void(intent(&closing, &key)?).await;
    let attempt = Attempt::of(closing.gateway, &key, "void", &outcome);
    if outcome.is_err() {
        context.payments.note(closing.payment_id, &attempt, now).await?;
        return Err(Error::OutcomeUnknown);
    }
    context.payments.record(&closing, &Change::Voided, Some(&attempt), now).await.map(|_| done)
}
