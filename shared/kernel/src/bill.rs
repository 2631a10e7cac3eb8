use serde::{Deserialize, Serialize};

use crate::{Money, OfferId, ProductId, Quantity, SellerId, VariantId};

/// So many of an offer at a price, as checkout prices it and an order keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderLine {
    /// What is bought.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// Its variant.
    pub variant_id: VariantId,
    /// From whom.
    pub seller_id: SellerId,
    /// The seller's own text for it.
    pub sku: String,
    /// The product's title when it was priced.
    pub title: String,
    /// Address of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// How many.
    pub quantity: Quantity,
    /// Price of one unit.
    pub unit_price: Money,
}

/// The parts of an order's price, all in one currency: `total = subtotal - discount + shipping + tax`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Sum of unit price times quantity over the lines.
    pub subtotal: Money,
    /// What promotions take off, not negative.
    pub discount: Money,
    /// For sending it.
    pub shipping: Money,
    /// On top of the prices.
    pub tax: Money,
    /// What is to be paid.
    pub total: Money,
}
