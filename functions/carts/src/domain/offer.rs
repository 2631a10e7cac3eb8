//! What carts know of an offer: a copy kept by the events of catalog and inventory.

use rialto_kernel::{Money, OfferId, ProductId, Quantity, SellerId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Sku;

/// Whether an offer can be sold at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferStatus {
    /// For sale.
    Active,
    /// Its product is archived.
    Archived,
    /// Its product no longer has this variant.
    Withdrawn,
}

/// How much of an offer is left, by band: the number is published only when it is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Availability {
    /// More than the low band.
    InStock,
    /// Few are left.
    Low {
        /// Units that can still be sold.
        available: u32,
    },
    /// None. Also what is assumed of an offer whose stock was never heard of.
    OutOfStock,
}

impl Availability {
    /// Whether so many units can be promised, as far as the band tells. The reservation has the last word.
    #[must_use]
    pub fn covers(self, quantity: Quantity) -> bool {
        match self {
            Self::InStock => true,
            Self::Low { available } => quantity.get() <= available,
            Self::OutOfStock => false,
        }
    }

    /// The number of units left where the band gives one.
    #[must_use]
    pub fn available(self) -> Option<u32> {
        match self {
            Self::InStock => None,
            Self::Low { available } => Some(available),
            Self::OutOfStock => Some(0),
        }
    }
}

/// One seller's variant at a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its id, which is also what a line is keyed by.
    pub id: OfferId,
    /// The product whose page shows it.
    pub product_id: ProductId,
    /// Who sells it.
    pub seller_id: SellerId,
    /// The seller's own text for it.
    pub sku: Sku,
    /// The product's title.
    pub title: String,
    /// Address of a picture.
    pub image: Option<String>,
    /// Current price of one unit.
    pub price: Money,
    /// Whether it is for sale.
    pub status: OfferStatus,
    /// How much is left.
    pub availability: Availability,
}

/// The offer a product is bought by: of those for sale the cheapest that is not out of stock, else the cheapest.
/// Ties go to the smaller id, so that the answer does not depend on the order of reading.
#[must_use]
pub fn winner(offers: &[Offer]) -> Option<&Offer> {
    offers
        .iter()
        .filter(|offer| offer.status == OfferStatus::Active)
        .min_by_key(|offer| (offer.availability == Availability::OutOfStock, offer.price.amount(), offer.id))
}
