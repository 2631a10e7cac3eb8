//! Why an order ended without being bought.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How an order ends that is not bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Ending {
    /// The payment was refused, or its outcome stayed unknown.
    PaymentFailed,
    /// It never came to a payment, or failed on our side.
    Cancelled,
    /// The reservation ran out before the payment was there.
    Expired,
}

/// How and why an order ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// How.
    pub ending: Ending,
    /// Why, as a code such as `OUT_OF_STOCK`.
    pub reason: String,
    /// What the reason is about, such as the offers and what is left of them. Only of refusals meant for the shopper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Value>,
}

impl Failure {
    /// Reads a workflow's failure: `error` is the name a step failed with, `cause` the report of its function, whose
    /// `errorMessage` is the detail as JSON text. What is not a refusal of the domain is ours, and told as no more.
    #[must_use]
    pub fn of_step(error: &str, cause: &str) -> Self {
        use Ending::{Cancelled, Expired, PaymentFailed};
        let detail = detail(cause);
        let (ending, reason) = match error {
            "PaymentDeclined" => (PaymentFailed, decline(detail.as_ref())),
            "PaymentOutcomeUnknown" | "PaymentActionRequired" | "PaymentPending" => (PaymentFailed, "PAYMENT_TIMEOUT"),
            "CaptureRefused" => (PaymentFailed, "CAPTURE_REFUSED"),
            "PaymentAmountDiffers" => (PaymentFailed, "PAYMENT_AMOUNT_DIFFERS"),
            "ReservationExpired" => (Expired, "RESERVATION_EXPIRED"),
            "SessionExpired" => (Expired, "SESSION_EXPIRED"),
            "SessionCancelled" => (Cancelled, "GIVEN_UP"),
            "NotShipped" => (Cancelled, "NOT_SHIPPED"),
            "OutOfStock" => (Cancelled, "OUT_OF_STOCK"),
            "PriceChanged" => (Cancelled, "PRICE_CHANGED"),
            "MixedCurrencies" => (Cancelled, "MIXED_CURRENCIES"),
            "AmountTooLarge" => (Cancelled, "AMOUNT_TOO_LARGE"),
            "OfferUnavailable" => (Cancelled, "OFFER_UNAVAILABLE"),
            "AddressNotFound" => (Cancelled, "ADDRESS_NOT_FOUND"),
            "PaymentMethodNotFound" => (Cancelled, "PAYMENT_METHOD_NOT_FOUND"),
            "CartNotFound" => (Cancelled, "CART_NOT_FOUND"),
            "CartEmpty" => (Cancelled, "CART_EMPTY"),
            "CheckoutInProgress" => (Cancelled, "CHECKOUT_IN_PROGRESS"),
            "RunLost" => (Cancelled, "INTERRUPTED"),
            _ => return Self { ending: Cancelled, reason: "INTERNAL".to_owned(), detail: None },
        };
        Self { ending, reason: reason.to_owned(), detail }
    }
}

/// What the gateway can say of a payment that it refuses, in our words; of all else the shopper is told no more than that.
const DECLINES: [&str; 6] = [
    "INSUFFICIENT_FUNDS",
    "AMOUNT_TOO_SMALL",
    "AMOUNT_TOO_LARGE",
    "AMOUNT_NOT_SUPPORTED",
    "PAYMENT_EXPIRED",
    "PARTLY_PAID",
];

fn decline(detail: Option<&Value>) -> &'static str {
    let said = detail.and_then(|detail| detail.get("reason")).and_then(Value::as_str).unwrap_or_default();
    DECLINES.into_iter().find(|reason| said.eq_ignore_ascii_case(reason)).unwrap_or("PAYMENT_DECLINED")
}

/// The step's detail, when it is an object that says something.
fn detail(cause: &str) -> Option<Value> {
    let report: Value = serde_json::from_str(cause).ok()?;
    let detail: Value = serde_json::from_str(report.get("errorMessage")?.as_str()?).ok()?;
    detail.as_object().is_some_and(|members| !members.is_empty()).then_some(detail)
}

#[cfg(test)]
#[path = "failure_tests.rs"]
mod tests;
