//! Makes the indexes of a stage and rebuilds them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    domain::Indexes,
    rebuilder::{RebuildError, Rebuilder},
};

/// Less than the functions' time-out, and than the minute after which the next one comes.
const WITHIN: Duration = Duration::from_secs(45);

/// Where things are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Prepared {
    /// What is searched.
    pub serving: String,
    /// What is written.
    pub write_targets: Vec<String>,
}

/// What the calendar asks for.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Tick {
    /// Whether to begin a rebuilding; else what is running goes on.
    #[serde(default)]
    pub start: bool,
}

/// Makes the stage's first index, or rebuilds one of an older definition; invoked at each deployment. What is not done in 45
/// seconds, [`rebuild_index`] goes on with.
///
/// # Errors
/// When index or table cannot be reached.
pub async fn prepare_index(rebuilder: &Rebuilder, _: serde_json::Value) -> Result<Prepared, RebuildError> {
    rebuilder.prepare().await?;
    Ok(Prepared::from(rebuilder.work(WITHIN).await?))
}

/// Goes on with the rebuilding that is running, for 45 seconds; invoked each minute. Each week it begins one, unless the last was
/// given up or undone. `None` while the stage has no index at all.
///
/// # Errors
/// When index or table cannot be reached.
pub async fn rebuild_index(rebuilder: &Rebuilder, tick: Tick) -> Result<Option<Prepared>, RebuildError> {
    let indexes = match rebuilder.indexes().await {
        Err(RebuildError::NotPrepared) => return Ok(None),
        indexes => indexes?,
    };
    if tick.start && indexes.is_held() {
        tracing::warn!(index.serving = indexes.serving, "not rebuilt: the last rebuilding was given up or undone");
    } else if tick.start {
        rebuilder.start(None).await?;
    }
    Ok(Some(Prepared::from(rebuilder.work(WITHIN).await?)))
}

impl From<Indexes> for Prepared {
    fn from(indexes: Indexes) -> Self {
        Self { write_targets: indexes.targets(), serving: indexes.serving }
    }
}
