//! The availability of an offer as it was last told.

use rialto_dynamo::{Put, Query, cond};
use rialto_events::{Envelope, OUTBOX, outbox, types::AvailabilityChanged};
use rialto_kernel::{OfferId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{ATTEMPTS, Inventory, StockRow, before, keys};
use crate::{domain::Band, error::Error};

/// What was last told of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    offer_id: OfferId,
    band: Band,
    /// The sum of the versions of the stock rows it was computed from.
    version: u64,
}

/// A row of an offer's partition.
#[derive(Deserialize)]
#[serde(untagged)]
enum Row {
    Stock(StockRow),
    Told(Told),
}

impl Inventory {
    /// Computes an offer's availability from its stock and, when its band is another than the one last told, tells it.
    ///
    /// The version is the sum of the stock rows' versions: each row's only grows, so whoever read last has the greatest.
    /// The row is replaced only as it was read: otherwise two that compare with the same predecessor could
    /// leave a change of band untold.
    ///
    /// # Errors
    /// [`Error::Contended`]; those of the table.
    pub async fn tell_availability(&self, offer: OfferId, now: Timestamp) -> Result<(), Error> {
        for attempt in 0..ATTEMPTS {
            before(attempt).await;
            let (rows, told) = self.partition(offer).await?;
            let version = rows.iter().fold(0_u64, |sum, row| sum.saturating_add(row.version));
            let Some(row) = rows.first().filter(|_| told.as_ref().is_none_or(|told| told.version < version)) else {
                return Ok(());
            };
            let band = Band::of(rows.iter().map(|row| u64::from(row.available)).sum());
            let put = Put::new(&keys::availability(offer), &Told { offer_id: offer, band, version })?;
            let put = match &told {
                None => put.when(cond::absent("pk")),
                Some(told) => put.when(cond::eq("version", told.version)),
            };
            let put = if told.is_some_and(|told| told.band == band) {
                put
            } else {
                let event = news(row, band);
                put.with(OUTBOX, outbox(&[Envelope::of(&event, offer, version, now)?])?)
            };
            match self.table.put(put).await {
                Ok(()) => return Ok(()),
                Err(error) if error.condition_failed() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }

    /// The offer's stock and what was last told of it, in one strong read.
    async fn partition(&self, offer: OfferId) -> Result<(Vec<StockRow>, Option<Told>), Error> {
        let mut stock = Vec::new();
        let mut told = None;
        for row in self.table.query_all(Query::pk(keys::offer(offer)).strong()).await? {
            match row {
                Row::Stock(row) => stock.push(row),
                Row::Told(row) => told = Some(row),
            }
        }
        Ok((stock, told))
    }
}

fn news(row: &StockRow, band: Band) -> AvailabilityChanged {
    AvailabilityChanged {
        offer_id: row.offer_id,
        product_id: row.product_id,
        seller_id: row.seller_id,
        sku: row.sku.clone(),
        status: band.status,
        available: band.available,
    }
}
