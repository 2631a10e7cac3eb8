//! Stocktakes: what was counted against what the books said then.

use futures::{StreamExt, TryStreamExt, stream};
use rialto_dynamo::{Write, cond};
use rialto_kernel::{StocktakeId, Timestamp, WarehouseId};

use super::{ATTEMPTS, Inventory, Offer, StockRow, before, booking, ledger, roster};
use crate::{
    domain::{Count, Level, Movement, Reason, count},
    error::Error,
};

/// How many offers are written at the same time.
const AT_ONCE: usize = 8;

/// One offer that was counted in a warehouse.
#[derive(Debug, Clone)]
pub struct Tally {
    /// What.
    pub offer: Offer,
    /// Where; one of the seller's warehouses.
    pub warehouse_id: WarehouseId,
    /// The version of the stock when it was counted; 0 where the warehouse had none of it.
    pub version: u64,
    /// Units that were counted.
    pub counted: u32,
    /// The seller's own words for the ledger.
    pub note: String,
}

/// What became of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tallied {
    /// The books were right, or are now.
    Booked {
        /// Units by which they were wrong.
        delta: i64,
        /// The stock now; none where there was and is nothing.
        stock: Option<StockRow>,
    },
    /// The stock moved since it was counted: count again.
    Moved {
        /// The stock now.
        stock: Option<StockRow>,
    },
    /// Fewer were counted than are set aside for orders.
    BelowReserved {
        /// The stock now.
        stock: StockRow,
    },
}

impl Inventory {
    /// Books what was counted, each offer on its own, and answers in the order of the tallies. Booked again with the same
    /// id, what moved does not move again.
    ///
    /// # Errors
    /// [`Error::Contended`]; those of the table. Some may be booked by then.
    pub async fn take_stock(&self, id: StocktakeId, tallies: &[Tally], now: Timestamp) -> Result<Vec<Tallied>, Error> {
        stream::iter(tallies).map(|tally| self.book_tally(id, tally, now)).buffered(AT_ONCE).try_collect().await
    }

    async fn book_tally(&self, id: StocktakeId, tally: &Tally, now: Timestamp) -> Result<Tallied, Error> {
        for attempt in 0..ATTEMPTS {
            before(attempt).await;
            let stock = self.stock_in(tally.offer.offer_id, tally.warehouse_id).await?;
            let level = stock.as_ref().map(StockRow::level).unwrap_or_default();
            if stock.as_ref().map_or(0, |row| row.version) != tally.version {
                let earlier = self.movement(Movement::id_of_stocktake(id, tally.offer.offer_id)).await?;
                return Ok(match earlier {
                    Some(movement) => Tallied::Booked { delta: movement.delta_on_hand, stock },
                    None => Tallied::Moved { stock },
                });
            }
            let delta = match (count(level, tally.counted), stock.clone()) {
                (Count::Unchanged, stock) => return Ok(Tallied::Booked { delta: 0, stock }),
                (Count::BelowReserved { .. }, Some(stock)) => return Ok(Tallied::BelowReserved { stock }),
                // Nothing is set aside where there is no stock.
                (Count::BelowReserved { .. }, None) => return Err(Error::Invalid("a count without stock")),
                (Count::Moved(delta), _) => delta,
            };
            match self.table.transact(tally.writes(id, stock.as_ref(), delta, now)?).await {
                Ok(()) => {
                    let stock = self.stock_in(tally.offer.offer_id, tally.warehouse_id).await?;
                    return Ok(Tallied::Booked { delta, stock });
                }
                Err(error) if error.condition_failed() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }
}

impl Tally {
    /// Right only for the stock at the version that was counted.
    fn writes(
        &self,
        id: StocktakeId,
        standing: Option<&StockRow>,
        delta: i64,
        now: Timestamp,
    ) -> Result<Vec<Write>, Error> {
        let movement = Movement {
            movement_id: Movement::id_of_stocktake(id, self.offer.offer_id),
            offer_id: self.offer.offer_id,
            product_id: self.offer.product_id,
            warehouse_id: self.warehouse_id,
            delta_on_hand: delta,
            delta_reserved: 0,
            reason: Reason::Counted,
            reference: format!("{id} {}", self.note).trim_end().to_owned(),
            at: now,
        };
        let entry = ledger::entry(&movement)?.into();
        if standing.is_some() {
            return Ok(vec![booking::change(&movement).when(cond::eq("version", self.version)).into(), entry]);
        }
        let after = Level::default().after(&movement).ok_or(Error::TooMuchStock)?;
        let row = booking::first_row(&self.offer, self.warehouse_id, after, 1)?;
        Ok(vec![row, entry, roster::enrol(self.offer.offer_id)])
    }
}
