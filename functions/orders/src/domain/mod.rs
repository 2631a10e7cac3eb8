//! The state machine of an order. Nothing here does I/O, reads a clock or draws randomness.

mod bill;
mod decide;
mod event;
mod failure;
mod order;
#[cfg(test)]
pub(crate) mod samples;
mod view;

pub use bill::Bill;
pub use decide::{Command, decide};
pub use event::{Event, Origin};
pub use failure::{Ending, Failure};
pub use order::{Moment, Order, Status, apply};
pub use view::{LineView, OrderView, PaymentStatus, PaymentView};
