//! Step of a checkout: gives the cart to one order. Repeated, it answers the same.

use rialto_kernel::{CartId, OfferId, OrderId, Quantity, UserId};
use serde::{Deserialize, Serialize};

use super::pause;
use crate::{
    CartError,
    domain::{Owner, SHOPPER_LIFE},
    store::Store,
};

const ATTEMPTS: u64 = 25;

/// Whose checkout, and of which cart.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FreezeCart {
    /// The order that wants the cart.
    pub order_id: OrderId,
    /// Who buys.
    pub shopper_id: UserId,
    /// Must be the shopper's own.
    pub cart_id: CartId,
}

/// What is bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FrozenCart {
    /// The version that is bought.
    pub cart_version: u64,
    /// One an offer.
    pub lines: Vec<FrozenLine>,
}

/// So many of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FrozenLine {
    /// What.
    pub offer_id: OfferId,
    /// How many.
    pub quantity: Quantity,
}

/// Freezes the cart.
///
/// # Errors
/// [`CartError::CartNotFound`], [`CartError::CartEmpty`], [`CartError::CheckoutInProgress`];
/// [`CartError::CheckoutClosed`] when the order was done with the cart before this came.
pub async fn freeze_cart(store: &Store, input: FreezeCart) -> Result<FrozenCart, CartError> {
    let FreezeCart { order_id, shopper_id, cart_id } = input;
    if Owner::Shopper(shopper_id).cart_id() != cart_id {
        return Err(CartError::CartNotFound);
    }
    for attempt in 0..ATTEMPTS {
        pause(attempt).await;
        let now = rialto_lambda::now();
        let (mut cart, closed) = store.cart_for_checkout(cart_id, order_id, now).await?;
        if closed {
            return Err(CartError::CheckoutClosed(order_id));
        }
        let was = cart.version;
        let frozen = cart.freeze(order_id)?;
        let lines = cart.lines.iter().map(|line| FrozenLine { offer_id: line.offer_id, quantity: line.quantity });
        let answer = FrozenCart { cart_version: frozen.version, lines: lines.collect() };
        if cart.version == was || store.save(&cart, was, now + SHOPPER_LIFE, [store.still_open(order_id)]).await? {
            return Ok(answer);
        }
    }
    Err(CartError::Busy)
}
