//! `payments-authorise-payment`: asks a gateway to set an amount aside.

use rialto_kernel::{Money, OrderId, PaymentId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    Context,
    asking::{intent, unsaid},
};
use crate::{
    domain::{AMOUNT_DIFFERS, Change, GatewayName, Payment, Settlement, Standing, State, settle},
    error::Error,
    gateway::{Authorisation, GatewayError},
    store::Attempt,
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
    /// The second gateway's token of the same method, where there is one.
    #[serde(default)]
    pub fallback_payment_method_id: Option<String>,
}

/// The step's output.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorised {
    /// The payment.
    pub payment_id: PaymentId,
}

/// Safe to repeat. A repeat first looks the payment up, and asks again under the same key only if the gateway has done
/// nothing. The workflow repeats it after 1, 2 and 4 seconds, so that no function is paid for waiting.
///
/// # Errors
/// [`Error::Declined`] for certain; [`Error::OutcomeUnknown`] when the gateway did not answer, or did nothing for now;
/// [`Error::ActionRequired`] and [`Error::Pending`] while others have to act, also when the gateway cannot be asked about it
/// just now; [`Error::AmountDiffers`] when the payment has to be given up, as the gateway made it another amount.
pub async fn authorise_payment(
    context: &Context,
    input: AuthorisePayment,
    now: Timestamp,
) -> Result<Authorised, Error> {
    let Some(payment) = context.payments.load(input.payment_id).await? else {
        return first_ask(context, &input, now).await.and_then(|payment| answer(&payment));
    };
    if !payment.state.is_open() {
        return answer(&payment);
    }
    let standing = match context.look_up(&payment, now).await {
        // Nothing was asked that could have changed it: it waits for others still, as far as anyone knows.
        Ok(None) | Err(Error::OutcomeUnknown) if payment.state != State::Authorising => return answer(&payment),
        standing => standing?,
    };
    if let Some(standing) = standing {
        match settle(&payment, &standing) {
            Settlement::Record(change) => {
                return answer(&context.payments.record(&payment, &change, None, now).await?);
            }
            Settlement::Nothing if payment.state != State::Authorising => return answer(&payment),
            Settlement::Nothing | Settlement::GiveBack => {}
        }
    }
    // Written first: from here on nobody can say that the gateway was asked only once.
    let payment = context.payments.record(&payment, &Change::AskedAgain, None, now).await?;
    let outcome = ask(context, &payment, method_for(context, &input, payment.gateway), now).await?;
    conclude(context, &payment, outcome, now).await.and_then(|payment| answer(&payment))
}

/// Asks about a payment that nobody has heard of, so that another gateway can be asked if this one certainly has not.
async fn first_ask(context: &Context, input: &AuthorisePayment, now: Timestamp) -> Result<Payment, Error> {
    let gateway = context.gateways.for_new(input.fallback_payment_method_id.is_some(), now);
    let payment = Payment::started(input.payment_id, input.order_id, input.amount, gateway, now);
    let payment = context.payments.begin(payment, &Change::Started, now).await?;
    let outcome = ask(context, &payment, method_for(context, input, gateway), now).await?;
    let other = context.gateways.after(gateway);
    match (&outcome, other, &input.fallback_payment_method_id) {
        (Err(GatewayError::NotReached), Some(other), Some(method)) => {
            // Refused if anyone has asked meanwhile, as the payment is no longer as it was written above.
            let attempt = Attempt::of(gateway, &payment.key(), "authorise", &outcome);
            let change = Change::Rerouted { gateway: other };
            let payment = context.payments.record(&payment, &change, Some(&attempt), now).await?;
            let outcome = ask(context, &payment, method, now).await?;
            conclude(context, &payment, outcome, now).await
        }
        _ => conclude(context, &payment, outcome, now).await,
    }
}

fn method_for<'a>(context: &Context, input: &'a AuthorisePayment, gateway: GatewayName) -> &'a str {
    let fallback = input.fallback_payment_method_id.as_deref().filter(|_| context.gateways.after(gateway).is_none());
    fallback.unwrap_or(&input.payment_method_id)
}

async fn ask(
    context: &Context,
    payment: &Payment,
    method: &str,
    now: Timestamp,
) -> Result<Result<Standing, GatewayError>, Error> {
    let key = payment.key();
    let request = Authorisation { intent: intent(payment, &key)?, method, ask: payment.asks, now };
    let outcome = context.gateway_of(payment)?.authorise(request).await;
    context.gateways.note(payment.gateway, &outcome, now);
    Ok(outcome)
}

/// Records what the gateway said. Only a definite no fails the payment.
async fn conclude(
    context: &Context,
    payment: &Payment,
    outcome: Result<Standing, GatewayError>,
    now: Timestamp,
) -> Result<Payment, Error> {
    let attempt = Attempt::of(payment.gateway, &payment.key(), "authorise", &outcome);
    let change = match &outcome {
        Ok(standing) => match settle(payment, standing) {
            Settlement::Record(change) => Some(change),
            Settlement::Nothing | Settlement::GiveBack => None,
        },
        Err(GatewayError::Declined { code }) => Some(Change::Failed { reason: code.clone() }),
        Err(GatewayError::OutcomeUnknown { reference: Some(reference) }) if payment.reference.is_none() => {
            Some(Change::Reached { reference: reference.clone() })
        }
        Err(_) => None,
    };
    let payment = match change {
        Some(change) => context.payments.record(payment, &change, Some(&attempt), now).await?,
        None => {
            context.payments.note(payment.payment_id, &attempt, now).await?;
            payment.clone()
        }
    };
    match outcome {
        Ok(_) | Err(GatewayError::Declined { .. }) => Ok(payment),
        Err(error) => Err(unsaid(error)),
    }
}

fn answer(payment: &Payment) -> Result<Authorised, Error> {
    match payment.state {
        State::Authorised | State::Captured => Ok(Authorised { payment_id: payment.payment_id }),
        State::Authorising => Err(Error::OutcomeUnknown),
        State::ActionRequired => Err(Error::ActionRequired),
        State::Pending => Err(Error::Pending),
        State::Failed => Err(Error::Declined { reason: payment.reason.clone().unwrap_or_default() }),
        State::Voiding if payment.reason.as_deref() == Some(AMOUNT_DIFFERS) => Err(Error::AmountDiffers),
        State::CaptureRefused | State::Voiding | State::Voided => {
            Err(Error::Declined { reason: "PAYMENT_VOIDED".to_owned() })
        }
    }
}
