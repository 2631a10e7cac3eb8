//! How an offer stands: the availability that was last told, and whether its seller has been told that it runs out.

use rialto_dynamo::{Page, Position, Put, Query, cond};
use rialto_events::{
    Envelope, OUTBOX, outbox,
    types::{AvailabilityChanged, StockDepleted, StockLow, StockReplenished},
};
use rialto_kernel::{OfferId, ProductId, SellerId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{ATTEMPTS, Inventory, StockRow, before, keys};
use crate::{
    domain::{Band, Crossing, StockAlert},
    error::Error,
};

/// How an offer stands, summed over all warehouses, as it was last told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// The offer.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// Whose.
    pub seller_id: SellerId,
    /// The seller's own text for it.
    pub sku: String,
    /// What shoppers are told.
    pub band: Band,
    /// Units that can be bought.
    pub available: u64,
    /// At which number of units the seller wants to be told; none where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u32>,
    /// What the seller was told.
    pub alert: StockAlert,
    /// Since when.
    pub since: Timestamp,
    /// The sum of the versions of the stock rows it was computed from.
    pub version: u64,
    /// Raised by each write of this row.
    pub revision: u64,
}

/// A row of an offer's partition.
#[derive(Deserialize)]
#[serde(untagged)]
enum Row {
    Stock(StockRow),
    Standing(Standing),
}

impl Inventory {
    /// Computes how an offer stands from its stock and tells what has changed: its availability when that enters another
    /// band, and its seller when it crosses the threshold or nothing. Each is told once, with the write that keeps it.
    ///
    /// The version is the sum of the stock rows' versions: each row's only grows, so whoever read last has the greatest.
    /// The row is replaced only as it was read: otherwise two that compare with the same predecessor could
    /// leave a change untold, or tell it twice.
    ///
    /// # Errors
    /// [`Error::Contended`]; those of the table.
    pub async fn tell_availability(&self, offer: OfferId, now: Timestamp) -> Result<(), Error> {
        self.stand(offer, None, now).await.map(drop)
    }

    /// Sets the number of units at which an offer's seller wants to be told, or removes it, and answers how the offer
    /// stands then. What the new threshold crosses is told at once.
    ///
    /// # Errors
    /// [`Error::UnknownOffer`]; [`Error::Contended`]; those of the table.
    pub async fn set_threshold(&self, of: OfferId, to: Option<u32>, now: Timestamp) -> Result<Standing, Error> {
        self.stand(of, Some(to), now).await?.ok_or(Error::UnknownOffer)
    }

    /// A page of a seller's offers that are low or depleted, fewest units first. The index lags by moments.
    ///
    /// # Errors
    /// Those of the table.
    pub async fn low_stock(
        &self,
        of: SellerId,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<Standing>, Error> {
        let query = Query::pk(keys::low(of)).index(keys::INDEX);
        Ok(self.table.query(query.limit(limit).after(after)).await?)
    }

    async fn stand(
        &self,
        offer: OfferId,
        threshold: Option<Option<u32>>,
        now: Timestamp,
    ) -> Result<Option<Standing>, Error> {
        for attempt in 0..ATTEMPTS {
            before(attempt).await;
            let (rows, told) = self.partition(offer).await?;
            let Some(first) = rows.first() else { return Ok(None) };
            let next = standing(first, &rows, told.as_ref(), threshold, now);
            if let Some(told) = told.as_ref().filter(|told| told.version >= next.version) {
                if told.threshold == next.threshold {
                    return Ok(Some(told.clone()));
                }
                // The rows were read before the row that was computed from later ones.
                if told.version > next.version {
                    continue;
                }
            }
            match self.table.put(replaced(&next, told.as_ref(), now)?).await {
                Ok(()) => return Ok(Some(next)),
                Err(error) if error.condition_failed() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }

    /// The offer's stock and what was last told of it, in one strong read.
    async fn partition(&self, offer: OfferId) -> Result<(Vec<StockRow>, Option<Standing>), Error> {
        let mut stock = Vec::new();
        let mut told = None;
        for row in self.table.query_all(Query::pk(keys::offer(offer)).strong()).await? {
            match row {
                Row::Stock(row) => stock.push(row),
                Row::Standing(row) => told = Some(row),
            }
        }
        Ok((stock, told))
    }
}

fn standing(
    first: &StockRow,
    rows: &[StockRow],
    told: Option<&Standing>,
    threshold: Option<Option<u32>>,
    now: Timestamp,
) -> Standing {
    let available = rows.iter().map(|row| u64::from(row.available)).sum();
    let threshold = threshold.unwrap_or_else(|| told.and_then(|told| told.threshold));
    let alert = StockAlert::of(available, threshold);
    Standing {
        offer_id: first.offer_id,
        product_id: first.product_id,
        seller_id: first.seller_id,
        sku: first.sku.clone(),
        band: Band::of(available),
        available,
        threshold,
        alert,
        since: told.filter(|told| told.alert == alert).map_or(now, |told| told.since),
        version: rows.iter().fold(0_u64, |sum, row| sum.saturating_add(row.version)),
        revision: told.map_or(0, |told| told.revision).saturating_add(1),
    }
}

fn replaced(next: &Standing, told: Option<&Standing>, now: Timestamp) -> Result<Put, Error> {
    let put = Put::new(&keys::availability(next.offer_id), next)?.when(match told {
        None => cond::absent("pk"),
        Some(told) => cond::eq("revision", told.revision),
    });
    let put = match next.alert {
        StockAlert::None => put,
        StockAlert::Low | StockAlert::Depleted => {
            put.gsi1(keys::low(next.seller_id), keys::by_units(next.available, next.offer_id))
        }
    };
    let news = news(next, told, now)?;
    Ok(if news.is_empty() { put } else { put.with(OUTBOX, outbox(&news)?) })
}

fn news(next: &Standing, told: Option<&Standing>, now: Timestamp) -> Result<Vec<Envelope>, Error> {
    let Standing { offer_id, product_id, seller_id, available, threshold, revision, .. } = *next;
    let mut news = Vec::new();
    if told.is_none_or(|told| told.band != next.band) {
        let Band { status, available } = next.band;
        let event = AvailabilityChanged { offer_id, product_id, seller_id, sku: next.sku.clone(), status, available };
        news.push(Envelope::of(&event, offer_id, next.version, now)?);
    }
    let sku = next.sku.clone();
    match told.map_or(StockAlert::None, |told| told.alert).crossing(next.alert) {
        Some(Crossing::Low) => {
            let event = StockLow { offer_id, product_id, seller_id, sku, available, threshold };
            news.push(Envelope::of(&event, offer_id, revision, now)?);
        }
        Some(Crossing::Depleted) => {
            let event = StockDepleted { offer_id, product_id, seller_id, sku, available, threshold };
            news.push(Envelope::of(&event, offer_id, revision, now)?);
        }
        Some(Crossing::Replenished) => {
            let event = StockReplenished { offer_id, product_id, seller_id, sku, available, threshold };
            news.push(Envelope::of(&event, offer_id, revision, now)?);
        }
        None => {}
    }
    Ok(news)
}
