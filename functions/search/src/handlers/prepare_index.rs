//! Makes the index of a stage.

use std::collections::BTreeSet;

use rialto_lambda::{Context, InitError};
use serde::Serialize;
use thiserror::Error;

use crate::{
    SEARCH_TABLE, alias_of,
    domain::{DEFINITION_VERSION, INDEX_DEFINITION},
    index::IndexError,
    open_search::OpenSearch,
    store::{SearchStore, WriteTargets},
};

/// What preparing needs.
#[derive(Debug, Clone)]
pub struct Preparer {
    alias: String,
    store: SearchStore,
    index: OpenSearch,
}

/// What preparing failed with; ask again.
#[derive(Debug, Error)]
pub enum PrepareError {
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// Another preparation has changed the targets meanwhile.
    #[error("another preparation is running")]
    Concurrent,
    /// The table.
    #[error(transparent)]
    Table(#[from] rialto_dynamo::Error),
}

/// Where things are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Prepared {
    /// What is searched.
    pub alias: String,
    /// What is written.
    pub write_targets: Vec<String>,
}

impl Preparer {
    /// # Errors
    /// When a setting is missing.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let store = SearchStore::new(context.table(SEARCH_TABLE)?);
        Ok(Self::over(alias_of(context.stage()), store, OpenSearch::from_env(context)?))
    }

    /// Over these backing services.
    #[must_use]
    pub fn over(alias: String, store: SearchStore, index: OpenSearch) -> Self {
        Self { alias, store, index }
    }
}

/// Makes the index of the current definition, fills it from the index of an older one, and points the alias at it, as far
/// as that has not been done. Invoked at each deployment; doing it twice changes nothing.
///
/// Documents are written to both indexes before the first is copied, and until the next deployment, which copies once more:
/// a batch that had read the targets before they were two has long ended by then. The older index is left in place.
///
/// # Errors
/// When index or table cannot be reached, or another preparation runs.
pub async fn prepare_index(preparer: &Preparer, _: serde_json::Value) -> Result<Prepared, PrepareError> {
    let Preparer { alias, store, index } = preparer;
    let current = format!("{alias}-v{DEFINITION_VERSION}");
    index.make(&current, INDEX_DEFINITION).await?;
    let behind = index.behind(alias).await?;
    let read = store.write_targets().await?;
    let is_current = behind.contains(&current);
    let older: BTreeSet<&String> = behind
        .iter()
        .chain(read.iter().flat_map(|targets| &targets.write_targets))
        .filter(|target| **target != current)
        .collect();
    if !older.is_empty() && !is_current {
        let both = older.iter().copied().chain([&current]).cloned().collect();
        choose(store, both, read.as_ref()).await?;
    }
    for old in &older {
        index.copy(old, &current).await?;
    }
    if !is_current {
        index.point(alias, &current, &behind).await?;
    }
    if older.is_empty() || is_current {
        choose(store, vec![current], read.as_ref()).await?;
    }
    let write_targets = store.write_targets().await?.map(|targets| targets.write_targets).unwrap_or_default();
    tracing::info!(index.alias = alias, index.targets = ?write_targets, "index prepared");
    Ok(Prepared { alias: alias.clone(), write_targets })
}

async fn choose(store: &SearchStore, targets: Vec<String>, read: Option<&WriteTargets>) -> Result<(), PrepareError> {
    let targets = WriteTargets { write_targets: targets };
    if read == Some(&targets) || store.choose_write_targets(&targets, read).await? {
        return Ok(());
    }
    Err(PrepareError::Concurrent)
}
