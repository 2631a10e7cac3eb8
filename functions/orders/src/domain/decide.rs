//! Which commands an order takes, and what follows from them.
//!
//! | | create | await payment | confirm | fail |
//! |---|---|---|---|---|
//! | absent | Created | - | - | Created, then the ending |
//! | CREATED | done, if the same | PaymentPending | - | the ending |
//! | PAYMENT_PENDING | - | done, if the same | Confirmed | the ending |
//! | CONFIRMED | - | - | done | - |
//! | PAYMENT_FAILED, CANCELLED, EXPIRED | - | - | - | done: the first ending stands |
//!
//! So a failure is refused by a confirmed order only, which is how a run that settles what a lost one has left learns that
//! there is nothing to undo; and from the ending on the lost run's confirmation, should it still come, is refused.

use super::{Bill, Event, Failure, Order, Origin, Status};
use crate::OrderError;

/// What the checkout wants of an order. Repeating a command on the state it led to is success and changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Let it exist.
    Create(Origin),
    /// It is priced and reserved.
    AwaitPayment(Box<Bill>),
    /// It is paid.
    Confirm,
    /// It is over. An order whose creation was never seen to succeed is created and ended at once: a creation that
    /// comes late then finds it ended, and the shopper finds an order with a reason at the address that was promised.
    Fail {
        /// How and why.
        failure: Failure,
        /// To create it from, if need be.
        origin: Option<Origin>,
    },
}

impl Command {
    /// Its name, for errors.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::AwaitPayment(_) => "await payment",
            Self::Confirm => "confirm",
            Self::Fail { .. } => "fail",
        }
    }
}

/// What happens to the order by this command; nothing when it is done already.
///
/// # Errors
/// [`OrderError::OrderNotFound`], [`OrderError::IllegalTransition`].
pub fn decide(order: Option<&Order>, command: &Command) -> Result<Vec<Event>, OrderError> {
    let Some(order) = order else {
        return match command {
            Command::Create(origin) => Ok(vec![Event::OrderCreated(*origin)]),
            Command::Fail { failure, origin: Some(origin) } => {
                Ok(vec![Event::OrderCreated(*origin), Event::of_failure(failure.clone())])
            }
            Command::AwaitPayment(_) | Command::Confirm | Command::Fail { origin: None, .. } => {
                Err(OrderError::OrderNotFound)
            }
        };
    };
    match (order.status, command) {
        (Status::Created, Command::Create(origin)) if is_from(order, origin) => Ok(Vec::new()),
        (Status::Created, Command::AwaitPayment(bill)) => Ok(vec![Event::OrderPaymentPending {
            lines: bill.lines.clone(),
            totals: bill.totals,
            payment_method_id: bill.payment_method_id.clone(),
            payment_id: Some(bill.payment_id),
        }]),
        (Status::PaymentPending, Command::AwaitPayment(bill)) if is_billed(order, bill) => Ok(Vec::new()),
        (Status::PaymentPending, Command::Confirm) => Ok(vec![Event::OrderConfirmed]),
        (Status::Confirmed, Command::Confirm) => Ok(Vec::new()),
        (Status::Created | Status::PaymentPending, Command::Fail { failure, .. }) => {
            Ok(vec![Event::of_failure(failure.clone())])
        }
        (Status::PaymentFailed | Status::Cancelled | Status::Expired, Command::Fail { .. }) => Ok(Vec::new()),
        (from, command) => Err(OrderError::IllegalTransition { from, command: command.name() }),
    }
}

fn is_from(order: &Order, origin: &Origin) -> bool {
    (order.shopper_id, order.cart_id) == (origin.shopper_id, origin.cart_id)
}

fn is_billed(order: &Order, bill: &Bill) -> bool {
    order.lines == bill.lines
        && order.totals == Some(bill.totals)
        && order.payment_method_id.as_ref() == Some(&bill.payment_method_id)
        && order.payment_id == Some(bill.payment_id)
        && order.shipping_address == bill.shipping_address
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
