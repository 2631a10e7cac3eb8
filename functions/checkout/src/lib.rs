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
//! - Of paying, giving up and expiring a session exactly one wins: each is one write on the condition that the session is
//!   as it was read. The run does what was decided, whatever woke it.
//! - A session is charged the total it showed, or nothing.
//! - Whatever ends a run before its time, its order ends: another run completes what is confirmed and undoes the rest.
//! - The answer is what the run wrote down, never what the request believes.
//!
//! Personal data: a shipping address that came with the request, and the order in the answer, for four days; an export has
//! both in its orders. `checkout-erase-person` removes what has ended; the record of an `Idempotency-Key` goes after a day.

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
    #[openapi(paths(
        handlers::place_order::place_order,
        handlers::sessions::initiate_session::initiate_session,
        handlers::sessions::show_session::show_session,
        handlers::sessions::change_session::change_session,
        handlers::sessions::cancel_session::cancel_session,
        handlers::sessions::pay_session::pay_session
    ))]
    struct Routes;
    Routes::openapi()
}
