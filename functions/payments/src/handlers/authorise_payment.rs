//! `payments-authorise-payment`: asks the gateway to set an amount aside.

use rialto_kernel::{Money, OrderId, PaymentId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Context, gateway_key};
use crate::{
    domain::{Change, Payment, State},
    error::Error,
    gateway::{Authorisation, Gateway, GatewayError},
};

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorisePayment {
    /// Drawn before the workflow began, so that a repeat is the same payment.
    pub payment_id: PaymentId,
    /// What it pays for.
    pub order_id: OrderId,
    /// How much.
    pub amount: Money,
    /// The gateway's token.
    pub payment_method_id: String,
}

/// The step's output.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorised {
    /// The payment.
    pub payment_id: PaymentId,
}

/// Safe to repeat: a repeat after an unknown outcome asks the gateway again under the same key.
///
/// # Errors
/// [`Error::Declined`] for certain; [`Error::OutcomeUnknown`] when the gateway did not answer.
pub async fn authorise_payment<G: Gateway>(
    context: &Context<G>,
    input: AuthorisePayment,
    now: Timestamp,
) -> Result<Authorised, Error> {
    let payment = match context.payments.load(input.payment_id).await? {
        Some(payment) => payment,
        None => start(context, &input, now).await?,
    };
    let done = Authorised { payment_id: input.payment_id };
    match payment.state {
        State::Authorising => {}
        State::Authorised | State::Captured => return Ok(done),
        State::Failed => return Err(Error::Declined { reason: payment.reason.unwrap_or_default() }),
        State::CaptureRefused | State::Voiding | State::Voided => {
            return Err(Error::Declined { reason: "PAYMENT_VOIDED".to_owned() });
        }
    }
    let key = gateway_key(input.payment_id);
    let request = Authorisation { key: &key, amount: input.amount, method: &input.payment_method_id };
    match context.gateway.authorise(request).await {
        Ok(()) => context.payments.record(&payment, &Change::Authorised, now).await.map(|_| done),
        Err(GatewayError::Refused(reason)) => {
            context.payments.record(&payment, &Change::Failed { reason: reason.clone() }, now).await?;
            Err(Error::Declined { reason })
        }
        Err(GatewayError::OutcomeUnknown | GatewayError::Unavailable(_)) => Err(Error::OutcomeUnknown),
    }
}

async fn start<G: Gateway>(context: &Context<G>, input: &AuthorisePayment, now: Timestamp) -> Result<Payment, Error> {
    let payment = Payment {
        payment_id: input.payment_id,
        order_id: input.order_id,
        amount: Some(input.amount),
        state: State::Authorising,
        sequence: 1,
        reason: None,
    };
    context.payments.begin(payment, &Change::Started, now).await
}
