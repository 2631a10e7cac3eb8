//! What Stripe's errors mean for a payment.

use serde::Deserialize;

use crate::gateway::{AMOUNT_NOT_SUPPORTED, GatewayError, http::Reply};

/// The code of a request whose key was used for another one.
pub(super) const OTHER_REQUEST: &str = "idempotency_error";

#[derive(Debug, Default, Deserialize)]
struct Envelope {
    error: ApiError,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ApiError {
    #[serde(rename = "type", default)]
    kind: String,
    code: Option<String>,
    decline_code: Option<String>,
    param: Option<String>,
}

/// The meaning of an answer that is no success, by status, type and code.
///
/// | Answer | Meaning |
/// |---|---|
/// | 402; 400 of type `card_error`; an unknown payment method; an amount or currency that it does not take | declined |
/// | other 400, 404 | rejected: our mistake, unless `Stripe-Should-Retry` says that a repeat may do |
/// | 401, 403 | nothing was done: our credentials |
/// | 409 | unknown: a request with this key is running |
/// | 429 | nothing was done |
/// | 424, 5xx, anything else | unknown |
pub(super) fn of(reply: &Reply) -> GatewayError {
    let error = body(reply);
    let rejected = || match reply.says("stripe-should-retry") {
        Some(true) => GatewayError::Transient("stripe asks for a repeat".to_owned()),
        _ => GatewayError::Rejected { code: error.code.clone().unwrap_or_else(|| error.kind.clone()) },
    };
    let status = reply.status.as_u16();
    if let (400, Some(code)) = (status, amount(&error)) {
        return GatewayError::Declined { code: code.to_owned() };
    }
    match status {
        402 => GatewayError::Declined { code: decline(&error).to_owned() },
        400 if error.kind == "card_error" => GatewayError::Declined { code: decline(&error).to_owned() },
        400 | 404 if is_method_missing(&error) => GatewayError::Declined { code: "UNKNOWN_PAYMENT_METHOD".to_owned() },
        400 if error.kind == OTHER_REQUEST => GatewayError::Rejected { code: OTHER_REQUEST.to_owned() },
        400 | 404 => rejected(),
        401 | 403 => GatewayError::Transient("stripe does not take our key".to_owned()),
        429 => GatewayError::RateLimited,
        _ => GatewayError::unknown(),
    }
}

/// Whether the intent is past the step that was asked for, so that how it stands tells the outcome.
pub(super) fn is_past(reply: &Reply) -> bool {
    reply.status.as_u16() == 400 && body(reply).code.as_deref() == Some("payment_intent_unexpected_state")
}

/// Our code for a decline: only what helps the shopper. Why a bank suspects a card is not told.
pub(super) fn decline(error: &ApiError) -> &'static str {
    match error.decline_code.as_deref().or(error.code.as_deref()) {
        Some("insufficient_funds" | "withdrawal_count_limit_exceeded" | "card_velocity_exceeded") => {
            "INSUFFICIENT_FUNDS"
        }
        Some("expired_card" | "invalid_expiry_month" | "invalid_expiry_year") => "CARD_EXPIRED",
        Some("incorrect_cvc" | "invalid_cvc") => "INCORRECT_CVC",
        Some("authentication_required" | "payment_intent_authentication_failure") => "AUTHENTICATION_REQUIRED",
        Some("currency_not_supported" | "card_not_supported") => "PAYMENT_METHOD_NOT_SUPPORTED",
        Some("charge_expired_for_capture") => "CAPTURE_REFUSED",
        _ => "PAYMENT_DECLINED",
    }
}

/// What Stripe has against an amount or its currency. No other method would help at Stripe.
fn amount(error: &ApiError) -> Option<&'static str> {
    match error.code.as_deref() {
        Some("amount_too_small") => Some("AMOUNT_TOO_SMALL"),
        Some("amount_too_large") => Some("AMOUNT_TOO_LARGE"),
        Some("invalid_currency" | "currency_not_supported") => Some(AMOUNT_NOT_SUPPORTED),
        _ => None,
    }
}

fn is_method_missing(error: &ApiError) -> bool {
    error.code.as_deref() == Some("resource_missing") && error.param.as_deref() == Some("payment_method")
}

fn body(reply: &Reply) -> ApiError {
    serde_json::from_slice::<Envelope>(&reply.body).unwrap_or_default().error
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use reqwest::{StatusCode, header::HeaderMap};

    use super::*;

    fn reply(status: u16, body: &str, retry: Option<&str>) -> Reply {
        let mut headers = HeaderMap::new();
        if let Some(retry) = retry {
            headers.insert("stripe-should-retry", retry.parse().unwrap());
        }
        Reply { status: StatusCode::from_u16(status).unwrap(), headers, body: body.into() }
    }

    #[test]
    fn given_an_answer_of_each_kind_when_read_then_only_what_is_definite_is_taken_as_definite() {
        let declined = |code: &str| GatewayError::Declined { code: code.to_owned() };
        let rejected = |code: &str| GatewayError::Rejected { code: code.to_owned() };
        let card = r#"{"error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds"}}"#;
        let stolen = r#"{"error":{"type":"card_error","code":"card_declined","decline_code":"stolen_card"}}"#;
        let expired = r#"{"error":{"type":"card_error","code":"expired_card"}}"#;
        let method = r#"{"error":{"type":"invalid_request_error","code":"resource_missing","param":"payment_method"}}"#;
        let mistake = r#"{"error":{"type":"invalid_request_error","code":"parameter_missing","param":"amount"}}"#;
        let other = r#"{"error":{"type":"idempotency_error","message":"Keys for idempotent requests can only be used with the same parameters"}}"#;
        let small = r#"{"error":{"type":"invalid_request_error","code":"amount_too_small","param":"amount"}}"#;
        let large = r#"{"error":{"type":"invalid_request_error","code":"amount_too_large","param":"amount"}}"#;
        let lock = r#"{"error":{"type":"invalid_request_error","code":"lock_timeout"}}"#;
        let api = r#"{"error":{"type":"api_error"}}"#;
        for (status, body, retry, meaning) in [
            (402, card, None, declined("INSUFFICIENT_FUNDS")),
            (402, stolen, None, declined("PAYMENT_DECLINED")),
            (402, expired, Some("false"), declined("CARD_EXPIRED")),
            (402, "not json", None, declined("PAYMENT_DECLINED")),
            (400, method, None, declined("UNKNOWN_PAYMENT_METHOD")),
            (400, mistake, None, rejected("parameter_missing")),
            (400, small, None, declined("AMOUNT_TOO_SMALL")),
            (400, large, None, declined("AMOUNT_TOO_LARGE")),
            (400, mistake, Some("true"), GatewayError::Transient("stripe asks for a repeat".to_owned())),
            (400, other, None, rejected("idempotency_error")),
            (404, mistake, None, rejected("parameter_missing")),
            (409, other, None, GatewayError::unknown()),
            (429, lock, Some("true"), GatewayError::RateLimited),
            (424, api, None, GatewayError::unknown()),
            (500, api, Some("false"), GatewayError::unknown()),
            (502, "<html>", None, GatewayError::unknown()),
            (503, api, Some("true"), GatewayError::unknown()),
            (302, "", None, GatewayError::unknown()),
        ] {
            assert_eq!(of(&reply(status, body, retry)), meaning, "{status} {body}");
        }
        for status in [401, 403] {
            assert!(matches!(of(&reply(status, api, None)), GatewayError::Transient(_)));
        }
    }
}
