//! The rules of a payment, pure.

mod payment;

pub use payment::{Change, Payment, State};
