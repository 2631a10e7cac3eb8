//! What is bought and what it costs.

use rialto_kernel::{Address, Money, OfferId, ProductId, Quantity, SellerId, VariantId};
use serde::{Deserialize, Serialize};

/// So many of an offer, as it was when it was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderLine {
    /// What was bought.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// Its variant.
    pub variant_id: VariantId,
    /// From whom.
    pub seller_id: SellerId,
    /// The seller's own text for it.
    pub sku: String,
    /// The product's title.
    pub title: String,
    /// Address of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// How many.
    pub quantity: Quantity,
    /// Price of one unit.
    pub unit_price: Money,
}

/// The sums of an order: `total = subtotal - discount + shipping + tax`, all in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Sum of the lines.
    pub subtotal: Money,
    /// What is taken off, not negative.
    pub discount: Money,
    /// For sending it.
    pub shipping: Money,
    /// On top of the prices.
    pub tax: Money,
    /// To be paid.
    pub total: Money,
}

/// Everything an order needs before it can be paid.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// What is bought.
    pub lines: Vec<OrderLine>,
    /// What it costs.
    #[serde(flatten)]
    pub totals: Totals,
    /// Where it goes.
    pub shipping_address: Option<Address>,
    /// What it is paid with.
    pub payment_method_id: String,
}
