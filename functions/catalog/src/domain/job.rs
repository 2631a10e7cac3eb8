//! An import job: where it stands and what it has counted.

use rialto_kernel::{ImportId, SellerId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::listing::Outcome;
use super::reading::Layout;
use super::record::Position;

/// The most bytes of a file.
pub const FILE_BYTES: u64 = 200_000_000;
/// The most rows of a file: what one run of the workflow has the history for.
pub const FILE_ROWS: u64 = 200_000;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its file is not there yet.
    Pending,
    /// Its file is being read.
    Running,
    /// Every row is in the catalogue.
    Completed,
    /// The good rows are in the catalogue, the others in the report.
    CompletedWithErrors,
    /// It stopped; what was imported until then stays. The reason says what to change.
    Failed,
}

impl State {
    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithErrors | Self::Failed)
    }
}

/// Rows so far, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// All rows that were read.
    #[schema(example = 1020)]
    pub rows: u64,
    /// Rows that changed the catalogue.
    #[schema(example = 1000)]
    pub accepted: u64,
    /// Rows that are in the report.
    #[schema(example = 20)]
    pub rejected: u64,
    /// Rows that say what the catalogue already has.
    #[schema(example = 0)]
    pub unchanged: u64,
}

impl Counts {
    /// Counts one row.
    pub fn count(&mut self, outcome: Outcome) {
        self.rows = self.rows.saturating_add(1);
        let counter = match outcome {
            Outcome::Accepted => &mut self.accepted,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Rejected => &mut self.rejected,
        };
        *counter = counter.saturating_add(1);
    }
}

/// An import job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its id, also the name of its run.
    pub import_id: ImportId,
    /// Whose it is.
    pub seller_id: SellerId,
    /// What the seller called the file.
    pub file_name: String,
    /// The file in the bucket.
    pub key: String,
    /// The object's version; absent until the file is there.
    pub version_id: Option<String>,
    /// The file's length in bytes; absent until it is there.
    pub bytes: Option<u64>,
    /// Where it stands.
    pub state: State,
    /// When it was asked for, or the file came.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Bytes that are dealt with.
    pub offset: u64,
    /// The line at that offset.
    pub line: u64,
    /// Whether the file is dealt with to its end.
    pub read: bool,
    /// How the file is laid out; absent until its first chunk is dealt with.
    pub layout: Option<Layout>,
    /// Counted rows.
    pub rows: u64,
    /// Counted rows that changed something.
    pub accepted: u64,
    /// Counted rows in the report.
    pub rejected: u64,
    /// Counted rows that changed nothing.
    pub unchanged: u64,
    /// Why it failed.
    pub reason: Option<String>,
    /// The report in the bucket.
    pub report: Option<String>,
}

impl Job {
    /// A job whose file is still to come, at `key`.
    #[must_use]
    pub fn awaiting(import_id: ImportId, seller_id: SellerId, file_name: &str, key: String, now: Timestamp) -> Self {
        Self {
            import_id,
            seller_id,
            file_name: file_name.to_owned(),
            key,
            version_id: None,
            bytes: None,
            state: State::Pending,
            created_at: now,
            finished_at: None,
            offset: Position::START.offset,
            line: Position::START.line,
            read: false,
            layout: None,
            rows: 0,
            accepted: 0,
            rejected: 0,
            unchanged: 0,
            reason: None,
            report: None,
        }
    }

    /// Where the next chunk begins.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { offset: self.offset, line: self.line }
    }

    /// Whether there is nothing more to read: the file is dealt with, or the job has ended.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.read || self.state.is_final()
    }

    /// Rows so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let Self { rows, accepted, rejected, unchanged, .. } = *self;
        Counts { rows, accepted, rejected, unchanged }
    }

    /// The state of a job that ends now: failed for a reason, else by its counts.
    #[must_use]
    pub fn ending(&self, reason: Option<&String>) -> State {
        match reason {
            Some(_) => State::Failed,
            None if self.rejected > 0 => State::CompletedWithErrors,
            None => State::Completed,
        }
    }
}
