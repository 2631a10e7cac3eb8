//! What an offer is sold at, for the checkout.

use std::collections::HashMap;

use rialto_dynamo::{Put, Read};
use rialto_kernel::{Money, OfferId, ProductId, Quantity, SellerId, VariantId};
use serde::{Deserialize, Serialize};

use super::{Store, keys};
use crate::{
    Error,
    domain::{
        listing::Listing,
        pricing_facts::{tax_category, weight_grams},
        product::Product,
    },
};

/// An offer and how many of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// The offer.
    pub offer_id: OfferId,
    /// Units.
    pub quantity: Quantity,
}

/// An offer as it is sold now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferLine {
    /// The offer.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// Its variant.
    pub variant_id: VariantId,
    /// Who sells it.
    pub seller_id: SellerId,
    /// The seller's own text.
    pub sku: String,
    /// What the product is called.
    pub title: String,
    /// Its picture, or else the product's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Units.
    pub quantity: Quantity,
    /// Price of one unit.
    pub unit_price: Money,
    /// Weight of one unit in grams, where the seller says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_grams: Option<u32>,
    /// What the destination may tax otherwise, where the seller says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<String>,
}

/// Which product and variant an offer is. What it is sold at stands in the product only, so that no copy can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfferRow {
    offer_id: OfferId,
    product_id: ProductId,
    variant_id: VariantId,
}

impl Store {
    /// Quotes offers, in the order of `wanted`.
    ///
    /// # Errors
    /// [`Error::OfferUnavailable`] with all that are not known or not sold; those of the table.
    pub async fn quote(&self, wanted: &[Wanted]) -> Result<Vec<OfferLine>, Error> {
        let keys: Vec<_> = wanted.iter().map(|line| keys::offer(line.offer_id)).collect();
        let offers: Vec<OfferRow> = self.table.batch_get(&keys, Read::Strong).await?;
        let product_ids: Vec<_> = offers.iter().map(|offer| offer.product_id).collect();
        let products = self.products(&product_ids).await?;
        let offers: HashMap<_, _> = offers.into_iter().map(|offer| (offer.offer_id, offer)).collect();
        let quoted: Vec<Result<OfferLine, OfferId>> = wanted
            .iter()
            .map(|line| {
                let offer = offers.get(&line.offer_id);
                let quoted = offer.and_then(|offer| quote(products.get(&offer.product_id)?, offer.variant_id, *line));
                quoted.ok_or(line.offer_id)
            })
            .collect();
        let items: Vec<_> = quoted.iter().filter_map(|line| line.as_ref().err().copied()).collect();
        if items.is_empty() {
            Ok(quoted.into_iter().flatten().collect())
        } else {
            Err(Error::OfferUnavailable { items })
        }
    }
}

fn quote(product: &Product, variant_id: VariantId, line: Wanted) -> Option<OfferLine> {
    let main = product.main.as_ref().filter(|_| product.is_shown())?;
    let variant = product.variants.get(&variant_id)?;
    Some(OfferLine {
        offer_id: line.offer_id,
        product_id: product.id,
        variant_id,
        seller_id: product.seller_id,
        sku: variant.sku.clone(),
        title: main.title.clone(),
        image: variant.image.clone().or_else(|| product.images().into_iter().next()),
        quantity: line.quantity,
        unit_price: variant.price,
        weight_grams: weight_grams(&variant.attributes),
        tax_category: tax_category(&variant.attributes),
    })
}

/// The write that says where an offer is found.
pub(super) fn found_at(listing: &Listing) -> Result<Put, Error> {
    let Listing { offer_id, product_id, variant_id, .. } = *listing;
    Ok(Put::new(&keys::offer(offer_id), &OfferRow { offer_id, product_id, variant_id })?)
}
