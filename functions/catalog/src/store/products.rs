//! Products.

use std::collections::{BTreeMap, HashMap};

use rialto_dynamo::{Path, Read, Update, cond, to_value};
use rialto_events::{Envelope, OUTBOX, outbox, types::AvailabilityChanged};
use rialto_kernel::{OfferId, ProductId, SellerId, Timestamp, VariantId};
use serde::Deserialize;
use serde_json::Value;

use super::{Store, keys};
use crate::{
    Error,
    domain::{
        picture::Picture,
        product::{Availability, Main, Product, Status, Variant},
        storefront::Storefront,
    },
};

/// A product with what was heard of its offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The product.
    pub product: Product,
    /// By offer, those that left the product included; what was not heard of is absent.
    pub availability: HashMap<OfferId, Availability>,
}

impl Shown {
    /// A product of which nothing is known yet.
    #[must_use]
    pub(super) fn unknown(id: ProductId, seller: SellerId) -> Self {
        Self { product: Product::unknown(id, seller), availability: HashMap::new() }
    }

    /// An offer's availability; out of stock until something is heard of it.
    #[must_use]
    pub fn availability_of(&self, offer: OfferId) -> Availability {
        self.availability.get(&offer).copied().unwrap_or(Availability::UNHEARD)
    }

    /// Grows with every change of what the page shows: each write of the item raises one of the versions and takes none away.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.availability.values().fold(self.product.version, |sum, offer| sum.saturating_add(offer.version))
    }
}

/// The item as it is stored. News of an offer may have made it before any row did.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProductRow {
    product_id: Option<ProductId>,
    seller_id: Option<SellerId>,
    #[serde(default)]
    version: u64,
    #[serde(default)]
    status: Status,
    publish_at: Option<Timestamp>,
    created_at: Option<Timestamp>,
    main: Option<Main>,
    #[serde(default)]
    variants: BTreeMap<VariantId, Variant>,
    #[serde(default)]
    pictures: Vec<Picture>,
    #[serde(default)]
    storefront: Storefront,
    #[serde(flatten)]
    others: HashMap<String, Value>,
}

impl ProductRow {
    pub(super) fn shown(self) -> Option<Shown> {
        let availability = self.others.iter().filter_map(|(attribute, value)| {
            Some((keys::offer_of(attribute)?, Availability::deserialize(value).ok()?))
        });
        let availability = availability.collect();
        let product = Product {
            id: self.product_id?,
            seller_id: self.seller_id?,
            version: self.version,
            status: self.status,
            publish_at: self.publish_at,
            created_at: self.created_at,
            main: self.main,
            variants: self.variants,
            pictures: self.pictures,
            storefront: self.storefront,
        };
        Some(Shown { product, availability })
    }
}

impl Store {
    /// A product that shoppers see.
    ///
    /// # Errors
    /// [`Error::ProductNotFound`]; those of the table.
    pub async fn product(&self, id: ProductId) -> Result<Shown, Error> {
        let row: Option<ProductRow> = self.table.get(&keys::product(id), Read::Eventual).await?;
        let shown = row.and_then(ProductRow::shown).filter(|shown| shown.product.is_shown());
        shown.ok_or(Error::ProductNotFound)
    }

    /// Those of the products that shoppers see, in the order of the ids; others are left out.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn cards(&self, ids: &[ProductId]) -> Result<Vec<Shown>, Error> {
        let keys: Vec<_> = ids.iter().map(|id| keys::product(*id)).collect();
        let rows: Vec<ProductRow> = self.table.batch_get(&keys, Read::Eventual).await?;
        Ok(rows.into_iter().filter_map(ProductRow::shown).filter(|shown| shown.product.is_shown()).collect())
    }

    /// What products are found by in addresses for people, whether they are shown or not; absent ones are left out. Strong.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn slugs(&self, ids: &[ProductId]) -> Result<Vec<String>, Error> {
        Ok(self.products(ids).await?.values().map(Product::slug).collect())
    }

    /// Products as they are, shown or not; absent ones are left out. Strong.
    pub(super) async fn products(&self, ids: &[ProductId]) -> Result<HashMap<ProductId, Product>, Error> {
        let keys: Vec<_> = ids.iter().map(|id| keys::product(*id)).collect();
        let rows: Vec<ProductRow> = self.table.batch_get(&keys, Read::Strong).await?;
        let products = rows.into_iter().filter_map(|row| Some(row.shown()?.product));
        Ok(products.map(|product| (product.id, product)).collect())
    }

    /// Takes news of an offer in, unless newer ones are there.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn project_availability(&self, news: &AvailabilityChanged, version: u64) -> Result<(), Error> {
        let attribute = keys::availability(news.offer_id);
        let availability = Availability { status: news.status, available: news.available, version };
        let newer = cond::any([
            cond::absent(attribute.as_str()),
            cond::lt(Path::attribute(attribute.as_str()).entry("version"), version),
        ]);
        let update = Update::of(keys::product(news.product_id))
            .set(attribute.as_str(), to_value(&availability)?)
            .remove(OUTBOX)
            .when(newer);
        match self.table.update(update).await {
            Err(error) if error.condition_failed() => Ok(()),
            other => Ok(other?),
        }
    }
}

/// The write that makes `after` of `before`, with its news. Availability stays as it is.
pub(super) fn change(before: &Product, after: &Product, now: Timestamp) -> Result<Update, Error> {
    change_telling(before, after, now, [])
}

/// As [`change`], with further news.
pub(super) fn change_telling<const N: usize>(
    before: &Product,
    after: &Product,
    now: Timestamp,
    further: [Envelope; N],
) -> Result<Update, Error> {
    let version = before.version.saturating_add(1);
    let unchanged = match before.version {
        0 => cond::absent("version"),
        version => cond::eq("version", version),
    };
    let news = after.news(before).map(|news| Envelope::of(&news, after.id, version, now)).transpose()?;
    let news: Vec<Envelope> = news.into_iter().chain(further).collect();
    let news = (!news.is_empty()).then(|| outbox(&news)).transpose()?;
    let main = after.main.as_ref().map(to_value).transpose()?;
    let pictures = (!after.pictures.is_empty()).then(|| to_value(&after.pictures)).transpose()?;
    let storefront = (after.storefront != Storefront::default()).then(|| to_value(&after.storefront)).transpose()?;
    Ok(Update::of(keys::product(after.id))
        .set("productId", after.id.to_string())
        .set("sellerId", after.seller_id.to_string())
        .set("version", version)
        .set("status", to_value(&after.status)?)
        .set_or_remove("publishAt", after.publish_at.map(|time| time.to_string()))
        .set_or_remove("gsi1pk", after.due_at().map(|_| keys::SCHEDULED))
        .set_or_remove("gsi1sk", after.due_at().map(|time| keys::scheduled(time, after.id)))
        .set_or_remove("gsi2pk", after.main_sku().map(|_| keys::assortment(after.seller_id, after.status)))
        .set_or_remove("gsi2sk", after.main_sku().map(|sku| keys::in_assortment(sku, after.id)))
        .set_or_remove("createdAt", after.created_at.map(|time| time.to_string()))
        .set_or_remove("main", main)
        .set("variants", to_value(&after.variants)?)
        .set_or_remove("pictures", pictures)
        .set_or_remove("storefront", storefront)
        .set_or_remove(OUTBOX, news)
        .when(unchanged))
}
