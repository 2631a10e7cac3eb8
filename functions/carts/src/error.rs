//! What the carts service refuses, and what it fails with.

use rialto_events::MalformedEvent;
use rialto_kernel::{OfferId, OrderId, Quantity};
use rialto_lambda::{StepError, UNAVAILABLE};
use serde_json::{Value, json};
use thiserror::Error;

use crate::domain::{Sku, SkuError};

/// A refusal or a failure of the carts service.
#[derive(Debug, Error)]
pub enum CartError {
    /// No offer is known by what the request names.
    #[error("there is no such offer")]
    OfferNotFound,
    /// The offer is known, but no longer sold.
    #[error("the offer {0} is no longer sold")]
    OfferUnavailable(OfferId),
    /// Several offers are sold under the sku.
    #[error("several sellers use the SKU {0}: name the offer")]
    AmbiguousSku(Sku),
    /// Fewer units are left than the line would want.
    #[error("{available} are left of the {requested} asked for", requested = requested.get())]
    OutOfStock {
        /// Of what.
        offer: OfferId,
        /// How many the line would want.
        requested: Quantity,
        /// How many are left.
        available: u32,
    },
    /// The line would want more than a line can, or cost more than an amount can hold.
    #[error("a line cannot want so many")]
    QuantityTooLarge,
    /// The cart has as many lines as it can have.
    #[error("the cart has as many lines as it can have")]
    TooManyLines,
    /// The offer is priced in another currency than the cart.
    #[error("the offer is priced in another currency than the cart")]
    MixedCurrencies,
    /// The cart has no such line.
    #[error("the cart has no such line")]
    LineNotFound,
    /// A checkout holds the cart.
    #[error("the checkout of the order {0} holds the cart")]
    CheckoutInProgress(OrderId),
    /// The cart is not the shopper's own.
    #[error("the shopper has no such cart")]
    CartNotFound,
    /// There is nothing to buy.
    #[error("the cart is empty")]
    CartEmpty,
    /// The order has already let go of the cart: a freeze that comes after that is late.
    #[error("the order {0} is done with the cart")]
    CheckoutClosed(OrderId),
    /// The cart is not at the version the request names.
    #[error("the cart is at another version")]
    VersionMismatch,
    /// The cart kept changing under the request.
    #[error("the cart kept changing")]
    Busy,
    /// The table failed.
    #[error(transparent)]
    Table(#[from] rialto_dynamo::Error),
    /// An event, or an answer to be stored, is not what it should be.
    #[error("unusable data: {0}")]
    Data(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<serde_json::Error> for CartError {
    fn from(error: serde_json::Error) -> Self {
        Self::Data(error.into())
    }
}

impl From<MalformedEvent> for CartError {
    fn from(error: MalformedEvent) -> Self {
        Self::Data(error.into())
    }
}

impl From<SkuError> for CartError {
    fn from(error: SkuError) -> Self {
        Self::Data(error.into())
    }
}

impl StepError for CartError {
    fn name(&self) -> &'static str {
        match self {
            Self::CartNotFound => "CartNotFound",
            Self::CartEmpty => "CartEmpty",
            Self::CheckoutInProgress(_) => "CheckoutInProgress",
            Self::CheckoutClosed(_) => "CheckoutClosed",
            _ => UNAVAILABLE,
        }
    }

    fn detail(&self) -> Value {
        match self {
            Self::CheckoutInProgress(order) => json!({ "orderId": order }),
            _ => json!({}),
        }
    }
}
