//! `payments-authorise-payment`: asks a gateway to set an amount aside.

use std::collections::BTreeMap;

use rialto_kernel::{Money, OfferId, OrderId, PaymentId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    Context,
    asking::{intent, unsaid},
};
use crate::{
    domain::{
        AMOUNT_DIFFERS, Change, GatewayToken, NextAction, Payment, Settlement, Standing, State, TokensByGateway, settle,
    },
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
    /// The method's token at each gateway that knows it.
    pub tokens: TokensByGateway,
    /// The order's lines, whose charges sum to the amount: what a refund by line is measured by.
    #[serde(default)]
    pub lines: Vec<BilledLine>,
    /// Whether to end well, and tell what is waited for, where others have to act.
    #[serde(default)]
    pub tell_waiting: bool,
}

/// A line of the order, as far as a payment needs to know it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BilledLine {
    /// What is bought.
    pub offer_id: OfferId,
    /// What it costs.
    pub charges: Charges,
}

/// What a line costs.
#[derive(Debug, Clone, Deserialize)]
pub struct Charges {
    /// In all.
    pub total: Money,
}

/// The step's output.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorised {
    /// The payment.
    pub payment_id: PaymentId,
    /// How it stands.
    pub status: Status,
    /// What its shopper has to do; null where that is nothing.
    pub next_action: Option<NextAction>,
}

/// How a payment stands that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The amount is set aside.
    Authorised,
    /// The shopper has to do something.
    ActionRequired,
    /// The shopper's bank has to pay.
    Pending,
}

/// Safe to repeat. A repeat first looks the payment up, and asks again under the same key only if the gateway has done
/// nothing. The workflow repeats it after 1, 2 and 4 seconds, so that no function is paid for waiting.
///
/// # Errors
/// [`Error::Declined`] for certain; [`Error::OutcomeUnknown`] when the gateway did not answer, or did nothing for now;
/// [`Error::ActionRequired`] and [`Error::Pending`] while others have to act, also when the gateway cannot be asked about it
/// just now, unless that is to be told; [`Error::AmountDiffers`] when the payment has to be given up, as the gateway made it
/// another amount.
pub async fn authorise_payment(
    context: &Context,
    input: AuthorisePayment,
    now: Timestamp,
) -> Result<Authorised, Error> {
    let payment = settled(context, &input, now).await?;
    match answer(&payment) {
        Err(Error::ActionRequired) if input.tell_waiting => Ok(told(&payment, Status::ActionRequired)),
        Err(Error::Pending) if input.tell_waiting => Ok(told(&payment, Status::Pending)),
        answer => answer,
    }
}

/// The payment as far as it can be brought now.
async fn settled(context: &Context, input: &AuthorisePayment, now: Timestamp) -> Result<Payment, Error> {
    let Some(payment) = context.payments.load(input.payment_id).await? else {
        return first_ask(context, input, now).await;
    };
    if !payment.state.is_open() {
        return Ok(payment);
    }
    let standing = match context.look_up(&payment, now).await {
        // Nothing was asked that could have changed it: it waits for others still, as far as anyone knows.
        Ok(None) | Err(Error::OutcomeUnknown) if payment.state != State::Authorising => return Ok(payment),
        standing => standing?,
    };
    let settlement = standing.map(|standing| settle(&payment, &standing));
    let approved = settlement == Some(Settlement::AskAgain);
    match settlement {
        Some(Settlement::Record(change)) => return context.settle(&payment, &change, None, now).await,
        Some(Settlement::Nothing) if payment.state != State::Authorising => return Ok(payment),
        _ => {}
    }
    // Written first: from here on nobody can say that the gateway was asked only once.
    let payment = context.payments.record(&payment, &Change::AskedAgain, None, now).await?;
    let outcome = ask(context, &payment, input, approved, now).await?;
    conclude(context, &payment, outcome, now).await
}

/// Asks about a payment that nobody has heard of, so that another gateway can be asked if this one certainly has not.
async fn first_ask(context: &Context, input: &AuthorisePayment, now: Timestamp) -> Result<Payment, Error> {
    let gateway = context.gateways.for_new(&input.tokens, now);
    let payment = Payment::started(input.payment_id, input.order_id, input.amount, gateway, now);
    let payment = payment.for_lines(by_offer(&input.lines)?).ok_or(Error::Misbilled)?;
    let payment = context.payments.begin(payment, &Change::Started, now).await?;
    let outcome = ask(context, &payment, input, false, now).await?;
    let other = context.gateways.after(gateway).filter(|other| input.tokens.contains_key(other));
    match (&outcome, other) {
        (Err(GatewayError::NotReached), Some(other)) => {
            // Refused if anyone has asked meanwhile, as the payment is no longer as it was written above.
            let attempt = Attempt::of(gateway, &payment.key(), "authorise", &outcome);
            let change = Change::Rerouted { gateway: other };
            let payment = context.payments.record(&payment, &change, Some(&attempt), now).await?;
            let outcome = ask(context, &payment, input, false, now).await?;
            conclude(context, &payment, outcome, now).await
        }
        _ => conclude(context, &payment, outcome, now).await,
    }
}

/// What is paid for each offer; an offer in two lines is one.
fn by_offer(lines: &[BilledLine]) -> Result<BTreeMap<OfferId, Money>, Error> {
    let mut paid: BTreeMap<OfferId, Money> = BTreeMap::new();
    for BilledLine { offer_id, charges } in lines {
        let before = paid.get(offer_id).copied().unwrap_or(Money::zero(charges.total.currency()));
        paid.insert(*offer_id, before.checked_add(charges.total).map_err(|_| Error::Misbilled)?);
    }
    Ok(paid)
}

async fn ask(
    context: &Context,
    payment: &Payment,
    input: &AuthorisePayment,
    approved: bool,
    now: Timestamp,
) -> Result<Result<Standing, GatewayError>, Error> {
    let Some(method) = input.tokens.get(&payment.gateway).map(GatewayToken::expose) else {
        // Nobody is asked, so this is certain.
        return Ok(Err(GatewayError::Declined { code: "UNKNOWN_PAYMENT_METHOD".to_owned() }));
    };
    let key = payment.key();
    let request = Authorisation { intent: intent(payment, &key)?, method, approved, ask: payment.asks, now };
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
            Settlement::Nothing | Settlement::AskAgain | Settlement::GiveBack => None,
        },
        Err(GatewayError::Declined { code }) => Some(Change::Failed { reason: code.clone() }),
        Err(GatewayError::OutcomeUnknown { reference: Some(reference) }) if payment.reference.is_none() => {
            Some(Change::Reached { reference: reference.clone() })
        }
        Err(_) => None,
    };
    let payment = match change {
        Some(change) => match context.settle(payment, &change, Some(&attempt), now).await {
            Err(Error::Changed) => return Err(overtaken(context, payment, &outcome, now).await),
            recorded => recorded?,
        },
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

/// The payment changed while the gateway was asked. Where it was given up, nobody else may know what the answer brought.
async fn overtaken(
    context: &Context,
    asked: &Payment,
    outcome: &Result<Standing, GatewayError>,
    now: Timestamp,
) -> Error {
    let Ok(standing) = outcome else { return Error::Changed };
    match context.payments.load(asked.payment_id).await {
        Ok(Some(payment)) if settle(&payment, standing) == Settlement::GiveBack => {
            let outcome =
                context.let_go(&Payment { gateway: asked.gateway, ..payment }, &standing.reference, now).await;
            outcome.err().unwrap_or(Error::Changed)
        }
        Ok(_) => Error::Changed,
        Err(error) => error,
    }
}

fn told(payment: &Payment, status: Status) -> Authorised {
    Authorised { payment_id: payment.payment_id, status, next_action: payment.next_action() }
}

fn answer(payment: &Payment) -> Result<Authorised, Error> {
    match payment.state {
        State::Authorised | State::Captured => Ok(told(payment, Status::Authorised)),
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
