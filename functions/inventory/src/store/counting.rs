//! Setting counted stock from a catalogue import.

use std::collections::{BTreeMap, HashMap};

use futures::{StreamExt, TryStreamExt, stream};
use rialto_dynamo::{Put, Read, Update, Write, cond, mutants};
use rialto_kernel::{ImportId, OfferId, ProductId, SellerId, Timestamp, WarehouseId};
use serde::{Deserialize, Serialize};

use super::{ATTEMPTS, Inventory, Offer, StockRow, before, booking, keys, ledger, roster};
use crate::{
    domain::{Count, Level, MAX_ON_HAND, Movement, Reason, count},
    error::Error,
};

/// How many offers are written at the same time.
const AT_ONCE: usize = 16;

/// One row of an import.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counted {
    /// The row's line in the file: with the import's id and the offer it names the movement.
    pub line: u64,
    /// The offer.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// The seller's own text for it.
    pub sku: String,
    /// Units in the default warehouse, at most [`MAX_ON_HAND`].
    pub quantity: u32,
}

/// A row that would leave fewer units than are set aside for orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rejected {
    /// The row's line in the file.
    pub line: u64,
    /// The offer.
    pub offer_id: OfferId,
    /// Units set aside for orders.
    pub reserved: u32,
}

/// One import's counting of the default warehouse.
struct Stocktake<'a> {
    inventory: &'a Inventory,
    seller: SellerId,
    warehouse: WarehouseId,
    import: ImportId,
    now: Timestamp,
}

impl Inventory {
    /// Sets the on-hand stock of a seller's default warehouse to what was counted and answers the rows that were
    /// refused, by line. Run again with the same import, a row that moved stock does not move it again.
    ///
    /// # Errors
    /// [`Error::TooMuchStock`]; [`Error::Contended`]; those of the table. Rows may have been set by then.
    pub async fn set_counted(
        &self,
        seller: SellerId,
        import: ImportId,
        rows: &[Counted],
        now: Timestamp,
    ) -> Result<Vec<Rejected>, Error> {
        if rows.iter().any(|row| row.quantity > MAX_ON_HAND) {
            return Err(Error::TooMuchStock);
        }
        let warehouse = self.default_warehouse(seller).await?;
        let mut by_offer: BTreeMap<OfferId, Vec<&Counted>> = BTreeMap::new();
        for row in rows {
            by_offer.entry(row.offer_id).or_default().push(row);
        }
        let keys: Vec<_> = by_offer.keys().map(|offer| keys::stock(*offer, warehouse)).collect();
        let standing: Vec<StockRow> = self.table.batch_get(&keys, Read::Strong).await?;
        let mut standing: HashMap<_, _> = standing.into_iter().map(|row| (row.offer_id, row)).collect();
        let stocktake = &Stocktake { inventory: self, seller, warehouse, import, now };
        let work: Vec<_> = by_offer.into_iter().map(|(offer, rows)| (rows, standing.remove(&offer))).collect();
        let rejected: Vec<_> = stream::iter(work)
            .map(|(rows, known)| stocktake.count_offer(rows, known))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let mut rejected: Vec<Rejected> = rejected.into_iter().flatten().collect();
        rejected.sort_by_key(|row| row.line);
        Ok(rejected)
    }
}

impl Inventory {
    /// Books the first stock of an item that was listed by itself. Where the offer has stock already nothing changes: the
    /// listing was told of before, or what was counted since is the truth.
    ///
    /// # Errors
    /// [`Error::TooMuchStock`]; those of the table.
    pub async fn stock_new(
        &self,
        seller: SellerId,
        listing: ImportId,
        item: &Counted,
        now: Timestamp,
    ) -> Result<(), Error> {
        if item.quantity > MAX_ON_HAND {
            return Err(Error::TooMuchStock);
        }
        let warehouse = self.default_warehouse(seller).await?;
        let stocktake = Stocktake { inventory: self, seller, warehouse, import: listing, now };
        match self.table.transact(stocktake.first(item)?).await {
            Err(error) if error.condition_failed() => Ok(()),
            other => Ok(other?),
        }
    }
}

impl Stocktake<'_> {
    /// The rows of one offer one after the other: the last one counts.
    async fn count_offer(&self, rows: Vec<&Counted>, mut known: Option<StockRow>) -> Result<Vec<Rejected>, Error> {
        let mut rejected = Vec::new();
        for (index, row) in rows.into_iter().enumerate() {
            if index > 0 {
                known = self.inventory.stock_in(row.offer_id, self.warehouse).await?;
            }
            rejected.extend(self.count_row(row, known.take()).await?);
        }
        Ok(rejected)
    }

    async fn count_row(&self, row: &Counted, known: Option<StockRow>) -> Result<Option<Rejected>, Error> {
        let mut known = known;
        for attempt in 0..ATTEMPTS {
            before(attempt).await;
            if attempt > 0 {
                known = self.inventory.stock_in(row.offer_id, self.warehouse).await?;
            }
            let writes = match &known {
                None => self.first(row)?,
                Some(standing) => {
                    if standing.product_id != row.product_id {
                        self.inventory.move_to_product(&self.offer(row)).await?;
                    }
                    match count(standing.level(), row.quantity) {
                        Count::Unchanged => return Ok(None),
                        Count::BelowReserved { reserved } => return self.reject(row, reserved).await,
                        Count::Moved(delta) => self.correction(row, standing, delta)?,
                    }
                }
            };
            match self.inventory.table.transact(writes).await {
                Ok(()) => return Ok(None),
                // The ledger knows the movement: an earlier run booked it.
                Err(error) if known.is_some() && error.failed_conditions().contains(&1) => return Ok(None),
                Err(error) if error.condition_failed() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }

    /// Refuses a row, unless an earlier run of the same import has set it.
    async fn reject(&self, row: &Counted, reserved: u32) -> Result<Option<Rejected>, Error> {
        let booked = self.inventory.is_booked(Movement::id_of_import(self.import, row.line, row.offer_id)).await?;
        Ok((!mutants::guard(booked)).then_some(Rejected { line: row.line, offer_id: row.offer_id, reserved }))
    }

    fn correction(&self, row: &Counted, standing: &StockRow, delta: i64) -> Result<Vec<Write>, Error> {
        let movement = self.movement(row, delta);
        // The delta is right only for the stock that was read.
        let change = booking::change(&movement).when(cond::eq("version", standing.version));
        Ok(vec![change.into(), ledger::entry(&movement)?.into()])
    }

    /// The offer, its first stock and, unless there is none, its movement.
    fn first(&self, row: &Counted) -> Result<Vec<Write>, Error> {
        let offer = self.offer(row);
        let level = Level { on_hand: row.quantity, reserved: 0, available: row.quantity };
        let by_sku = Put::new(&keys::seller_sku(self.seller, &row.sku), &offer)?
            .gsi1(keys::sku(&row.sku), keys::seller(self.seller));
        let movements = u64::from(row.quantity > 0);
        let first = booking::first_row(&offer, self.warehouse, level, movements)?;
        let mut writes = vec![first, by_sku.into(), roster::enrol(row.offer_id)];
        if row.quantity > 0 {
            writes.push(ledger::entry(&self.movement(row, i64::from(row.quantity)))?.into());
        }
        Ok(writes)
    }

    fn offer(&self, row: &Counted) -> Offer {
        let Counted { offer_id, product_id, .. } = *row;
        Offer { offer_id, seller_id: self.seller, product_id, sku: row.sku.clone() }
    }

    fn movement(&self, row: &Counted, delta: i64) -> Movement {
        Movement {
            movement_id: Movement::id_of_import(self.import, row.line, row.offer_id),
            offer_id: row.offer_id,
            product_id: row.product_id,
            warehouse_id: self.warehouse,
            delta_on_hand: delta,
            delta_reserved: 0,
            reason: Reason::Imported,
            reference: format!("{} line {}", self.import, row.line),
            at: self.now,
        }
    }
}

impl Inventory {
    /// Writes the product that an offer belongs to now on each of its rows; counts and versions stay.
    async fn move_to_product(&self, offer: &Offer) -> Result<(), Error> {
        let stock = self.stock_of(offer.offer_id).await?;
        let rows = stock.iter().map(|row| keys::stock(row.offer_id, row.warehouse_id));
        for key in rows.chain([keys::seller_sku(offer.seller_id, &offer.sku)]) {
            let moved = Update::of(key).set("productId", offer.product_id.to_string());
            self.table.update(moved.when(cond::exists("pk"))).await?;
        }
        Ok(())
    }
}
