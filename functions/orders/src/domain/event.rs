//! What can happen to an order.

use rialto_kernel::{CartId, OrderLine, PaymentId, Totals, UserId};
use serde::{Deserialize, Serialize};

use super::{Ending, Failure, Status};

/// Who buys, and from which cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// Who buys.
    pub shopper_id: UserId,
    /// From which cart.
    pub cart_id: CartId,
}

/// What happened to an order: the truth its view is made from. It names no address, so that it can be kept for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all_fields = "camelCase")]
pub enum Event {
    /// The order exists; nothing is promised yet.
    OrderCreated(Origin),
    /// It is priced and its stock reserved; payment begins.
    OrderPaymentPending {
        /// What is bought.
        lines: Vec<OrderLine>,
        /// What it costs.
        totals: Totals,
        /// What it is paid with.
        payment_method_id: String,
        /// By which payment.
        #[serde(default)]
        payment_id: Option<PaymentId>,
    },
    /// It is paid and its stock taken: the point of no return.
    OrderConfirmed,
    /// It was not paid.
    OrderPaymentFailed(Failure),
    /// It was given up before payment.
    OrderCancelled(Failure),
    /// Its reservation ran out first.
    OrderExpired(Failure),
}

impl Event {
    /// The event that ends an order so.
    #[must_use]
    pub fn of_failure(failure: Failure) -> Self {
        match failure.ending {
            Ending::PaymentFailed => Self::OrderPaymentFailed(failure),
            Ending::Cancelled => Self::OrderCancelled(failure),
            Ending::Expired => Self::OrderExpired(failure),
        }
    }

    /// Its name in the timeline: its type on the bus without the schema's version.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::OrderCreated(_) => "OrderCreated",
            Self::OrderPaymentPending { .. } => "OrderPaymentPending",
            Self::OrderConfirmed => "OrderConfirmed",
            Self::OrderPaymentFailed(_) => "OrderPaymentFailed",
            Self::OrderCancelled(_) => "OrderCancelled",
            Self::OrderExpired(_) => "OrderExpired",
        }
    }

    /// The status it leads to.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::OrderCreated(_) => Status::Created,
            Self::OrderPaymentPending { .. } => Status::PaymentPending,
            Self::OrderConfirmed => Status::Confirmed,
            Self::OrderPaymentFailed(_) => Status::PaymentFailed,
            Self::OrderCancelled(_) => Status::Cancelled,
            Self::OrderExpired(_) => Status::Expired,
        }
    }
}
