//! Orders: what was bought, as events and as a view.
//!
//! **Owns** the table `<stage>-orders`; its items, keys and access patterns are in [`store`]. **Hears** nothing: the
//! checkout's workflow drives an order by two steps. **Tells** `OrderCreated.v1`, `OrderPaymentPending.v1`,
//! `OrderConfirmed.v1`, `OrderPaymentFailed.v1`, `OrderCancelled.v1` and `OrderExpired.v1`; `version` is the event's place
//! in the order's sequence.
//!
//! The states and what leads from one to another are in [`domain::Command`] and [`domain::decide`]. Each command is
//! idempotent: repeated on the state it led to, it is success and writes nothing; on any other state that does not take
//! it, it is an error that only a broken workflow sees. `CONFIRMED` is final: nothing takes a confirmed order back.
//!
//! Personal data: the address. It is in the current view alone, in no event, no index and no log. `orders-export-person`
//! puts a shopper's orders into an export. `orders-erase-person` leaves of the address of an order that has ended its
//! country, region and postal code; these, lines, sums and times are what the records of sales must hold for ten years.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests"))]

pub mod domain;
mod error;
pub mod handlers;
pub mod store;

pub use error::OrderError;

/// The service's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    <Contract as utoipa::OpenApi>::openapi()
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(handlers::show_order::show_order, handlers::list_orders::list_orders,))]
struct Contract;

#[cfg(test)]
mod tests {
    #[test]
    fn given_the_routes_when_joined_into_the_contract_then_each_is_complete() {
        let contract = rialto_http::contract::Document::of([super::openapi()]).unwrap();
        assert_eq!(contract.routes().len(), 2);
    }
}
