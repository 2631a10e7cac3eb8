//! Payments: what was asked of the gateway for an order, and what it answered for certain.
//!
//! **Owns** the table `<stage>-payments` (see [`store`]). The sandbox gateway keeps its own books in
//! `<stage>-sandbox-gateway` (see [`gateway::sandbox`]), as a gateway on the other side of a wire would.
//!
//! **Events out**: `PaymentAuthorised.v1`, `PaymentCaptured.v1`, `PaymentFailed.v1`, `PaymentVoided.v1`.
//! **Events in**: none.
//!
//! Invariants:
//! - The intention to charge is written before the gateway is asked, so nothing is charged that is not on record.
//! - A payment fails only on a definite refusal. An unknown outcome keeps its idempotency key and is asked again.
//! - Giving up ([`handlers::void_payment`]) is final: whatever arrives later finds the payment closed, and an
//!   authorisation that comes back after it is cancelled at the gateway.
//!
//! Personal data: none but the order's id; a payment method is an opaque token.

pub mod domain;
pub mod error;
pub mod gateway;
pub mod handlers;
pub mod store;
