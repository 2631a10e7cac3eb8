//! Items as they are stored.

use rialto_kernel::{CartId, Money, OfferId, OrderId, ProductId, SellerId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::{Availability, Cart, Frozen, Line, Offer, OfferStatus, Sku};

/// Any item that is read together with others; the sort key says which it is.
#[derive(Deserialize)]
#[serde(tag = "sk", rename_all = "UPPERCASE")]
pub(super) enum Row {
    Cart(CartRow),
    Offer(OfferRow),
    Offers(OffersRow),
    Added,
    Closed,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CartRow {
    lines: Vec<Line>,
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frozen_by: Option<OrderId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frozen_version: Option<u64>,
    ttl: i64,
}

impl CartRow {
    /// `ttl` is in epoch seconds.
    pub(super) fn of(cart: &Cart, ttl: i64) -> Self {
        Self {
            lines: cart.lines.clone(),
            version: cart.version,
            frozen_by: cart.frozen.map(|frozen| frozen.by),
            frozen_version: cart.frozen.map(|frozen| frozen.version),
            ttl,
        }
    }

    /// The cart at `now`. DynamoDB deletes late: what is past its time is empty, and only its version goes on.
    pub(super) fn cart(self, id: CartId, now: Timestamp) -> Cart {
        if self.ttl <= now.as_second() {
            return Cart { version: self.version, ..Cart::empty(id) };
        }
        let frozen = self.frozen_by.zip(self.frozen_version).map(|(by, version)| Frozen { by, version });
        Cart { id, version: self.version, lines: self.lines, frozen }
    }
}

/// What has been heard of an offer. Availability may be heard of before the product: then it is not an offer yet.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfferRow {
    offer_id: OfferId,
    product_id: Option<ProductId>,
    seller_id: Option<SellerId>,
    sku: Option<Sku>,
    title: Option<String>,
    image: Option<String>,
    price: Option<Money>,
    status: Option<OfferStatus>,
    availability: Option<Availability>,
}

impl OfferRow {
    pub(super) fn offer(self) -> Option<Offer> {
        Some(Offer {
            id: self.offer_id,
            product_id: self.product_id?,
            seller_id: self.seller_id?,
            sku: self.sku?,
            title: self.title?,
            image: self.image,
            price: self.price?,
            status: self.status?,
            availability: self.availability.unwrap_or(Availability::OutOfStock),
        })
    }
}

/// The offers of a product (with the product's version), or those that were ever made under a sku.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct OffersRow {
    pub(super) offers: Vec<OfferId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<u64>,
}
