//! Step of a checkout: takes the order to its next state.

use rialto_kernel::{CartId, OrderId, UserId};
use serde::{Deserialize, Serialize};

use super::carry_out::carry_out;
use crate::{
    OrderError,
    domain::{Bill, Command, Failure, OrderView, Origin},
    store::Store,
};

/// Which order, and what has come about.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdvanceOrder {
    /// The order.
    pub order_id: OrderId,
    /// With a failure: who buys, should the order not exist.
    pub shopper_id: Option<UserId>,
    /// With a failure: from which cart, should the order not exist.
    pub cart_id: Option<CartId>,
    /// What has come about.
    pub change: ChangeOfOrder,
}

/// What has come about.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChangeOfOrder {
    /// Priced and reserved.
    PaymentPending(Box<Bill>),
    /// Paid.
    Confirmed,
    /// Over.
    Failed {
        /// What the workflow caught.
        failure: Caught,
    },
}

/// A failure as a workflow catches it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Caught {
    /// The name the step failed with.
    pub error: String,
    /// The report of its function, as JSON text.
    #[serde(default)]
    pub cause: String,
}

/// The order after the change.
#[derive(Debug, Clone, Serialize)]
pub struct Advanced {
    /// As its shopper sees it.
    pub order: OrderView,
}

/// Takes the order to its next state. Repeating it changes nothing.
///
/// # Errors
/// [`OrderError::OrderNotFound`], [`OrderError::IllegalTransition`].
pub async fn advance_order(store: &Store, input: AdvanceOrder) -> Result<Advanced, OrderError> {
    let command = match input.change {
        ChangeOfOrder::PaymentPending(bill) => Command::AwaitPayment(bill),
        ChangeOfOrder::Confirmed => Command::Confirm,
        ChangeOfOrder::Failed { failure } => Command::Fail {
            failure: Failure::of_step(&failure.error, &failure.cause),
            origin: input.shopper_id.zip(input.cart_id).map(|(shopper_id, cart_id)| Origin { shopper_id, cart_id }),
        },
    };
    let order = carry_out(store, input.order_id, &command).await?;
    Ok(Advanced { order: OrderView::of(&order).map_err(OrderError::data)? })
}
