//! A product: what a page shows, made of the rows of one seller.

use std::collections::{BTreeMap, BTreeSet};

use rialto_events::types::{AvailabilityStatus, ProductChanged, ProductStatus, VariantData};
use rialto_kernel::{Money, OfferId, ProductId, SellerId, Timestamp, VariantId};
use serde::{Deserialize, Serialize};

use super::{
    described::Described,
    picture::Picture,
    row::{Row, RowCode, RowError},
    storefront::Storefront,
};

/// The most variants of one product.
pub const VARIANTS: usize = 100;
/// The most that a product's variants, or its news, take as JSON, in bytes. Both are in one item (400 KB at most), and the
/// news goes over the bus (256 KB).
const JSON_BYTES: usize = 120_000;

/// A product as its rows made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its id, named by the seller and the sku of its main row.
    pub id: ProductId,
    /// Whose it is.
    pub seller_id: SellerId,
    /// Counts the changes; 0 before the first.
    pub version: u64,
    /// Whether it is for sale.
    pub status: Status,
    /// When a draft is put on sale by itself.
    pub publish_at: Option<Timestamp>,
    /// When it was first shown.
    pub created_at: Option<Timestamp>,
    /// What its main row says; absent while only further variants are known.
    pub main: Option<Main>,
    /// Its variants.
    pub variants: BTreeMap<VariantId, Variant>,
    /// Pictures that its seller uploaded, in the order of its page. Rows do not change them.
    pub pictures: Vec<Picture>,
    /// What only its page needs. Rows do not change it.
    pub storefront: Storefront,
}

/// Whether a product is for sale, as its seller or an operator says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProductStatus)]
pub enum Status {
    /// Not yet: only its seller and operators see it.
    Draft,
    /// Shown and sold.
    #[default]
    Active,
    /// No longer.
    Archived,
}

impl Status {
    /// As queries and keys write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }
}

/// What the row without `parent_sku` says of the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Main {
    /// The variant of that row.
    pub variant_id: VariantId,
    /// What the product is called.
    pub title: String,
    /// Plain text.
    pub description: String,
    /// Its brand.
    pub brand: Option<String>,
    /// From the department down.
    pub category_path: Vec<String>,
    /// Each once, whatever its case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// A variant with the seller's offer of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Variant {
    /// The seller's own text.
    pub sku: String,
    /// The offer.
    pub offer_id: OfferId,
    /// All attributes of its row.
    pub attributes: BTreeMap<String, String>,
    /// Price of one unit.
    pub price: Money,
    /// Its own picture.
    pub image: Option<String>,
}

/// How much of an offer can be bought, as last heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Availability {
    /// The band.
    pub status: AvailabilityStatus,
    /// Units, when the band is `low`.
    pub available: Option<u32>,
    /// The version of the news.
    pub version: u64,
}

impl Availability {
    /// Nothing was heard of the offer yet.
    pub const UNHEARD: Self = Self { status: AvailabilityStatus::OutOfStock, available: None, version: 0 };

    /// What holds for offers together: any in stock, else the sum of the few that are left.
    #[must_use]
    pub fn of_all(offers: &[Self]) -> Self {
        let in_stock = offers.iter().any(|offer| offer.status == AvailabilityStatus::InStock);
        let left = offers.iter().filter(|offer| offer.status == AvailabilityStatus::Low).filter_map(|o| o.available);
        let left = left.fold(0_u32, u32::saturating_add);
        let version = offers.iter().fold(0_u64, |sum, offer| sum.saturating_add(offer.version));
        match (in_stock, left) {
            (true, _) => Self { status: AvailabilityStatus::InStock, available: None, version },
            (false, 0) => Self { status: AvailabilityStatus::OutOfStock, available: None, version },
            (false, left) => Self { status: AvailabilityStatus::Low, available: Some(left), version },
        }
    }
}

impl Product {
    /// A product of which nothing is known yet.
    #[must_use]
    pub fn unknown(id: ProductId, seller_id: SellerId) -> Self {
        Self {
            id,
            seller_id,
            version: 0,
            status: Status::Active,
            publish_at: None,
            created_at: None,
            main: None,
            variants: BTreeMap::new(),
            pictures: Vec::new(),
            storefront: Storefront::default(),
        }
    }

    /// Whether shoppers see it: its main row is there, and it is for sale.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.main.is_some() && self.status == Status::Active
    }

    /// The SKU of its main row, by which its seller's list is sorted. It stays while that row is there.
    #[must_use]
    pub fn main_sku(&self) -> Option<&str> {
        let main = self.main.as_ref()?;
        self.variants.get(&main.variant_id).map(|variant| variant.sku.as_str())
    }

    /// The product with another status. It waits for no time any more.
    #[must_use]
    pub fn turned(&self, status: Status, now: Timestamp) -> Self {
        let mut turned = Self { status, publish_at: None, ..self.clone() };
        turned.note_first_shown(now);
        turned
    }

    /// When it is put on sale by itself.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        self.publish_at.filter(|_| self.status == Status::Draft && self.main.is_some())
    }

    fn note_first_shown(&mut self, now: Timestamp) {
        if self.is_shown() {
            self.created_at = self.created_at.or(Some(now));
        }
    }

    /// Why the product cannot be as it is: it has too many variants, or says too much.
    #[must_use]
    pub fn refusal(&self) -> Option<RowError> {
        if self.variants.len() > VARIANTS {
            let message = format!("is one too many for the product: it takes at most {VARIANTS} variants");
            return Some(RowError::new("parent_sku", RowCode::TooMany, message));
        }
        let bytes = |json: serde_json::Result<Vec<u8>>| json.map_or(usize::MAX, |json| json.len());
        let own = bytes(serde_json::to_vec(&self.variants));
        let news = bytes(serde_json::to_vec(&self.telling(ProductStatus::Active, self.created_at.unwrap_or_default())));
        (own.max(news) > JSON_BYTES).then(|| {
            let message = format!("makes the product larger than {JSON_BYTES} bytes: shorten its attributes");
            RowError::new("", RowCode::TooLong, message)
        })
    }

    /// Puts a row's variant in, and takes title and the like from the row without `parent_sku`. The order in which
    /// rows come makes no difference. Tags stay as they are when the row is of a file without them.
    pub fn place(&mut self, row: &Row, now: Timestamp) {
        let variant_id = row.variant_id(self.seller_id);
        let variant = Variant {
            sku: row.sku.clone(),
            offer_id: row.offer_id(self.seller_id),
            attributes: row.attributes.clone(),
            price: row.price,
            image: row.image_url.clone(),
        };
        self.variants.insert(variant_id, variant);
        if row.parent_sku.is_none() {
            let tags = self.main.take().map(|main| main.tags).unwrap_or_default();
            self.main = Some(Main {
                variant_id,
                title: row.title.clone(),
                description: row.description.clone(),
                brand: row.brand.clone(),
                category_path: row.category_path.clone(),
                tags: row.tags.clone().unwrap_or(tags),
            });
        }
        self.note_first_shown(now);
    }

    /// The product under another category.
    #[must_use]
    pub fn filed_under(&self, path: Vec<String>) -> Self {
        let main = self.main.clone().map(|main| Main { category_path: path, ..main });
        Self { main, ..self.clone() }
    }

    /// Takes out a variant whose row went to another product. Without its main row the product is no longer shown.
    pub fn withdraw(&mut self, variant: VariantId) {
        self.variants.remove(&variant);
        if self.main.as_ref().is_some_and(|main| main.variant_id == variant) {
            self.main = None;
        }
    }

    /// The variant of the main row first, then by sku.
    #[must_use]
    pub fn sorted_variants(&self) -> Vec<(VariantId, &Variant)> {
        let main = self.main.as_ref().map(|main| main.variant_id);
        let mut variants: Vec<_> = self.variants.iter().map(|(id, variant)| (*id, variant)).collect();
        variants.sort_by_key(|(id, variant)| (Some(*id) != main, &variant.sku));
        variants
    }

    /// Addresses of its pictures, each once: those that were uploaded, then those of variants, the main row's first.
    #[must_use]
    pub fn images(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let uploaded = self.pictures.iter().filter_map(|picture| picture.address().map(str::to_owned));
        let named = self.sorted_variants().into_iter().filter_map(|(_, variant)| variant.image.clone());
        uploaded.chain(named).filter(|image| seen.insert(image.clone())).collect()
    }

    /// The lowest price in the currency of the main row.
    #[must_use]
    pub fn price(&self) -> Option<Money> {
        let variants = self.sorted_variants();
        let currency = variants.first()?.1.price.currency();
        let prices = variants.iter().map(|(_, variant)| variant.price).filter(|price| price.currency() == currency);
        prices.min_by_key(|price| price.amount())
    }

    /// The news of the product as it is: nothing for one that neither is nor was shown. `before` is what it was.
    #[must_use]
    pub fn news(&self, before: &Self) -> Option<ProductChanged> {
        let (status, shown) = match (self.is_shown(), before.is_shown()) {
            (true, _) => (ProductStatus::Active, self),
            (false, true) if self.main.is_some() => (ProductStatus::Archived, self),
            (false, true) => (ProductStatus::Archived, before),
            (false, false) => return None,
        };
        shown.telling(status, shown.created_at?)
    }

    fn telling(&self, status: ProductStatus, created_at: Timestamp) -> Option<ProductChanged> {
        let main = self.main.as_ref()?;
        let Described { common, mut options } = self.described();
        let variants = self.sorted_variants().into_iter().map(|(variant_id, variant)| VariantData {
            variant_id,
            sku: variant.sku.clone(),
            offer_id: variant.offer_id,
            options: options.remove(&variant_id).unwrap_or_default(),
            price: variant.price,
            image: variant.image.clone(),
        });
        Some(ProductChanged {
            product_id: self.id,
            seller_id: self.seller_id,
            status,
            title: main.title.clone(),
            description: main.description.clone(),
            brand: main.brand.clone(),
            category_path: main.category_path.clone(),
            tags: main.tags.clone(),
            attributes: common,
            images: self.images(),
            created_at,
            variants: variants.collect(),
        })
    }
}

#[cfg(test)]
mod tests;
