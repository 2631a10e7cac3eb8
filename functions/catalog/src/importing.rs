//! The steps of an import between the file and the table. Each can run again at any point and goes on where it was.

use std::collections::BTreeMap;

use rialto_kernel::{OfferId, ProductId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    domain::{
        attributes::declared_anew,
        job::{Counts, FILE_ROWS, Job},
        listing::{Outcome, Verdict, judge},
        reading::{Chunk, FileError, read_chunk, refuse_repeated_skus},
        record::CHUNK_ROWS,
        row::Row,
    },
    store::{GoodRow, Settled, Store, Window, below_reserved},
};

/// The stock that a changed row sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RowStock {
    /// The row's line.
    pub line: u64,
    /// Its offer.
    pub offer_id: OfferId,
    /// The product that shows it.
    pub product_id: ProductId,
    /// The seller's own text.
    pub sku: String,
    /// Units on hand.
    pub quantity: u32,
}

/// A row whose stock could not be set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RejectedStock {
    /// The row's line.
    pub line: u64,
    /// Units set aside for orders.
    pub reserved: u32,
}

/// Reads the chunk of `job` that `window` begins with.
///
/// # Errors
/// [`Error::FileUnreadable`].
pub fn chunk_of(job: &Job, window: &Window) -> Result<Chunk, Error> {
    let mut chunk = read_chunk(job.layout.clone(), &window.bytes, window.last, job.position(), CHUNK_ROWS)?;
    let rows = u64::try_from(chunk.lines.len()).map_or(u64::MAX, |rows| rows.saturating_add(job.rows));
    if rows > FILE_ROWS {
        return Err(FileError::TooManyRows { most: FILE_ROWS }.into());
    }
    refuse_repeated_skus(&mut chunk.lines);
    Ok(chunk)
}

/// What the changed rows of a chunk do to stock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stocked {
    /// What they set.
    pub stock: Vec<RowStock>,
    /// The lines of those that set none, as their categories declare other attributes.
    pub refused: Vec<u64>,
}

/// The stock that the changed rows of a chunk set, and those that are refused before they set any.
///
/// # Errors
/// Those of the table.
pub async fn stock_of(store: &Store, job: &Job, chunk: &Chunk) -> Result<Stocked, Error> {
    let good = good_rows(chunk);
    let listings = store.listings(job.seller_id, good.iter().map(|(_, row)| row.sku.as_str())).await?;
    let changed =
        |(line, row): &(u64, &Row)| judge(row, *line, job.import_id, listings.get(&row.sku)) == Verdict::Changed;
    let changed: Vec<_> = good.into_iter().filter(changed).collect();
    let mistyped = store.mistyped(&changed).await?;
    let refused = mistyped.keys().copied().collect();
    let stock = changed.into_iter().filter(|(line, _)| !mistyped.contains_key(line)).map(|(line, row)| RowStock {
        line,
        offer_id: row.offer_id(job.seller_id),
        product_id: row.product_id(job.seller_id),
        sku: row.sku.clone(),
        quantity: row.quantity,
    });
    Ok(Stocked { stock: stock.collect(), refused })
}

fn good_rows(chunk: &Chunk) -> Vec<(u64, &Row)> {
    chunk.lines.iter().filter_map(|line| Some((line.line, line.row.as_ref().ok()?))).collect()
}

/// Publishes the good rows of a chunk, keeps the errors of the others, and moves the job on: all of it once, however
/// often and with whatever interruption it runs. A chunk that the job is past is left alone. A row on a line in `refused` has
/// set no stock: it stays refused, whatever its category declares by now.
///
/// # Errors
/// [`Error::Contended`]; those of the table.
pub async fn apply(
    store: &Store,
    job: &Job,
    chunk: &Chunk,
    rejected: &[RejectedStock],
    refused: &[u64],
    now: Timestamp,
) -> Result<(), Error> {
    if job.position() != chunk.from || job.is_read() {
        return Ok(());
    }
    let reserved: BTreeMap<u64, u32> = rejected.iter().map(|row| (row.line, row.reserved)).collect();
    let unstocked: Vec<_> = good_rows(chunk).into_iter().filter(|(line, _)| refused.contains(line)).collect();
    let mut mistyped = store.mistyped(&unstocked).await?;
    let (mut good, mut settled) = (Vec::new(), Vec::new());
    for line in &chunk.lines {
        match &line.row {
            Err(errors) => settled.push(Settled::rejected(line.line, errors.clone())),
            Ok(_) if refused.contains(&line.line) => {
                let errors = mistyped.remove(&line.line).unwrap_or_else(|| vec![declared_anew()]);
                settled.push(Settled::rejected(line.line, errors));
            }
            Ok(row) => {
                let refusal = reserved.get(&line.line).map(|reserved| below_reserved(row.quantity, *reserved));
                good.push(GoodRow { line: line.line, row, refusal });
            }
        }
    }
    settled.extend(store.settle(job.seller_id, job.import_id, good, now).await?);
    store.keep_errors(job, &settled).await?;
    let mut counts = Counts::default();
    settled.iter().map(|row| row.outcome).for_each(|outcome: Outcome| counts.count(outcome));
    store.advance_job(job.import_id, counts, chunk).await
}

#[cfg(test)]
mod tests;
