//! What carries out table operations: DynamoDB, memory, or either with faults.

use async_trait::async_trait;

use crate::error::{Error, Reason};
use crate::key::Key;
use crate::query::{Position, Query};
use crate::table::Read;
use crate::value::Item;
use crate::write::Write;

/// One attempt at an operation; retries are the table's. Requests have passed [`crate::check`].
#[async_trait]
pub(crate) trait Backend: Send + Sync {
    async fn get(&self, key: &Key, read: Read) -> Result<Option<Item>, Failure>;

    /// The items at up to [`BATCH`] distinct keys, in any order, and the keys that were not processed.
    async fn batch_get(&self, keys: &[Key], read: Read) -> Result<(Vec<Item>, Vec<Key>), Failure>;

    /// A single put, update or delete. Answers the new item if `returning`.
    async fn write(&self, write: &Write, returning: bool) -> Result<Option<Item>, Failure>;

    /// All or none of the writes, applied once for a token.
    async fn transact(&self, writes: &[Write], token: &str) -> Result<(), Failure>;

    /// One page, reading at most `most` items.
    async fn query(&self, query: &Query, most: Option<usize>) -> Result<RawPage, Failure>;

    /// Items of the whole table, at most `most`, after the one at a key, and the key where reading stopped unless the
    /// table's end was reached; read strongly.
    async fn scan(&self, after: Option<&Key>, most: usize) -> Result<(Vec<Item>, Option<Key>), Failure>;
}

/// The keys DynamoDB takes in one batch.
pub(crate) const BATCH: usize = 100;

pub(crate) struct RawPage {
    pub(crate) items: Vec<Item>,
    /// Where reading stopped, unless the partition's end was reached.
    pub(crate) next: Option<Position>,
}

/// How one attempt failed.
#[derive(Debug, PartialEq)]
pub(crate) enum Failure {
    /// The condition of a single write did not hold.
    Condition(Option<Item>),
    /// At least one condition of a transaction did not hold, and no write met a conflict.
    Cancelled(Vec<Reason>),
    /// A conflict, or a throttled part of a transaction: certainly nothing was written.
    Busy,
    /// The request was not admitted. An earlier sending of it, whose answer the SDK lost, may have been.
    Throttled,
    /// The transaction of this token is being carried out: ask again with the same token.
    InProgress,
    Invalid(String),
    /// Nothing is known of the outcome.
    Unavailable(String),
}

impl Failure {
    pub(crate) fn is_worth_retrying(&self) -> bool {
        matches!(self, Self::Busy | Self::Throttled | Self::InProgress)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Condition(item) => Self::ConditionFailed { item },
            Failure::Cancelled(reasons) => Self::Cancelled { reasons },
            Failure::Busy | Failure::Throttled => Self::Contention,
            Failure::InProgress => Self::Unavailable("the transaction is still in progress".to_owned()),
            Failure::Invalid(what) => Self::Invalid(what),
            Failure::Unavailable(what) => Self::Unavailable(what),
        }
    }
}
