//! The rules of a payment, pure.

mod breaker;
mod finding;
mod gift_card;
mod life;
mod method;
mod payment;
mod refund;
mod settle;

pub use breaker::Breaker;
pub use finding::{Finding, FindingKind, Listed, compare, overdue};
pub use gift_card::{GiftCard, GiftCards, GiftPart, NoGiftCards, Part, Split, split};
pub use life::{ACTION_LIFE, NextAction};
pub use method::{GatewayToken, Label, MethodDetails, MethodType, StoredMethod, TokensByGateway};
pub use payment::{AMOUNT_DIFFERS, Change, GatewayName, Payment, State};
pub use refund::{NotRefundable, Refund, RefundLine, RefundReason, RefundState};
pub use settle::{Settlement, Standing, Stands, settle};
