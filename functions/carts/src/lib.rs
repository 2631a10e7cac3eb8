//! Carts: what guests and shoppers mean to buy, and the hold of a checkout on it.
//!
//! **Owns** the table `<stage>-carts`; its items, keys and access patterns are in [`store`].
//!
//! **Hears** `ProductChanged.v1` (catalog) and `AvailabilityChanged.v1` (inventory), from which it keeps a copy of each
//! offer. **Tells** nothing yet.
//!
//! **Whose cart.** A shopper's cart id follows from the user id and a guest's from a secret token, so a cart is bound to
//! its owner by construction and nobody can name another's. An expired cart is empty whether or not its item is still
//! there.
//!
//! **The hold of a checkout.** A cart version opens one checkout: freezing is a conditional write on the version, and
//! while it holds, every change is refused with the order that holds it. The hold ends when the checkout lets go of the
//! cart: each run of the workflow ends in thawing it or in clearing what was bought, both of which are retried without
//! end, and each first closes the order's door, so that a freeze that comes late cannot hold a cart nobody would thaw.
//! Should a run die for good all the same, the hold ends with the cart's life, 90 days after the freeze.
//!
//! Personal data: what a shopper means to buy, under an id that follows from theirs. `carts-export-person` puts it into
//! an export and `carts-erase-person` removes it; a cart that is left alone goes by its time to live.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests"))]

pub mod domain;
mod error;
pub mod handlers;
pub mod store;

pub use error::CartError;

/// The service's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    <Contract as utoipa::OpenApi>::openapi()
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(
    handlers::show_cart::show_cart,
    handlers::clear_cart::clear_cart,
    handlers::add_item::add_item,
    handlers::set_item::set_item,
    handlers::put_item::put_item,
    handlers::remove_item::remove_item,
))]
struct Contract;

#[cfg(test)]
mod tests {
    #[test]
    fn given_the_routes_when_joined_into_the_contract_then_each_is_complete() {
        let contract = rialto_http::contract::Document::of([super::openapi()]).unwrap();
        assert_eq!(contract.routes().len(), 6);
    }
}
