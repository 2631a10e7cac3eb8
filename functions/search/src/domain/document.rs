//! The indexed form of a product.

use std::{cmp::Reverse, collections::BTreeSet};

use rialto_events::types::{AvailabilityStatus, ProductChanged, ProductStatus, VariantData};
use rialto_kernel::{Money, OfferId, ProductId, SellerId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{behaviour::Signals, escape::attribute_key, row::Availability, row::ProductRow};

/// A document of the index. What cannot be bought by anyone is kept, but not listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// The document's id, and the last word of every sort.
    pub product_id: ProductId,
    /// The row's version: the index takes no document older than the one it has.
    #[serde(skip)]
    pub version: u64,
    listed: bool,
    #[serde(flatten)]
    content: Option<Content>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<String>,
    description: String,
    /// The path's names, for words.
    category_names: Vec<String>,
    /// Each prefix of the path, for filters: `A`, `A>B`, `A>B>C`.
    category: Vec<String>,
    /// The whole path, to show a prefix as it is written.
    category_path: String,
    /// The values of attributes and options, for words.
    attribute_values: BTreeSet<String>,
    /// `color:red`, for filters.
    attr: BTreeSet<String>,
    /// The sellers' own texts, for look-up.
    skus: BTreeSet<String>,
    price: i64,
    currency: String,
    available: bool,
    created_at: Timestamp,
    item: IndexedItem,
}

/// What is shown of a product, and with it its tags and what it earns by its visitors: an index of an earlier definition takes any field
/// here, and leaves it unindexed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct IndexedItem {
    #[serde(flatten)]
    shown: Item,
    /// For words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    /// To sort by.
    #[serde(skip_serializing_if = "is_nothing")]
    sales: u32,
    /// To rank by. Features must be above 0: what is nothing is absent, and adds nothing.
    #[serde(skip_serializing_if = "Features::are_none")]
    features: Features,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Features {
    #[serde(skip_serializing_if = "is_nothing")]
    sales: u32,
    #[serde(skip_serializing_if = "is_nothing")]
    conversion: u32,
    #[serde(skip_serializing_if = "is_nothing")]
    popularity: u32,
}

impl Features {
    fn are_none(&self) -> bool {
        let Self { sales, conversion, popularity } = self;
        [sales, conversion, popularity].into_iter().all(is_nothing)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_nothing(number: &u32) -> bool {
    *number == 0
}

/// A product as a search shows it: the product, and its best offer, the cheapest that can be bought now, or
/// the cheapest of all when none can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SearchItem)]
pub struct Item {
    /// The product.
    pub product_id: ProductId,
    /// Its best offer: what goes into a cart.
    pub offer_id: OfferId,
    /// The seller's own text for that offer.
    pub sku: String,
    /// Who sells it.
    pub seller_id: SellerId,
    /// The product's name.
    pub title: String,
    /// Its brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Price of one unit of the best offer.
    pub price: Money,
    /// Address of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// From the department down.
    pub category_path: Vec<String>,
    /// How much there is of the best offer.
    pub availability: ItemAvailability,
    /// The label of its promotion, if one made it rank higher. Show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Sponsored")]
    pub promoted: Option<String>,
}

/// How much there is of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemAvailability {
    /// The band.
    #[schema(value_type = String, example = "low")]
    pub status: AvailabilityStatus,
    /// Units, when the band is `low`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<u32>,
}

impl Document {
    /// The document of a row; `None` until its product has been heard of.
    #[must_use]
    pub fn of(row: &ProductRow) -> Option<Self> {
        let product = &row.product.as_ref()?.said;
        let content = match product.status {
            ProductStatus::Active => content(product, row),
            ProductStatus::Archived => None,
        };
        Some(Self { product_id: row.product_id, version: row.version, listed: content.is_some(), content })
    }
}

/// `None` when there is no offer at all.
fn content(product: &ProductChanged, row: &ProductRow) -> Option<Content> {
    let (offer, availability) = best_offer(product, row)?;
    let options = product.variants.iter().flat_map(|variant| &variant.options);
    let pairs: Vec<_> = product.attributes.iter().chain(options).collect();
    let Signals { sales, conversion, popularity } = row.signals();
    let levels = 1..=product.category_path.len();
    let category = levels.filter_map(|depth| product.category_path.get(..depth)).map(|path| path.join(">"));
    Some(Content {
        title: product.title.clone(),
        brand: product.brand.clone(),
        description: product.description.clone(),
        category_names: product.category_path.clone(),
        category: category.collect(),
        category_path: product.category_path.join(">"),
        attribute_values: pairs.iter().map(|(_, value)| (*value).clone()).collect(),
        attr: pairs.iter().map(|(name, value)| attribute_key(name.trim(), value.trim())).collect(),
        skus: product.variants.iter().map(|variant| variant.sku.clone()).collect(),
        price: offer.price.amount(),
        currency: offer.price.currency().code().to_owned(),
        available: availability.can_be_bought(),
        created_at: product.created_at,
        item: IndexedItem {
            tags: product.tags.clone(),
            sales,
            features: Features { sales, conversion, popularity },
            shown: Item {
                product_id: product.product_id,
                offer_id: offer.offer_id,
                sku: offer.sku.clone(),
                seller_id: product.seller_id,
                title: product.title.clone(),
                brand: product.brand.clone(),
                price: offer.price,
                image: offer.image.clone().or_else(|| product.images.first().cloned()),
                category_path: product.category_path.clone(),
                availability: ItemAvailability { status: availability.status, available: availability.available },
                promoted: None,
            },
        },
    })
}

fn best_offer<'a>(product: &'a ProductChanged, row: &ProductRow) -> Option<(&'a VariantData, Availability)> {
    let offers = product.variants.iter().map(|variant| (variant, row.availability_of(variant.offer_id)));
    offers.min_by_key(|(variant, availability)| {
        (Reverse(availability.can_be_bought()), variant.price.amount(), variant.offer_id)
    })
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
