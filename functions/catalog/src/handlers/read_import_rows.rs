//! Step `catalog-read-import-rows`: the next chunk of a file, read and judged. Writes nothing.

use rialto_kernel::{ImportId, SellerId};
use serde::{Deserialize, Serialize};

use super::Imports;
use crate::{
    Error,
    importing::{RowStock, Stocked, chunk_of, stock_of},
};

/// Which import.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadImportRows {
    import_id: ImportId,
}

/// The chunk at the job's position.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadRows {
    /// Whose rows they are.
    seller_id: SellerId,
    /// Where the chunk begins, in bytes.
    offset: u64,
    /// The line at that offset.
    line: u64,
    /// What its changed rows have in stock.
    stock: Vec<RowStock>,
    /// The lines of changed rows that set no stock, as they are refused.
    refused: Vec<u64>,
    /// Whether there was nothing left to read.
    finished: bool,
}

/// # Errors
/// `FileUnreadable` with the reason.
pub async fn read_import_rows(imports: &Imports, input: ReadImportRows) -> Result<ReadRows, Error> {
    let job = imports.store.job(input.import_id).await?;
    let (seller_id, position) = (job.seller_id, job.position());
    let finished = job.is_read();
    let Stocked { stock, refused } = if finished {
        Stocked::default()
    } else {
        let window = imports.uploads.window(&job, position).await?;
        stock_of(&imports.store, &job, &chunk_of(&job, &window)?).await?
    };
    Ok(ReadRows { seller_id, offset: position.offset, line: position.line, stock, refused, finished })
}
