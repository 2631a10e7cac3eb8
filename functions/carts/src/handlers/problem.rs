//! Refusals as problems.

use rialto_http::{Fault, Problem, code, header};
use serde_json::json;

use crate::CartError;

/// The problem of a refusal. `pointer` is where the request's body names the line or offer; none when its path does.
pub(super) fn problem(error: CartError, pointer: Option<&str>) -> Problem {
    let detail = error.to_string();
    match error {
        CartError::OfferNotFound => Problem::invalid(pointer.unwrap_or("/offerId"), Fault::NotFound, detail),
        CartError::LineNotFound => match pointer {
            Some(pointer) => Problem::invalid(pointer, Fault::NotFound, detail),
            None => Problem::not_found(),
        },
        CartError::QuantityTooLarge => Problem::invalid("/quantity", Fault::OutOfRange, detail),
        CartError::OfferUnavailable(offer) => {
            Problem::of(code::OFFER_UNAVAILABLE).detail(detail).with("items", [json!({ "offerId": offer })])
        }
        CartError::OutOfStock { offer, requested, available } => {
            let item = json!({ "offerId": offer, "requested": requested, "available": available });
            Problem::of(code::OUT_OF_STOCK).detail(detail).with("available", available).with("items", [item])
        }
        CartError::CheckoutInProgress(order) => Problem::of(code::CHECKOUT_IN_PROGRESS)
            .detail(detail)
            .with("orderId", order)
            .header(header::LOCATION, &format!("/v1/orders/{order}")),
        CartError::AmbiguousSku(_) => Problem::of(code::AMBIGUOUS_SKU).detail(detail),
        CartError::TooManyLines => Problem::of(code::CART_FULL),
        CartError::MixedCurrencies => Problem::of(code::MIXED_CURRENCIES).detail(detail),
        CartError::VersionMismatch => Problem::of(code::PRECONDITION_FAILED),
        CartError::CartEmpty => Problem::of(code::CART_EMPTY),
        CartError::CartNotFound => Problem::not_found(),
        CartError::Table(error) => error.into(),
        CartError::Busy => Problem::unavailable(CartError::Busy),
        error @ (CartError::CheckoutClosed(_) | CartError::Data(_)) => Problem::internal(error),
    }
}
