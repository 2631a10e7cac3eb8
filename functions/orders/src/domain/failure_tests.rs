use serde_json::json;

use super::*;

fn of(error: &str, detail: &Value) -> Failure {
    let cause = json!({"errorType": error, "errorMessage": detail.to_string()}).to_string();
    Failure::of_step(error, &cause)
}

#[test]
fn given_each_refusal_of_a_step_when_read_then_ending_and_reason_follow() {
    use Ending::{Cancelled, Expired, PaymentFailed};
    for (error, ending, reason) in [
        ("PaymentDeclined", PaymentFailed, "PAYMENT_DECLINED"),
        ("PaymentOutcomeUnknown", PaymentFailed, "PAYMENT_TIMEOUT"),
        ("CaptureRefused", PaymentFailed, "CAPTURE_REFUSED"),
        ("PaymentAmountDiffers", PaymentFailed, "PAYMENT_AMOUNT_DIFFERS"),
        ("RunLost", Cancelled, "INTERRUPTED"),
        ("ReservationExpired", Expired, "RESERVATION_EXPIRED"),
        ("SessionExpired", Expired, "SESSION_EXPIRED"),
        ("SessionCancelled", Cancelled, "GIVEN_UP"),
        ("NotShipped", Cancelled, "NOT_SHIPPED"),
        ("OutOfStock", Cancelled, "OUT_OF_STOCK"),
        ("PriceChanged", Cancelled, "PRICE_CHANGED"),
        ("MixedCurrencies", Cancelled, "MIXED_CURRENCIES"),
        ("AmountTooLarge", Cancelled, "AMOUNT_TOO_LARGE"),
        ("OfferUnavailable", Cancelled, "OFFER_UNAVAILABLE"),
        ("AddressNotFound", Cancelled, "ADDRESS_NOT_FOUND"),
        ("CartNotFound", Cancelled, "CART_NOT_FOUND"),
        ("CartEmpty", Cancelled, "CART_EMPTY"),
        ("CheckoutInProgress", Cancelled, "CHECKOUT_IN_PROGRESS"),
        ("States.Timeout", Cancelled, "INTERNAL"),
    ] {
        let failure = of(error, &json!({}));
        assert_eq!((failure.ending, failure.reason.as_str(), failure.detail), (ending, reason, None), "{error}");
    }
}

#[test]
fn given_a_detail_when_read_then_it_is_kept_and_says_more_of_a_decline() {
    let items = json!({"items": [{"offerId": "off_1", "available": 1}]});
    assert_eq!(of("OutOfStock", &items).detail, Some(items));
    for (said, reason) in [
        ("INSUFFICIENT_FUNDS", "INSUFFICIENT_FUNDS"),
        ("AMOUNT_TOO_SMALL", "AMOUNT_TOO_SMALL"),
        ("AMOUNT_TOO_LARGE", "AMOUNT_TOO_LARGE"),
        ("PARTLY_PAID", "PARTLY_PAID"),
        ("do_not_honor", "PAYMENT_DECLINED"),
    ] {
        assert_eq!(of("PaymentDeclined", &json!({"reason": said})).reason, reason);
    }
}

#[test]
fn given_a_failure_of_ours_or_rubbish_when_read_then_nothing_of_it_is_told() {
    assert_eq!(of("Unavailable", &json!({"secret": 1})).detail, None);
    for cause in
        ["", "not JSON", "[]", r#"{"errorMessage": 5}"#, r#"{"errorMessage": "text"}"#, r#"{"errorMessage": "[1]"}"#]
    {
        assert_eq!(Failure::of_step("OutOfStock", cause).detail, None, "{cause}");
    }
}
