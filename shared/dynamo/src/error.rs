//! What table operations fail with.

use std::fmt;

use serde::de::DeserializeOwned;

use crate::value::{Item, from_item};

/// What a table operation failed with. Neither its text nor its debug form names keys or values.
#[derive(thiserror::Error)]
pub enum Error {
    /// The condition of a single write did not hold; nothing was written. A domain error: 404, 409 or 412.
    #[error("the condition of the write was not met")]
    ConditionFailed {
        /// The item as it was, absent when there was none.
        item: Option<Item>,
    },
    /// Conditions of a transaction did not hold; nothing was written. A domain error: 404, 409 or 412.
    #[error("the transaction was cancelled: {reasons:?}")]
    Cancelled {
        /// One reason for each write, in order of the writes.
        reasons: Vec<Reason>,
    },
    /// Conflicts or throttling outlived all retries; nothing was written. HTTP 503 with `Retry-After`.
    #[error("contention on the table outlived the retries")]
    Contention,
    /// The request can never succeed as the items are, such as an update of an entry of a map that is absent: a bug in
    /// the caller. In a transaction it outweighs unmet conditions. HTTP 500.
    #[error("invalid request to the table: {0}")]
    Invalid(String),
    /// A stored item does not fit the type it was read as: a bug or a missed migration. HTTP 500.
    #[error("unreadable item: {0}")]
    Unreadable(String),
    /// The position to start after does not belong to the query: a forged cursor. HTTP 400.
    #[error("the position is not within the query")]
    Position,
    /// DynamoDB could not be reached or failed. **A write may have been applied.** HTTP 503 with `Retry-After`.
    #[error("the table is unavailable: {0}")]
    Unavailable(String),
}

/// What became of one write of a cancelled transaction.
#[derive(Clone, PartialEq)]
pub enum Reason {
    /// Nothing was wrong with this write.
    Met,
    /// The condition of this write did not hold.
    ConditionFailed {
        /// The item as it was, absent when there was none.
        item: Option<Item>,
    },
}

impl Error {
    /// Whether a condition was not met.
    pub fn condition_failed(&self) -> bool {
        matches!(self, Self::ConditionFailed { .. } | Self::Cancelled { .. })
    }

    /// The positions of the writes whose conditions were not met, ascending; `[0]` for a single write.
    pub fn failed_conditions(&self) -> Vec<usize> {
        match self {
            Self::ConditionFailed { .. } => vec![0],
            Self::Cancelled { reasons } => reasons
                .iter()
                .enumerate()
                .filter_map(|(index, reason)| matches!(reason, Reason::ConditionFailed { .. }).then_some(index))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The item on which the condition of the write at `index` was not met (0 for a single write); `None` when there was
    /// no such item, or that condition held. Fails with [`Error::Unreadable`].
    pub fn failed_item<T: DeserializeOwned>(&self, index: usize) -> Result<Option<T>, Error> {
        let item = match self {
            Self::ConditionFailed { item } if index == 0 => item,
            Self::Cancelled { reasons } => match reasons.get(index) {
                Some(Reason::ConditionFailed { item }) => item,
                _ => &None,
            },
            _ => &None,
        };
        item.clone().map(from_item).transpose()
    }

    /// Whether the same call may succeed later: answered as 503, or retried by the queue or workflow.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Contention | Self::Unavailable(_))
    }

    /// `message` is kept only where it names fields, as others can quote the value.
    pub(crate) fn unreadable<T>(message: &str) -> Self {
        let names_a_field =
            ["missing field", "unknown field", "duplicate field"].iter().any(|start| message.starts_with(start));
        let detail = if names_a_field { message } else { "a value does not fit its field" };
        Self::Unreadable(format!("{}: {detail}", std::any::type_name::<T>()))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConditionFailed { item } => write!(f, "ConditionFailed({})", presence(item.as_ref())),
            other => write!(f, "{other}"),
        }
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Met => f.write_str("Met"),
            Self::ConditionFailed { item } => write!(f, "ConditionFailed({})", presence(item.as_ref())),
        }
    }
}

fn presence(item: Option<&Item>) -> &'static str {
    if item.is_some() { "item present" } else { "no item" }
}
