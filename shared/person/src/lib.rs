//! What the steps of a person's export and erasure have in common, one of each a service.
//!
//! An export's parts are objects `parts/<exportId>/<service>.json` of the export bucket, so that no part travels through the
//! workflow; its archive is `archives/<exportId>.zip`. Parts go once they are packed, and with the person; the bucket's
//! lifecycle removes what parts are left after a day and archives after seven.

mod archives;

pub use archives::{Archives, ArchivesError};

use rialto_dynamo::Position;
use rialto_kernel::{ExportId, UserId};
use serde::{Deserialize, Serialize};

/// A step's input: whose data to remove or anonymise. A step may run twice and at once with itself.
///
/// A run does one page, so that no partition is too large for one; its output is the next run's input until nothing is left.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErasePerson {
    /// Whose.
    pub user_id: UserId,
    /// Rows that the runs before have removed or anonymised.
    #[serde(default)]
    pub rows: u64,
    /// Rows that the runs before have left, as something still needs them.
    #[serde(default)]
    pub left: u64,
    /// Where the run before has ended; `None` in the first one of a pass.
    #[serde(default)]
    pub after: Option<Position>,
}

/// A step's output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Erased {
    /// Whose.
    pub user_id: UserId,
    /// Rows that were removed or anonymised by this run and those before it.
    pub rows: u64,
    /// Rows that this run and those before it have left for a later pass: something still needs the person in them.
    pub left: u64,
    /// Where to go on; `None` (in JSON null) when this pass has been through everything.
    pub after: Option<Position>,
}

impl ErasePerson {
    /// The first run of a pass.
    #[must_use]
    pub fn of(user_id: UserId) -> Self {
        Self { user_id, rows: 0, left: 0, after: None }
    }

    /// What this run answers that has done `rows` more, and leaves what comes `after`.
    #[must_use]
    pub fn erased(&self, rows: u64, after: Option<Position>) -> Erased {
        Erased { user_id: self.user_id, rows: self.rows.saturating_add(rows), left: self.left, after }
    }
}

impl Erased {
    /// The same of a run that had to leave so many more rows.
    #[must_use]
    pub fn leaving(self, rows: u64) -> Self {
        Self { left: self.left.saturating_add(rows), ..self }
    }
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
