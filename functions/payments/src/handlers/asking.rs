//! Asking a gateway, with a record of every attempt.

use rialto_kernel::{Money, Timestamp};

use super::Context;
use crate::{
    domain::{Change, Finding, Payment, Standing},
    error::Error,
    gateway::{GatewayError, Intent, PaymentGateway},
    store::Attempt,
};

impl Context {
    /// The gateway that was asked about a payment.
    pub(super) fn gateway_of(&self, payment: &Payment) -> Result<&dyn PaymentGateway, Error> {
        self.gateways.named(payment.gateway).map_err(Error::Rejected)
    }

    /// Records what follows from how a payment stands at its gateway. Another amount than ours is told to the operators,
    /// too, before it is recorded, so that no crash hides it.
    pub(super) async fn settle(
        &self,
        payment: &Payment,
        change: &Change,
        attempt: Option<&Attempt>,
        now: Timestamp,
    ) -> Result<Payment, Error> {
        if let Change::AmountDiffers { reference, amount } = change {
            self.report_amount(payment, reference, *amount, now).await?;
        }
        self.payments.record(payment, change, attempt, now).await
    }

    /// Tells the operators that a gateway has another amount than ours.
    pub(super) async fn report_amount(
        &self,
        payment: &Payment,
        reference: &str,
        theirs: Money,
        now: Timestamp,
    ) -> Result<(), Error> {
        tracing::error!(payment.id = %payment.payment_id, gateway = %payment.gateway, "amount differs at the gateway");
        let finding = Finding::amount_differs(payment, reference, theirs);
        self.payments.report(payment.gateway, now, finding, now).await.map(drop)
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

impl Context {
    /// Sees that the gateway lets go of what it holds or took for a payment that is over with us.
    pub(super) async fn let_go(&self, payment: &Payment, reference: &str, now: Timestamp) -> Result<(), Error> {
        let key = payment.key();
        let known = Intent { reference: Some(reference), ..intent(payment, &key)? };
        let outcome = self.gateway_of(payment)?.void(known).await;
        let attempt = Attempt::of(payment.gateway, &key, "void", &outcome);
        self.payments.note(payment.payment_id, &attempt, now).await?;
        outcome.map_err(|_| Error::OutcomeUnknown)
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
