//! What PayPal's errors mean for a payment.

use serde::Deserialize;

use crate::gateway::{AMOUNT_NOT_SUPPORTED, GatewayError, http::Reply};

#[derive(Debug, Default, Deserialize)]
struct ApiError {
    #[serde(default)]
    name: String,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Debug, Deserialize)]
struct Detail {
    issue: Option<String>,
}

/// The step is done, or something else was: how the order stands tells.
const PAST: [&str; 9] = [
    "ORDER_ALREADY_AUTHORIZED",
    "ORDER_ALREADY_CAPTURED",
    "ORDER_ALREADY_COMPLETED",
    "AUTHORIZATION_ALREADY_CAPTURED",
    "AUTHORIZATION_VOIDED",
    "PREVIOUSLY_CAPTURED",
    "PREVIOUSLY_VOIDED",
    "CAPTURE_FULLY_REFUNDED",
    "PAYER_ACTION_REQUIRED",
];

/// The meaning of an answer that is no success, by status and issue.
///
/// | Answer | Meaning |
/// |---|---|
/// | 422 about the instrument or the payer, 400 and 422 about the amount | declined |
/// | other 400, 404, 422 | rejected: our mistake |
/// | 401, 403 | nothing was done: our credentials |
/// | 429 | nothing was done |
/// | a used invoice id, 409, 5xx, anything else | unknown |
pub(super) fn of(reply: &Reply) -> GatewayError {
    let error: ApiError = serde_json::from_slice(&reply.body).unwrap_or_default();
    let issue = issue(&error);
    let status = reply.status.as_u16();
    if let (400 | 422, Some(code)) = (status, amount(issue)) {
        return GatewayError::Declined { code: code.to_owned() };
    }
    match status {
        // Somebody took this key's payment.
        422 if issue == "DUPLICATE_INVOICE_ID" => GatewayError::unknown(),
        422 => match decline(issue) {
            Some(code) => GatewayError::Declined { code: code.to_owned() },
            None => GatewayError::Rejected { code: issue.to_owned() },
        },
        400 | 404 => GatewayError::Rejected { code: issue.to_owned() },
        401 | 403 => GatewayError::Transient("paypal does not take our credentials".to_owned()),
        429 => GatewayError::RateLimited,
        _ => GatewayError::unknown(),
    }
}

/// Whether the order is past the step that was asked for.
pub(super) fn is_past(reply: &Reply) -> bool {
    let error: ApiError = serde_json::from_slice(&reply.body).unwrap_or_default();
    reply.status.as_u16() == 422 && PAST.contains(&issue(&error))
}

fn issue(error: &ApiError) -> &str {
    let first = error.details.first().and_then(|detail| detail.issue.as_deref());
    first.unwrap_or(&error.name)
}

/// What PayPal has against an amount or its currency. No other method would help at PayPal.
fn amount(issue: &str) -> Option<&'static str> {
    match issue {
        "CANNOT_BE_ZERO_OR_NEGATIVE" => Some("AMOUNT_TOO_SMALL"),
        "MAX_VALUE_EXCEEDED" => Some("AMOUNT_TOO_LARGE"),
        "INVALID_CURRENCY_CODE" | "DECIMAL_PRECISION" | "DECIMALS_NOT_SUPPORTED" => Some(AMOUNT_NOT_SUPPORTED),
        _ => None,
    }
}

fn decline(issue: &str) -> Option<&'static str> {
    match issue {
        "INSTRUMENT_DECLINED"
        | "TRANSACTION_REFUSED"
        | "PAYER_CANNOT_PAY"
        | "PAYER_ACCOUNT_RESTRICTED"
        | "PAYER_ACCOUNT_LOCKED_OR_CLOSED"
        | "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED"
        | "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING" => Some("PAYMENT_DECLINED"),
        "TRANSACTION_LIMIT_EXCEEDED" | "TRANSACTION_AMOUNT_EXCEEDS_MONTHLY_MAX_LIMIT" => Some("INSUFFICIENT_FUNDS"),
        "CARD_EXPIRED" => Some("CARD_EXPIRED"),
        "TOKEN_ID_NOT_FOUND" | "BILLING_AGREEMENT_NOT_FOUND" | "AGREEMENT_ALREADY_CANCELLED" => {
            Some("UNKNOWN_PAYMENT_METHOD")
        }
        "AUTHORIZATION_EXPIRED" | "AUTHORIZATION_DENIED" => Some("CAPTURE_REFUSED"),
        "REFUND_AMOUNT_EXCEEDED" | "REFUND_NOT_ALLOWED" | "REFUND_TIME_LIMIT_EXCEEDED" => Some("REFUND_REFUSED"),
        _ => None,
    }
}
