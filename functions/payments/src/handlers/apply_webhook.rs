//! `payments-apply-webhook`: what is done about payments outside of the checkout.

use rialto_dynamo::mutants;
use rialto_kernel::{PaymentId, RefundId, Timestamp};
use rialto_lambda::Message;

use super::{Context, Refunds, refunding};
use crate::{
    domain::{GatewayName, Payment, RefundState, Settlement, settle},
    error::Error,
    queue::Work,
};

/// Safe on repeats and in any order: a webhook only says which payment to look up, and what is recorded is how that
/// stands. A failure is delivered again; after 5 receives the message waits in the dead-letter queue.
///
/// # Errors
/// When the gateway or the database did not answer.
pub async fn apply_webhook(refunds: &Refunds, message: Message, now: Timestamp) -> Result<(), Error> {
    let context = &refunds.context;
    let work: Work = message.json()?;
    match &work {
        Work::Webhook { gateway, event_id, payment_id } => webhook(context, *gateway, event_id, *payment_id, now).await,
        Work::Refund { payment_id, refund_id } => {
            let payment = context.payments.load(*payment_id).await?;
            // The message is sent before the refund is begun, and comes when the request is over.
            let Some(payment) = payment.filter(|payment| payment.refunds.contains_key(refund_id)) else {
                return Ok(());
            };
            let refund = refunding::conclude(context, &payment, *refund_id, true, now).await?;
            if refund.state == RefundState::Started { refunds.queue.send_again(&work).await } else { Ok(()) }
        }
    }
}

async fn webhook(
    context: &Context,
    gateway: GatewayName,
    event_id: &str,
    payment_id: PaymentId,
    now: Timestamp,
) -> Result<(), Error> {
    if mutants::guard(context.payments.was_applied(gateway, event_id).await?) {
        return Ok(());
    }
    // A payment is on record before any gateway hears of it: one that is not is of another deployment.
    let payment = context.payments.load(payment_id).await?.filter(|payment| payment.gateway == gateway);
    if let Some(payment) = payment.filter(|payment| payment.amount.is_some()) {
        bring_up_to_date(context, &payment, now).await?;
    }
    context.payments.mark_applied(gateway, event_id, now).await.map(|_| ())
}

/// Records how a payment and its refunds stand at the gateway: what every webhook about it comes to.
///
/// # Errors
/// When the gateway or the database did not answer.
pub async fn bring_up_to_date(context: &Context, payment: &Payment, now: Timestamp) -> Result<(), Error> {
    // A gateway's search can be late; a webhook about what it does not know is tried again.
    let standing = context.look_up(payment, now).await?.ok_or(Error::OutcomeUnknown)?;
    match settle(payment, &standing) {
        // Only the workflow, which has the method's token, asks again.
        Settlement::Nothing | Settlement::AskAgain => {}
        Settlement::Record(change) => {
            context.settle(payment, &change, None, now).await?;
        }
        Settlement::GiveBack => context.let_go(payment, &standing.reference, now).await?,
    }
    let under_way = payment.refunds.iter().filter(|(_, refund)| refund.state == RefundState::Started);
    let under_way: Vec<RefundId> = under_way.map(|(id, _)| *id).collect();
    for id in under_way {
        refunding::conclude(context, payment, id, true, now).await?;
    }
    Ok(())
}
