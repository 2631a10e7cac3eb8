//! `checkout-reprice-order`: what a session costs after the shopper's decision. The prices of the goods are those of the
//! opening.
//!
//! Invariant: a session is charged the total that it showed, or nothing: a payment that would change it is refused with
//! the new total, and the session is open again.

use rialto_kernel::{Address, OrderId};
use rialto_lambda::StepError;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Decision, Failure, Quote},
    error::Error,
    handlers::{PricedOrder, Pricing},
};

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RepriceOrder {
    /// The order.
    pub order_id: OrderId,
    /// Where it goes from now on; absent when that stays.
    #[serde(default)]
    pub address: Option<Address>,
}

/// The step's output.
#[derive(Debug, Serialize)]
pub struct Repriced {
    /// What it costs.
    pub priced: PricedOrder,
    /// What to do next.
    pub next: Next,
    /// Why the decision cannot be acted on.
    pub refusal: Option<Failure>,
}

/// What the workflow does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Have it paid.
    Pay,
    /// Show it to the shopper.
    Open,
}

/// Reads 1 row, writes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn reprice_order(pricing: &Pricing, input: RepriceOrder) -> Result<Repriced, Error> {
    let checkout = pricing.checkouts.load(input.order_id).await?.ok_or(Error::Lost)?;
    let session = checkout.session.ok_or(Error::Lost)?;
    let (quote, decision) = session.quote.zip(session.decision).ok_or(Error::Lost)?;
    let Quote { lines, totals, shipping_address, shipping_option } = quote;
    let chosen = match &decision {
        Decision::Change { option, .. } => option.unwrap_or(shipping_option),
        Decision::Pay { .. } => shipping_option,
    };
    let priced = match pricing.price(&lines, input.address.or_else(|| shipping_address.clone()), chosen) {
        Ok(priced) => priced,
        Err(error) => {
            // What was shown could be priced, so this is about the address or option that was chosen now.
            let priced = pricing.price(&lines, shipping_address, shipping_option)?;
            return Ok(Repriced { priced, next: Next::Open, refusal: Some(refusal(&error.into())) });
        }
    };
    let total = priced.totals.total;
    let (next, refusal) = match decision {
        Decision::Change { .. } => (Next::Open, None),
        Decision::Pay { expected_total, .. }
            if total == totals.total && expected_total.is_none_or(|it| it == total) =>
        {
            (Next::Pay, None)
        }
        Decision::Pay { .. } => (Next::Open, Some(refusal(&Error::PriceChanged { total }))),
    };
    Ok(Repriced { priced, next, refusal })
}

fn refusal(error: &Error) -> Failure {
    Failure::of(error.name(), &error.detail())
}
