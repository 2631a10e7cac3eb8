//! `payments-capture-payment`: asks the gateway to take the amount that was set aside.

use rialto_kernel::{PaymentId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Context, asking::intent};
use crate::{
    domain::{Change, State},
    error::Error,
    gateway::GatewayError,
    store::Attempt,
};

const CAPTURE_REFUSED: &str = "CAPTURE_REFUSED";

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CapturePayment {
    /// An authorised payment.
    pub payment_id: PaymentId,
}

/// The step's output.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Captured {
    /// The payment.
    pub payment_id: PaymentId,
}

/// Safe to repeat. An unknown outcome is asked again under the same key until it is known.
///
/// # Errors
/// [`Error::CaptureRefused`] for certain; [`Error::OutcomeUnknown`] when the gateway did not answer.
pub async fn capture_payment(context: &Context, input: CapturePayment, now: Timestamp) -> Result<Captured, Error> {
    let done = Captured { payment_id: input.payment_id };
    let payment = context.payments.load(input.payment_id).await?.ok_or(Error::NotAuthorised)?;
    match payment.state {
        State::Authorised => {}
        State::Captured => return Ok(done),
        State::CaptureRefused => return Err(Error::CaptureRefused { reason: payment.reason.unwrap_or_default() }),
        _ => return Err(Error::NotAuthorised),
    }
    let key = payment.key();
    let outcome = context.gateway_of(&payment)?.capture(intent(&payment, &key)?).await;
    let attempt = Attempt::of(payment.gateway, &key, "capture", &outcome);
    match outcome {
        Ok(standing) => {
            if payment.amount != Some(standing.amount) {
                context.report_amount(&payment, &standing.reference, standing.amount, now).await?;
            }
            context.payments.record(&payment, &Change::Captured, Some(&attempt), now).await.map(|_| done)
        }
        Err(error) if error.is_definite() => {
            // The gateway's own word for a mistake of ours is in the attempt.
            let reason = match error {
                GatewayError::Declined { code } => code,
                _ => CAPTURE_REFUSED.to_owned(),
            };
            let refused = Change::CaptureRefused { reason: reason.clone() };
            context.payments.record(&payment, &refused, Some(&attempt), now).await?;
            Err(Error::CaptureRefused { reason })
        }
        Err(_) => {
            context.payments.note(payment.payment_id, &attempt, now).await?;
            Err(Error::OutcomeUnknown)
        }
    }
}
