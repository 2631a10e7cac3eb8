//! A refund from its beginning to its certain end.

use rialto_kernel::{PaymentId, RefundId, Timestamp};

use super::{
    Context,
    asking::{intent, unsaid},
};
use crate::{
    domain::{Change, Payment, Refund, RefundState},
    error::Error,
    gateway::{GatewayError, RefundOutcome, RefundRequest},
    store::{Attempt, Payments},
};

/// Refunds of one payment at once are judged one after another.
const TRIES: u32 = 25;

/// Begins a refund: from here on its amount counts as given back. A repeat under the same id changes nothing.
///
/// # Errors
/// [`Error::NotFound`], [`Error::NotRefundable`].
pub(super) async fn begin(
    payments: &Payments,
    payment_id: PaymentId,
    refund_id: RefundId,
    refund: impl Fn(&Payment) -> Result<Refund, Error>,
    now: Timestamp,
) -> Result<Payment, Error> {
    change(payments, payment_id, None, now, |payment| {
        if payment.refunds.contains_key(&refund_id) {
            return Ok(None);
        }
        let refund = refund(payment)?;
        payment.room_for(&refund)?;
        Ok(Some(Change::RefundStarted { refund_id, refund }))
    })
    .await
}

/// Asks the gateway until the outcome is known, and records it. `asked_before`: the refund is looked up first.
///
/// # Errors
/// [`Error::OutcomeUnknown`]: to be tried again.
pub(super) async fn conclude(
    context: &Context,
    payment: &Payment,
    refund_id: RefundId,
    asked_before: bool,
    now: Timestamp,
) -> Result<Refund, Error> {
    let refund = payment.refunds.get(&refund_id).ok_or(Error::NotFound)?;
    if refund.state != RefundState::Started {
        return Ok(refund.clone());
    }
    let (gateway, key) = (context.gateway_of(payment)?, payment.key());
    let request = RefundRequest { intent: intent(payment, &key)?, refund_id, amount: refund.amount };
    let found = if asked_before { gateway.look_up_refund(request).await.transpose() } else { None };
    let outcome = match found {
        Some(outcome) => outcome,
        None => gateway.refund(request).await,
    };
    let attempt = Attempt::of(payment.gateway, &refund_id.to_string(), "refund", &outcome);
    let end = match outcome {
        Ok(RefundOutcome::Done) => Change::Refunded { refund_id },
        Err(GatewayError::Declined { code: reason } | GatewayError::Rejected { code: reason }) => {
            Change::RefundRefused { refund_id, reason }
        }
        Ok(RefundOutcome::Pending) => {
            context.payments.note(payment.payment_id, &attempt, now).await?;
            return Ok(refund.clone());
        }
        Err(error) => {
            context.payments.note(payment.payment_id, &attempt, now).await?;
            return Err(unsaid(error));
        }
    };
    let open = |payment: &Payment| payment.refunds.get(&refund_id).is_some_and(|it| it.state == RefundState::Started);
    let after = change(&context.payments, payment.payment_id, Some(&attempt), now, |payment| {
        Ok(open(payment).then(|| end.clone()))
    })
    .await?;
    after.refunds.get(&refund_id).cloned().ok_or(Error::NotFound)
}

/// Records what `decide` makes of the payment as it is, deciding again when it has changed meanwhile.
async fn change(
    payments: &Payments,
    id: PaymentId,
    attempt: Option<&Attempt>,
    now: Timestamp,
    decide: impl Fn(&Payment) -> Result<Option<Change>, Error>,
) -> Result<Payment, Error> {
    for _ in 0..TRIES {
        let payment = payments.load(id).await?.ok_or(Error::NotFound)?;
        let Some(change) = decide(&payment)? else { return Ok(payment) };
        match payments.record(&payment, &change, attempt, now).await {
            Err(Error::Changed) => {}
            other => return other,
        }
    }
    Err(Error::Changed)
}
