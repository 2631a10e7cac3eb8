//! An import as its seller sees it.

use rialto_kernel::{ImportId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Error,
    domain::job::{Counts, Job, State},
    store::Uploads,
};

/// A catalogue import.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogImport)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportView {
    import_id: ImportId,
    /// What the seller called the file.
    #[schema(example = "spring.csv")]
    file_name: String,
    state: State,
    counts: Counts,
    /// Where the report on rejected rows can be had, for an hour: CSV with the columns line, field, code and message.
    /// Absent while there is none.
    report_url: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
}

impl ImportView {
    pub(crate) async fn of(job: Job, uploads: &Uploads) -> Result<Self, Error> {
        let report_url = match &job.report {
            Some(key) => Some(uploads.report_url(key).await?),
            None => None,
        };
        Ok(Self {
            import_id: job.import_id,
            counts: job.counts(),
            file_name: job.file_name,
            state: job.state,
            report_url,
            reason: job.reason,
            created_at: job.created_at,
            finished_at: job.finished_at,
        })
    }
}
