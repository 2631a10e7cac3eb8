//! Step of a checkout: the order exists from here on.

use rialto_kernel::OrderId;
use serde::Deserialize;

use super::carry_out::carry_out;
use crate::{
    OrderError,
    domain::{Command, Origin},
    store::Store,
};

/// The order to create.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateOrder {
    /// Drawn when the checkout was asked for.
    pub order_id: OrderId,
    /// Who buys, and from which cart.
    #[serde(flatten)]
    pub origin: Origin,
}

/// Creates the order. Repeating it changes nothing.
///
/// # Errors
/// [`OrderError::IllegalTransition`] when the order has gone on already, or is another shopper's.
pub async fn create_order(store: &Store, input: CreateOrder) -> Result<(), OrderError> {
    carry_out(store, input.order_id, &Command::Create(input.origin)).await.map(drop)
}
