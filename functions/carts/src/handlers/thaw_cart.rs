//! Step of a checkout that failed: gives the cart back to its shopper.

use rialto_kernel::{CartId, OrderId};
use serde::Deserialize;

use super::pause;
use crate::{
    CartError,
    domain::{Cart, SHOPPER_LIFE},
    store::Store,
};

const ATTEMPTS: u64 = 25;

/// Which order is done with which cart.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LetGo {
    /// The cart.
    pub cart_id: CartId,
    /// The order.
    pub order_id: OrderId,
}

/// Ends the order's hold. A cart that it does not hold, or that is not there, is left alone.
///
/// # Errors
/// When the table fails.
pub async fn thaw_cart(store: &Store, input: LetGo) -> Result<(), CartError> {
    let_go(store, input, Cart::thaw).await
}

/// Closes first, so that a freeze of this order that comes late finds the door shut; then ends the hold as `end` does.
pub(super) async fn let_go(
    store: &Store,
    input: LetGo,
    end: impl Fn(&mut Cart, OrderId) -> bool,
) -> Result<(), CartError> {
    store.close(input.order_id, rialto_lambda::now()).await?;
    for attempt in 0..ATTEMPTS {
        pause(attempt).await;
        let now = rialto_lambda::now();
        let mut cart = store.cart(input.cart_id, now).await?;
        let was = cart.version;
        if !end(&mut cart, input.order_id) || store.save(&cart, was, now + SHOPPER_LIFE, []).await? {
            return Ok(());
        }
    }
    Err(CartError::Busy)
}
