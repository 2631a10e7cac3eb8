//! Step of a checkout that succeeded: takes what was bought out of the cart.

use super::thaw_cart::{LetGo, let_go};
use crate::{CartError, domain::Cart, store::Store};

/// Empties the cart of what this order bought, once, and ends the order's hold.
///
/// # Errors
/// When the table fails.
pub async fn clear_purchased(store: &Store, input: LetGo) -> Result<(), CartError> {
    let_go(store, input, Cart::take_purchased).await
}
