//! What sellers offer.

use std::collections::BTreeMap;

use rialto_kernel::{CategoryId, ImportId, Money, OfferId, ProductId, SellerId, Timestamp, VariantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a product can be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    /// Shown and sold.
    Active,
    /// Neither shown nor sold.
    Archived,
}

/// A variant of a product and its seller's offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VariantData {
    /// The variant.
    pub variant_id: VariantId,
    /// The seller's own text for it.
    pub sku: String,
    /// The seller's offer of it.
    pub offer_id: OfferId,
    /// Such as size and colour.
    pub options: BTreeMap<String, String>,
    /// Price of one unit.
    pub price: Money,
    /// Its own picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
}

/// A product was published, changed or archived. `version` is the product's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProductChanged {
    /// The product.
    pub product_id: ProductId,
    /// Who sells it.
    pub seller_id: SellerId,
    /// Whether it can be bought.
    pub status: ProductStatus,
    /// Its name.
    pub title: String,
    /// Its description, plain text.
    pub description: String,
    /// Its brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// From the department down.
    pub category_path: Vec<String>,
    /// What its seller filed it under besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Free attributes.
    pub attributes: BTreeMap<String, String>,
    /// Addresses of pictures.
    pub images: Vec<String>,
    /// When it was first published.
    pub created_at: Timestamp,
    /// At least one.
    pub variants: Vec<VariantData>,
}

/// A seller listed an item that is new, with its units on hand. `version` is 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ItemListed {
    /// Names the listing: the stock of the same one is booked once.
    pub listing_id: ImportId,
    /// The offer.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// Who sells it.
    pub seller_id: SellerId,
    /// The seller's own text.
    pub sku: String,
    /// Units on hand in the default warehouse.
    pub quantity: u32,
}

/// An operator renamed, moved, merged or removed a category. `version` is the tree's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CategoryMoved {
    /// What it was called by.
    pub category_id: CategoryId,
    /// Where it was, from the department down.
    pub path: Vec<String>,
    /// Where it is now; absent for one that was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<Vec<String>>,
}
