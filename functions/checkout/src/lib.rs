//! Checkout: from a cart to a paid order, exactly once.
//!
//! **Owns** the table `<stage>-checkout` (see [`store`]) and the workflow `statemachines/checkout.asl.json`, whose runs are
//! named by the order's id. The other steps belong to the services whose state they change.
//!
//! **Events**: none in, none out; what a checkout does is told by orders, inventory and payments.
//!
//! Invariants:
//! - An `Idempotency-Key` opens one checkout: the ids of order, reservation and payment are drawn before the conditional
//!   put and kept with the key, and the run's name is the order's id. Starting it twice is one run.
//! - The answer is what the run wrote down, never what the request believes.
//!
//! Personal data: a shipping address that came with the request, for two days.

pub mod domain;
pub mod error;
pub mod handlers;
pub mod store;
pub mod workflow;

/// The routes of this service.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi;
    #[derive(OpenApi)]
    #[openapi(paths(handlers::place_order::place_order))]
    struct Routes;
    Routes::openapi()
}
