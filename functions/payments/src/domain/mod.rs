//! The rules of a payment, pure.

mod breaker;
mod finding;
mod method;
mod payment;
mod refund;
mod settle;

pub use breaker::Breaker;
pub use finding::{Finding, FindingKind, Listed, compare};
pub use method::{GatewayToken, Label, MethodDetails, MethodType, StoredMethod};
pub use payment::{AMOUNT_DIFFERS, Change, GatewayName, Payment, State};
pub use refund::{NotRefundable, Refund, RefundLine, RefundReason, RefundState};
pub use settle::{Settlement, Standing, Stands, settle};
