//! What a checkout's outcome is to the client.

use rialto_http::{Fault, Problem, Response, code, respond};
use rialto_kernel::OrderId;
use serde_json::Value;

use crate::domain::Outcome;

/// 201 with the order, or the problem that ended it.
///
/// # Errors
/// 402, 404, 409 and 422, see the route's contract.
pub(super) fn answer(order_id: OrderId, outcome: &Outcome) -> Result<Response, Problem> {
    match outcome {
        Outcome::Confirmed { order } => respond::created(&location(order_id), order),
        Outcome::Refused { error, detail } => Err(problem(order_id, error, detail)),
    }
}

/// Where the order is.
pub(super) fn location(order_id: OrderId) -> String {
    format!("/v1/orders/{order_id}")
}

/// What ended the checkout, or refused a decision of its session.
pub(super) fn problem(order_id: OrderId, error: &str, detail: &Value) -> Problem {
    let member = |name: &str| detail.get(name).cloned().unwrap_or_default();
    let declined = |reason: Value| Problem::of(code::PAYMENT_DECLINED).with("reason", reason).with("orderId", order_id);
    match error {
        "CartNotFound" => Problem::not_found().detail("There is no such cart of yours."),
        "CartEmpty" => Problem::of(code::CART_EMPTY).detail("Add something to the cart first."),
        "MixedCurrencies" => Problem::of(code::MIXED_CURRENCIES),
        "AmountTooLarge" => {
            Problem::invalid("/cartId", Fault::OutOfRange, "the cart's total is more than one order can hold")
        }
        "AddressNotFound" => {
            Problem::invalid("/shippingAddressId", Fault::NotFound, "there is no such address of yours")
        }
        "PaymentMethodNotFound" => {
            Problem::invalid("/paymentMethodId", Fault::NotFound, "there is no such payment method of yours")
        }
        "CheckoutInProgress" => {
            let other = member("orderId");
            let problem = Problem::of(code::CHECKOUT_IN_PROGRESS).with("orderId", &other);
            match other.as_str().and_then(|id| id.parse().ok()) {
                Some(id) => problem.header(rialto_http::header::LOCATION, &location(id)),
                None => problem,
            }
        }
        "OfferUnavailable" => Problem::of(code::OFFER_UNAVAILABLE).with("items", member("items")),
        "PriceChanged" => Problem::of(code::PRICE_CHANGED).with("total", member("total")),
        "OutOfStock" => Problem::of(code::OUT_OF_STOCK).with("items", member("items")),
        "NotShipped" => Problem::invalid(
            "/shippingOption",
            Fault::NotAllowed,
            "it is not sent to that address so, in this currency",
        ),
        "ReservationExpired" | "SessionExpired" => Problem::of(code::RESERVATION_EXPIRED).with("orderId", order_id),
        "PaymentDeclined" if member("reason") == "UNKNOWN_PAYMENT_METHOD" => {
            Problem::invalid("/paymentMethodId", Fault::NotFound, "there is no such payment method")
        }
        "PaymentDeclined" | "CaptureRefused" => declined(member("reason")),
        "PaymentAmountDiffers" => declined("PAYMENT_AMOUNT_DIFFERS".into()),
        "PaymentOutcomeUnknown" | "PaymentActionRequired" | "PaymentPending" => declined("PAYMENT_TIMEOUT".into()),
        _ => Problem::of(code::ORDER_CANCELLED)
            .detail("The order was cancelled, nothing was charged. Check out again with a new key.")
            .with("orderId", order_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn status(error: &str, detail: Value) -> u16 {
        problem(OrderId::named(&["o"]), error, &detail).code().status
    }

    #[test]
    fn given_each_refusal_of_the_workflow_when_answered_then_the_status_is_the_agreed_one() {
        for (error, detail, expected) in [
            ("CartNotFound", json!({}), 404),
            ("CartEmpty", json!({}), 422),
            ("MixedCurrencies", json!({}), 422),
            ("AddressNotFound", json!({}), 422),
            ("PaymentMethodNotFound", json!({}), 422),
            ("CheckoutInProgress", json!({"orderId": "ord_0190163d8694739b9f3a1c5d7e9b2f40"}), 409),
            ("OfferUnavailable", json!({"items": []}), 409),
            ("PriceChanged", json!({"total": {"amount": 1, "currency": "USD"}}), 409),
            ("OutOfStock", json!({"items": []}), 409),
            ("ReservationExpired", json!({}), 409),
            ("SessionExpired", json!({}), 409),
            ("SessionCancelled", json!({}), 409),
            ("NotShipped", json!({}), 422),
            ("PaymentDeclined", json!({"reason": "INSUFFICIENT_FUNDS"}), 402),
            ("PaymentDeclined", json!({"reason": "UNKNOWN_PAYMENT_METHOD"}), 422),
            ("PaymentOutcomeUnknown", Value::Null, 402),
            ("PaymentAmountDiffers", Value::Null, 402),
            ("PaymentDeclined", json!({"reason": "AMOUNT_TOO_SMALL"}), 402),
            ("RunLost", Value::Null, 409),
            ("CaptureRefused", json!({"reason": "CAPTURE_REFUSED"}), 402),
            ("States.Timeout", Value::Null, 409),
        ] {
            assert_eq!(status(error, detail), expected, "{error}");
        }
    }
}
