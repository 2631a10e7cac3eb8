//! The offers that inventory knows: those an import has counted.

use rialto_dynamo::{Query, Read};
use rialto_kernel::{OfferId, ProductId, SellerId};
use serde::{Deserialize, Serialize};

use super::{Inventory, StockRow, keys};
use crate::error::Error;

/// An offer, as far as inventory needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// The offer.
    pub offer_id: OfferId,
    /// Whose.
    pub seller_id: SellerId,
    /// Its product.
    pub product_id: ProductId,
    /// The seller's own text for it.
    pub sku: String,
}

impl From<&StockRow> for Offer {
    fn from(row: &StockRow) -> Self {
        Self { offer_id: row.offer_id, seller_id: row.seller_id, product_id: row.product_id, sku: row.sku.clone() }
    }
}

impl Inventory {
    /// An offer by its id: the seller's own, or with `None` anyone's.
    ///
    /// # Errors
    /// [`Error::UnknownOffer`], also for another seller's; those of the table.
    pub async fn offer(&self, seller: Option<SellerId>, offer: OfferId) -> Result<Offer, Error> {
        // One row tells: the offer's facts are the same in each, and every known offer has one.
        let query = Query::pk(keys::offer(offer)).sk_begins(keys::STOCK).strong().limit(1);
        let rows = self.table.query::<StockRow>(query).await?.items;
        let own = rows.first().filter(|row| seller.is_none_or(|seller| row.seller_id == seller));
        own.map(Offer::from).ok_or(Error::UnknownOffer)
    }

    /// An offer by its SKU: the seller's own, or with `None` whoever uses it.
    ///
    /// # Errors
    /// [`Error::UnknownOffer`]; [`Error::AmbiguousSku`] when several sellers use it; those of the table.
    pub async fn offer_by_sku(&self, seller: Option<SellerId>, sku: &str) -> Result<Offer, Error> {
        if let Some(seller) = seller {
            let own = self.table.get(&keys::seller_sku(seller, sku), Read::Strong).await?;
            return own.ok_or(Error::UnknownOffer);
        }
        // One page: the first twenty show well enough that the SKU is ambiguous.
        let query = Query::pk(keys::sku(sku)).index(keys::INDEX).limit(20);
        let mut found = self.table.query::<Offer>(query).await?.items;
        match found.len() {
            0 | 1 => found.pop().ok_or(Error::UnknownOffer),
            _ => Err(Error::AmbiguousSku { offers: found.iter().map(|offer| offer.offer_id).collect() }),
        }
    }
}
