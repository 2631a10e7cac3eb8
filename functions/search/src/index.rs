//! The port to the index, so that the guards can be proved without one.

use std::{collections::BTreeSet, time::Duration};

use rialto_kernel::ProductId;
use thiserror::Error;

use crate::domain::Document;

/// Where documents are written.
pub trait Index: Sync {
    /// Writes each document to each target, unless the target has it at this version or a later one: then it is done.
    /// Answers the products that at least one target did not take.
    ///
    /// # Errors
    /// When the index cannot be reached or refuses the whole batch.
    fn write(
        &self,
        targets: &[String],
        documents: &[Document],
    ) -> impl Future<Output = Result<BTreeSet<ProductId>, IndexError>> + Send;
}

/// What the index fails with.
#[derive(Debug, Error)]
pub enum IndexError {
    /// It cannot be reached, does not answer in time, or is too busy. Ask again later.
    #[error("the index is unavailable: {0}")]
    Unavailable(String),
    /// It could not be reached a moment ago, and is not asked for this long.
    #[error("the index is given {} ms to recover", .0.as_millis())]
    Resting(Duration),
    /// It does not take the request: a bug of ours.
    #[error("the index refused with {status}: {reason}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The index's own words.
        reason: String,
    },
    /// Its answer cannot be read.
    #[error("the index gave an unreadable answer")]
    Unreadable(#[from] serde_json::Error),
}
