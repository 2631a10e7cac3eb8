//! Makes the first index of a stage.

use rialto_lambda::{Context, InitError};
use serde::Serialize;
use thiserror::Error;

use crate::{
    SEARCH_TABLE, alias_of,
    domain::index_definition,
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

/// Makes the index `<alias>-v1`, points the alias at it and writes there, as far as that has not been done. Once an alias
/// exists, it is left where it points. Invoked at each deployment; doing it twice changes nothing.
///
/// # Errors
/// When index or table cannot be reached.
pub async fn prepare_index(preparer: &Preparer, _: serde_json::Value) -> Result<Prepared, PrepareError> {
    let Preparer { alias, store, index } = preparer;
    let mut indexes = index.behind(alias).await?;
    if indexes.is_empty() {
        let first = format!("{alias}-v1");
        index.make(&first, &index_definition()).await?;
        index.point(alias, &first).await?;
        indexes.push(first);
    }
    store.choose_write_targets(&WriteTargets { write_targets: indexes.clone() }).await?;
    let chosen = store.write_targets().await?.map_or(indexes, |targets| targets.write_targets);
    tracing::info!(index.alias = alias, index.targets = ?chosen, "index prepared");
    Ok(Prepared { alias: alias.clone(), write_targets: chosen })
}
