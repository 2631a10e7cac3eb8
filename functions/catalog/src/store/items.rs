//! Items that are listed one by one, without a file.

use rialto_dynamo::{Put, Read, Write, cond};
use rialto_events::{Envelope, types::ItemListed};
use rialto_kernel::{ImportId, SellerId, Timestamp};

use super::{ATTEMPTS, Shown, Store, keys, offers, products};
use crate::{
    Error,
    domain::{
        listing::{Listing, Outcome, Stamp},
        product::Product,
        row::Row,
    },
};

impl Store {
    /// Lists an item under a SKU that the seller has not used, and tells inventory of its stock: one transaction. Again under
    /// the same `listing_id`, it answers the product that is there.
    ///
    /// # Errors
    /// [`Error::SkuTaken`]; [`Error::Contended`]; those of the table.
    pub async fn list_item(
        &self,
        seller: SellerId,
        listing_id: ImportId,
        row: &Row,
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
            match self.table.transact(self.listing(seller, listing_id, row, now).await?).await {
                Err(error) if error.condition_failed() => {}
                Err(error) => return Err(error.into()),
                Ok(()) => return self.product_of(Some(seller), row.product_id(seller)).await,
            }
        }
        Err(Error::Contended)
    }

    async fn listing(
        &self,
        seller: SellerId,
        listing_id: ImportId,
        row: &Row,
        now: Timestamp,
    ) -> Result<Vec<Write>, Error> {
        let id = row.product_id(seller);
        // Further variants of it may have been uploaded before it.
        let before = self.products(&[id]).await?.remove(&id).unwrap_or_else(|| Product::unknown(id, seller));
        let mut after = before.clone();
        after.place(row, now);
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
        Ok(vec![
            products::change_telling(&before, &after, now, [listed])?.into(),
            Put::new(&keys::listing(seller, &row.sku), &listing)?.when(cond::absent("pk")).into(),
            offers::found_at(&listing)?.into(),
        ])
    }
}

#[cfg(test)]
#[path = "items_tests.rs"]
mod tests;
