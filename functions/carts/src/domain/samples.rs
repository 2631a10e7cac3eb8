//! Things that tests are made of.

use rialto_kernel::{CartId, Currency, Money, OfferId, ProductId, Quantity, SellerId, Timestamp};

use super::{Availability, Cart, Offer, OfferStatus};

pub(crate) fn now() -> Timestamp {
    "2026-03-01T10:00:00Z".parse().unwrap()
}

pub(crate) fn units(units: u32) -> Quantity {
    Quantity::new(units).unwrap()
}

pub(crate) fn usd(cents: i64) -> Money {
    Money::new(cents, Currency::USD)
}

pub(crate) fn empty() -> Cart {
    Cart::empty(CartId::named(&["test"]))
}

/// An offer of seller `s`, in stock at $10.
pub(crate) fn offer(sku: &str) -> Offer {
    Offer {
        id: OfferId::named(&["s", sku]),
        product_id: ProductId::named(&["s", sku]),
        seller_id: SellerId::named(&["s"]),
        sku: sku.parse().unwrap(),
        title: format!("Product {sku}"),
        image: None,
        price: usd(1000),
        status: OfferStatus::Active,
        availability: Availability::InStock,
    }
}

pub(crate) fn with(availability: Availability) -> Offer {
    Offer { availability, ..offer("a") }
}
