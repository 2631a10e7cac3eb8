//! Asking a gateway, with a record of every attempt.

use rialto_kernel::{Money, Timestamp};

use super::Context;
use crate::{
    domain::{Payment, Standing},
    error::Error,
    gateway::{GatewayError, Intent, PaymentGateway},
    store::Attempt,
};

impl Context {
    /// The gateway that was asked about a payment.
    pub(super) fn gateway_of(&self, payment: &Payment) -> Result<&dyn PaymentGateway, Error> {
        self.gateways.named(payment.gateway).map_err(Error::Rejected)
    }

    /// How a payment stands at its gateway; `None` when the gateway does not know it.
    pub(super) async fn look_up(&self, payment: &Payment, now: Timestamp) -> Result<Option<Standing>, Error> {
        let gateway = self.gateway_of(payment)?;
        let key = payment.key();
        let outcome = gateway.look_up(intent(payment, &key)?).await;
        match outcome {
            Ok(standing) => Ok(standing),
            Err(error) => {
                let attempt = Attempt::of::<()>(payment.gateway, &key, "look_up", &Err(error.clone()));
                self.payments.note(payment.payment_id, &attempt, now).await?;
                Err(unsaid(error))
            }
        }
    }
}

/// A payment, as gateways are told of it.
pub(super) fn intent<'a>(payment: &'a Payment, key: &'a str) -> Result<Intent<'a>, Error> {
    let amount: Money = payment.amount.ok_or(Error::NotAuthorised)?;
    Ok(Intent { payment_id: payment.payment_id, key, amount, reference: payment.reference.as_deref() })
}

/// The error of a question that left things as they were, as far as we know.
pub(super) fn unsaid(error: GatewayError) -> Error {
    match error {
        GatewayError::Rejected { .. } => Error::Rejected(error),
        GatewayError::Declined { code } => Error::Declined { reason: code },
        _ => Error::OutcomeUnknown,
    }
}
