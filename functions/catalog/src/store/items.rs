//! Items that are listed one by one, without a file.

use rialto_dynamo::{Put, Read, Write, cond};
use rialto_events::{Envelope, types::ItemListed};
use rialto_kernel::{ImportId, SellerId, Timestamp};

use super::{ATTEMPTS, Shown, Store, keys, offers, products, products::ProductRow};
use crate::{
    Error,
    domain::{
        listing::{Listing, Outcome, Stamp},
        product::{Product, Status},
        row::Row,
    },
};

/// Whether a new item is for sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sale {
    /// It is.
    Now,
    /// Not yet.
    Draft {
        /// When it is put on sale by itself.
        publish_at: Option<Timestamp>,
    },
}

impl Store {
    /// Lists an item under a SKU that the seller has not used, and tells inventory of its stock: one transaction. Again under
    /// the same `listing_id`, it answers the product that is there.
    ///
    /// # Errors
    /// [`Error::SkuTaken`]; [`Error::ItemRefused`]; [`Error::Contended`]; those of the table.
    pub async fn list_item(
        &self,
        seller: SellerId,
        listing_id: ImportId,
        row: &Row,
        sale: Sale,
        now: Timestamp,
    ) -> Result<Shown, Error> {
        for _ in 0..ATTEMPTS {
            let listing: Option<Listing> = self.table.get(&keys::listing(seller, &row.sku), Read::Strong).await?;
            match listing {
                Some(listing) if listing.stamp.import_id == listing_id => {
                    return self.product_of(Some(seller), listing.product_id).await;
                }
                Some(_) => return Err(Error::SkuTaken),
                None => {}
            }
            let (writes, shown) = self.listing(seller, listing_id, row, sale, now).await?;
            match self.table.transact(writes).await {
                Err(error) if error.condition_failed() => {}
                Err(error) => return Err(error.into()),
                Ok(()) => return Ok(shown),
            }
        }
        Err(Error::Contended)
    }

    async fn listing(
        &self,
        seller: SellerId,
        listing_id: ImportId,
        row: &Row,
        sale: Sale,
        now: Timestamp,
    ) -> Result<(Vec<Write>, Shown), Error> {
        let id = row.product_id(seller);
        // Further variants of it may have been uploaded before it, and news of their offers before these.
        let key = keys::product(id);
        let known = self.table.get::<ProductRow>(&key, Read::Strong);
        let (known, led) = futures::join!(known, self.lead(&row.category_path, Read::Eventual));
        let mut shown = known?.and_then(ProductRow::shown).unwrap_or_else(|| Shown::unknown(id, seller));
        let before = shown.product.clone();
        if let Sale::Draft { publish_at } = sale {
            shown.product = Product { publish_at, ..shown.product.turned(Status::Draft, now) };
        }
        let led = led?;
        shown.product.place(&*led.types.typed(row).map_err(Error::ItemRefused)?, now);
        shown.product = Product { version: before.version.saturating_add(1), ..shown.product.filed_under(led.path) };
        if let Some(refusal) = shown.product.refusal() {
            return Err(Error::ItemRefused(vec![refusal]));
        }
        let stamp = Stamp { import_id: listing_id, line: 1, outcome: Outcome::Accepted };
        let listing = Listing::taking(row, seller, stamp, None);
        let listed = ItemListed {
            listing_id,
            offer_id: listing.offer_id,
            product_id: id,
            seller_id: seller,
            sku: row.sku.clone(),
            quantity: row.quantity,
        };
        let listed = Envelope::of(&listed, listing.offer_id, 1, now)?;
        let writes = vec![
            products::change_telling(&before, &shown.product, now, [listed])?.into(),
            Put::new(&keys::listing(seller, &row.sku), &listing)?.when(cond::absent("pk")).into(),
            offers::found_at(&listing)?.into(),
        ];
        Ok((writes, shown))
    }
}

#[cfg(test)]
#[path = "items_tests.rs"]
mod tests;
