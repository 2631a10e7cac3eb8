//! Step `catalog-apply-import-rows`: the chunk that was read goes into the catalogue, and the job moves on.

use rialto_kernel::ImportId;
use rialto_lambda::now;
use serde::{Deserialize, Serialize};

use super::Imports;
use crate::{
    Error,
    domain::record::Position,
    importing::{RejectedStock, apply, chunk_of},
};

/// The chunk and the rows whose stock could not be set.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyImportRows {
    import_id: ImportId,
    #[serde(flatten)]
    from: Position,
    rejected: Vec<RejectedStock>,
    /// The lines of rows that were refused before their stock was set.
    #[serde(default)]
    refused: Vec<u64>,
}

/// Nothing that the workflow has to know: it reads on from where the job is.
#[derive(Debug, Serialize)]
pub struct AppliedRows {}

/// # Errors
/// `FileUnreadable` with the reason.
pub async fn apply_import_rows(imports: &Imports, input: ApplyImportRows) -> Result<AppliedRows, Error> {
    let job = imports.store.job(input.import_id).await?;
    // Otherwise the chunk was applied before, and the answer to that was lost.
    if job.position() == input.from && !job.is_read() {
        let window = imports.uploads.window(&job, input.from).await?;
        apply(&imports.store, &job, &chunk_of(&job, &window)?, &input.rejected, &input.refused, now()).await?;
    }
    Ok(AppliedRows {})
}
