//! Stripe's shapes, as far as they are read.

use rialto_kernel::{Currency, Money};
use serde::Deserialize;

use super::errors::{self, ApiError};
use crate::{
    domain::{Standing, Stands},
    gateway::{GatewayError, RefundOutcome, minor},
};

/// Without minor units at Stripe.
const ZERO_DECIMALS: [&str; 15] =
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
/// With three, of which the last one must be 0.
const THREE_DECIMALS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// The decimals of Stripe's amounts. ISK and UGX have none any more, but are still written with two, ending in 00.
/// Source: Stripe, "Supported currencies".
pub(super) fn decimals(currency: Currency) -> u32 {
    match currency.code() {
        code if ZERO_DECIMALS.contains(&code) => 0,
        code if THREE_DECIMALS.contains(&code) => 3,
        _ => 2,
    }
}

/// An amount as Stripe takes it; `None` where it cannot hold it exactly.
pub(super) fn amount(amount: Money) -> Option<i64> {
    let decimals = decimals(amount.currency());
    let scaled = minor::rescaled(amount, decimals)?;
    if decimals == 3 && scaled.checked_rem(10)? != 0 { None } else { Some(scaled) }
}

#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Metadata {
    pub(super) payment_id: Option<String>,
    pub(super) refund_id: Option<String>,
    pub(super) key: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PaymentIntent {
    pub(super) id: String,
    status: String,
    amount: i64,
    currency: String,
    #[serde(default)]
    pub(super) metadata: Metadata,
    last_payment_error: Option<ApiError>,
    next_action: Option<NextAction>,
    latest_charge: Option<Charge>,
}

#[derive(Debug, Deserialize)]
struct NextAction {
    redirect_to_url: Option<RedirectToUrl>,
}

#[derive(Debug, Deserialize)]
struct RedirectToUrl {
    url: Option<String>,
}

/// An id, unless the request asked for more.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Charge {
    Expanded { amount_refunded: i64 },
    Id(#[allow(dead_code, reason = "only its shape is of interest")] String),
}

impl PaymentIntent {
    /// How the payment stands; unknown where Stripe says what we do not know.
    pub(super) fn standing(&self) -> Result<Standing, GatewayError> {
        let unknown = || GatewayError::OutcomeUnknown { reference: Some(self.id.clone()) };
        let currency: Currency = self.currency.to_ascii_uppercase().parse().map_err(|_| unknown())?;
        let stands = match self.status.as_str() {
            "requires_payment_method" => match &self.last_payment_error {
                Some(error) => Stands::Failed { reason: errors::decline(error).to_owned() },
                None => Stands::Open,
            },
            "requires_confirmation" => Stands::Open,
            "requires_action" => {
                let redirect = self.next_action.as_ref().and_then(|action| action.redirect_to_url.as_ref());
                Stands::ActionRequired { redirect: redirect.and_then(|to| to.url.clone()) }
            }
            "processing" => Stands::Pending { received: 0 },
            "requires_capture" => Stands::Authorised,
            "succeeded" => Stands::Captured,
            "canceled" => Stands::Cancelled,
            _ => return Err(unknown()),
        };
        let money = |amount| minor::restored(amount, decimals(currency), currency).ok_or_else(unknown);
        let refunded = match &self.latest_charge {
            Some(Charge::Expanded { amount_refunded }) => money(*amount_refunded)?.amount(),
            _ => 0,
        };
        Ok(Standing { reference: self.id.clone(), stands, amount: money(self.amount)?, refunded })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    status: Option<String>,
    #[serde(default)]
    pub(super) metadata: Metadata,
}

impl Refund {
    pub(super) fn outcome(&self) -> Result<RefundOutcome, GatewayError> {
        match self.status.as_deref() {
            Some("succeeded") => Ok(RefundOutcome::Done),
            Some("pending" | "requires_action") => Ok(RefundOutcome::Pending),
            Some("failed" | "canceled") => Err(GatewayError::Declined { code: "REFUND_FAILED".to_owned() }),
            _ => Err(GatewayError::unknown()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_a_currency_when_written_for_stripe_then_its_special_rules_hold() {
        for (ours, code, theirs) in [
            (1999, "USD", Some(1999)),
            (500, "JPY", Some(500)),
            (5, "ISK", Some(500)),
            (5, "UGX", Some(500)),
            (1900, "MGA", Some(19)),
            (1901, "MGA", None),
            (5120, "KWD", Some(5120)),
            (5124, "KWD", None),
            (1050, "HUF", Some(1050)),
        ] {
            assert_eq!(amount(Money::new(ours, code.parse().unwrap())), theirs, "{ours} {code}");
        }
    }
}
