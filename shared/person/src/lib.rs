//! What the steps of a person's export and erasure have in common, one of each a service.
//!
//! An export's parts are objects `parts/<exportId>/<service>.json` of the export bucket, so that no part travels through the
//! workflow; its archive is `archives/<exportId>.zip`. Parts go once they are packed, and with the person; the bucket's
//! lifecycle removes what parts are left after a day and archives after seven.

mod archives;

pub use archives::{Archives, ArchivesError};

use rialto_kernel::{ExportId, UserId};
use serde::{Deserialize, Serialize};

/// A step's input: whose data to remove or anonymise. A step may run twice and at once with itself.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErasePerson {
    /// Whose.
    pub user_id: UserId,
}

/// A step's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Rows that were removed or anonymised by this run.
    pub rows: u64,
}

/// A step's input: whose data to add to which export.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportPerson {
    /// Whose.
    pub user_id: UserId,
    /// The export.
    pub export_id: ExportId,
}
