//! Payments: what was asked of the gateway for an order, and what it answered for certain.
//!
//! **Owns** the table `<stage>-payments` (see [`store`]). The sandbox gateway keeps its own books in
//! `<stage>-sandbox-gateway` (see [`gateway::sandbox`]), as a gateway on the other side of a wire would.
//!
//! **Events out**: `PaymentAuthorised.v1`, `PaymentCaptured.v1`, `PaymentFailed.v1`, `PaymentVoided.v1`,
//! `PaymentRefunded.v1`.
//! **Events in**: none.
//!
//! Invariants:
//! - The intention to charge is written before the gateway is asked, so nothing is charged that is not on record.
//! - A payment fails only on a definite refusal. An unknown outcome keeps its idempotency key, is looked up, and asked again
//!   only if the gateway has done nothing.
//! - A second gateway is asked only about a payment that no gateway can have heard of: the first question is written down
//!   before it is asked, each further one as well, and `Change::Rerouted` is refused unless there was just one, which certainly
//!   did not get there.
//! - What was given back or is about to be is never more than what was captured, nor that of a line more than what was paid
//!   for it: each refund is judged on the view at a sequence and written only if that is still the last.
//! - A gateway's other amount is told to the operators before it is recorded, and the payment is given up.
//! - Every question to a gateway is kept with its outcome; none is written over.
//! - A webhook only says which payment to look up, so neither its order nor its number matters, nor what it claims.
//! - Giving up ([`handlers::void_payment`]) is final: whatever arrives later finds the payment closed, and an
//!   authorisation that comes back after it is cancelled at the gateway by whoever gets the answer.
//! - A payment of which something is left to happen is in the index of those that are due, and a finding once its time is over.
//! - A person keeps at most 20 payment methods ([`methods`]), and at most one default, which is one of them. Brand and last
//!   four digits are the gateway's word; only the owner of a method pays with it.
//!
//! Personal data: stored payment methods, with the gateways' tokens, until their person removes them or is erased. What was
//! charged names an order and an amount, and no person.

pub mod domain;
pub mod error;
pub mod gateway;
pub mod handlers;
pub mod methods;
pub mod queue;
pub mod store;

/// The routes of this service.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi;
    #[derive(OpenApi)]
    #[openapi(paths(
        handlers::methods::add_method,
        handlers::methods::list_methods,
        handlers::methods::remove_method,
        handlers::methods::set_default_method,
        handlers::list_findings,
        handlers::receive_webhook,
        handlers::refund_payment,
        handlers::show_payment,
    ))]
    struct Routes;
    Routes::openapi()
}
