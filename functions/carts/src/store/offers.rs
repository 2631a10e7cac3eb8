//! The copy of catalog's offers and inventory's bands, kept by their events in whatever order these come.
//!
//! An offer's row has two halves, each with the version of what it was last told by. A product's row is written last
//! and under the version it was read at, so a crash or a race in between is made good by the message's next delivery.

use std::collections::HashSet;

use rialto_dynamo::{Cond, Put, Read, Update, cond, to_value};
use rialto_events::types::{AvailabilityChanged, AvailabilityStatus, ProductChanged, ProductStatus, VariantData};
use rialto_kernel::{OfferId, ProductId, Timestamp};

use super::{Store, offer_key, product_key, rows::OffersRow, sku_key};
use crate::{
    CartError,
    domain::{Availability, OfferStatus, Sku},
};

const ATTEMPTS: u32 = 5;

impl Store {
    /// Takes in a product's state at `version`, told at `time`.
    ///
    /// # Errors
    /// When the table fails, or other events of the product keep coming in between: deliver it again.
    pub async fn product_changed(
        &self,
        product: &ProductChanged,
        version: u64,
        time: Timestamp,
    ) -> Result<(), CartError> {
        for _ in 0..ATTEMPTS {
            let key = product_key(product.product_id);
            let row: Option<OffersRow> = self.table.get(&key, Read::Strong).await?;
            let known = row.as_ref().and_then(|row| row.version);
            let before: HashSet<OfferId> = row.into_iter().flat_map(|row| row.offers).collect();
            let told: Vec<OfferId> = product.variants.iter().map(|variant| variant.offer_id).collect();
            if let Some(known) = known.filter(|known| *known >= version) {
                // A later state is here. An offer that this one alone has may have been written meanwhile.
                let extra = told.iter().filter(|offer| !before.contains(*offer));
                return self.withdraw(product.product_id, extra, known).await;
            }
            for variant in &product.variants {
                if !before.contains(&variant.offer_id) {
                    self.list_under_sku(variant).await?;
                }
                self.write_offer(product, variant, version, time).await?;
            }
            let gone = before.iter().filter(|offer| !told.contains(offer));
            self.withdraw(product.product_id, gone, version).await?;
            let as_read = known.map_or_else(|| cond::absent("pk"), |known| cond::eq("version", known));
            let put = Put::new(&key, &OffersRow { offers: told, version: Some(version) })?.when(as_read);
            if unless_refused(self.table.put(put).await)? {
                return Ok(());
            }
        }
        Err(CartError::Busy)
    }

    async fn list_under_sku(&self, variant: &VariantData) -> Result<(), CartError> {
        let offer = variant.offer_id.to_string();
        let sku: Sku = variant.sku.parse()?;
        let append = Update::of(sku_key(&sku)).append("offers", [&offer]);
        unless_refused(self.table.update(append.when(cond::not(cond::contains("offers", &offer)))).await)?;
        Ok(())
    }

    async fn write_offer(
        &self,
        product: &ProductChanged,
        variant: &VariantData,
        version: u64,
        time: Timestamp,
    ) -> Result<(), CartError> {
        let status = match product.status {
            ProductStatus::Active => OfferStatus::Active,
            ProductStatus::Archived => OfferStatus::Archived,
        };
        let image = variant.image.clone().or_else(|| product.images.first().cloned());
        let update = Update::of(offer_key(variant.offer_id))
            .set("offerId", variant.offer_id.to_string())
            .set("productId", product.product_id.to_string())
            .set("sellerId", product.seller_id.to_string())
            .set("sku", &variant.sku)
            .set("title", &product.title)
            .set_or_remove("image", image)
            .set("price", to_value(&variant.price)?)
            .set("status", to_value(&status)?)
            .set("productVersion", version)
            .set("toldAt", time.as_microsecond());
        unless_refused(self.table.update(update.when(newer(product.product_id, version, time))).await)?;
        Ok(())
    }

    async fn withdraw(
        &self,
        product: ProductId,
        offers: impl Iterator<Item = &OfferId>,
        version: u64,
    ) -> Result<(), CartError> {
        for offer in offers {
            let update = Update::of(offer_key(*offer))
                .set("status", to_value(&OfferStatus::Withdrawn)?)
                .set("productVersion", version)
                .when(cond::eq("productId", product.to_string()))
                .when(cond::lt("productVersion", version));
            unless_refused(self.table.update(update).await)?;
        }
        Ok(())
    }

    /// Takes in an offer's band at `version`.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn availability_changed(&self, change: &AvailabilityChanged, version: u64) -> Result<(), CartError> {
        let availability = match (change.status, change.available) {
            (AvailabilityStatus::InStock, _) => Availability::InStock,
            (AvailabilityStatus::Low, Some(available)) => Availability::Low { available },
            (AvailabilityStatus::Low, None) => Availability::InStock,
            (AvailabilityStatus::OutOfStock, _) => Availability::OutOfStock,
        };
        let update = Update::of(offer_key(change.offer_id))
            .set("offerId", change.offer_id.to_string())
            .set("availability", to_value(&availability)?)
            .set("availabilityVersion", version)
            .when(cond::any([cond::absent("availabilityVersion"), cond::lt("availabilityVersion", version)]));
        unless_refused(self.table.update(update).await)?;
        Ok(())
    }
}

/// Of one product the greater version is newer. An offer can move to another product, whose versions do not compare:
/// then the later time is.
fn newer(product: ProductId, version: u64, time: Timestamp) -> Cond {
    let product = product.to_string();
    cond::any([
        cond::absent("productVersion"),
        cond::all([cond::eq("productId", &product), cond::lt("productVersion", version)]),
        cond::all([cond::ne("productId", &product), cond::lt("toldAt", time.as_microsecond())]),
    ])
}

/// Whether the write was made; a refused one was not needed.
fn unless_refused(outcome: Result<(), rialto_dynamo::Error>) -> Result<bool, rialto_dynamo::Error> {
    match outcome {
        Ok(()) => Ok(true),
        Err(error) if error.condition_failed() => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[path = "offers_tests.rs"]
mod tests;
