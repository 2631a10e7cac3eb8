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
    /// Weight of one unit in grams, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_grams: Option<u32>,
    /// What besides the destination decides the tax, such as `books`; absent where the general rate holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<String>,
    /// Its share of what the order costs, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charges: Option<LineCharges>,
}

/// A line's share of each part of the order's price: over all lines each part sums to that of the [`Totals`], so that a
/// refund by line knows what was paid for it. `total = unit price x quantity - discount + shipping + tax`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineCharges {
    /// Taken off, by a discount of the line or its share of one of the order.
    pub discount: Money,
    /// Its share of the shipping.
    pub shipping: Money,
    /// On top of its price.
    pub tax: Money,
    /// Within its price.
    pub tax_included: Money,
    /// What is paid for it.
    pub total: Money,
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
    /// Within the prices, for the invoice: no part of the sum. Absent in what was written before it was known.
    #[serde(default)]
    pub tax_included: Option<Money>,
    /// What is to be paid.
    pub total: Money,
}
