//! What search fails with.

use rialto_http::Problem;
use thiserror::Error;

use crate::index::IndexError;

/// Why news could not be taken in; the messages come again.
#[derive(Debug, Error)]
pub enum IndexingError {
    /// `search-prepare-index` has not run.
    #[error("the index has not been prepared")]
    NotPrepared,
    /// Other batches changed the same product again and again.
    #[error("the product is being changed too often")]
    Contention,
    /// The table.
    #[error(transparent)]
    Table(#[from] rialto_dynamo::Error),
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl From<IndexError> for Problem {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Unavailable(_) => Self::unavailable(error).retry_after(RETRY_AFTER_SECONDS),
            IndexError::Resting(rest) => {
                let seconds = rest.as_secs().saturating_add(1);
                Self::unavailable(error).retry_after(seconds)
            }
            IndexError::Refused { .. } | IndexError::Unreadable(_) => Self::internal(error),
        }
    }
}

/// A cluster that is down is rarely back at once.
const RETRY_AFTER_SECONDS: u64 = 5;
