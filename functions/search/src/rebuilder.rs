//! Makes a stage's indexes: the first, and new ones from the table while news go on.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use rialto_kernel::{ProductId, Timestamp, UserId};
use rialto_lambda::{Context, InitError};
use thiserror::Error;

use crate::{
    SEARCH_TABLE, alias_of,
    domain::{Document, INDEX_DEFINITION, Indexes, Phase, ProductRow, Rebuild, Walked},
    index::{Index, IndexError},
    open_search::OpenSearch,
    store::SearchStore,
};

/// Rows of one step. Their documents are one request, which the cluster takes up to 10 MB of.
const ROWS: usize = 250;
const MOST_ATTEMPTS: usize = 5;

/// What rebuilding needs.
#[derive(Debug, Clone)]
pub struct Rebuilder {
    alias: String,
    store: SearchStore,
    index: OpenSearch,
    clock: fn() -> Timestamp,
}

/// Why there is no progress; asked again, it goes on.
#[derive(Debug, Error)]
pub enum RebuildError {
    /// `search-prepare-index` has not run.
    #[error("the index has not been prepared")]
    NotPrepared,
    /// Others change the same again and again.
    #[error("the indexes are being changed by others")]
    Contention,
    /// There is no older index.
    #[error("there is nothing to return to")]
    NothingBefore,
    /// Products are not in the index though they were written to it.
    #[error("{0} products are not in the new index")]
    Missing(u64),
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The table.
    #[error(transparent)]
    Table(#[from] rialto_dynamo::Error),
}

impl Rebuilder {
    /// # Errors
    /// When a setting is missing.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let store = SearchStore::new(context.table(SEARCH_TABLE)?);
        Ok(Self::over(alias_of(context.stage()), store, OpenSearch::from_env(context)?))
    }

    /// Over these backing services.
    #[must_use]
    pub fn over(alias: String, store: SearchStore, index: OpenSearch) -> Self {
        Self { alias, store, index, clock: rialto_lambda::now }
    }

    /// With another clock.
    #[must_use]
    pub fn with_clock(self, clock: fn() -> Timestamp) -> Self {
        Self { clock, ..self }
    }

    /// Makes the stage's first index, or begins to rebuild when that which is searched is of another definition. Done
    /// twice, it changes nothing.
    ///
    /// # Errors
    /// When index or table cannot be reached.
    pub async fn prepare(&self) -> Result<(), RebuildError> {
        if self.store.indexes().await?.is_none() {
            let first = Indexes::first(Indexes::named(&self.alias, (self.clock)()));
            self.index.make(&first.serving, INDEX_DEFINITION).await?;
            if !self.store.replace_indexes(&first).await? && self.indexes().await?.serving != first.serving {
                // Another preparation made the first one.
                self.index.delete(&first.serving).await?;
            }
        }
        for _ in 0..MOST_ATTEMPTS {
            let indexes = self.indexes().await?;
            if indexes.is_current(&self.alias) {
                return Ok(());
            }
            let now = (self.clock)();
            let idle = if indexes.running().is_some() { indexes.roll_back(now) } else { None };
            // What runs is of an older definition, too: it is given up first.
            let next = idle.or_else(|| indexes.start(Indexes::named(&self.alias, now), None, now));
            self.store.replace_indexes(&next.ok_or(RebuildError::Contention)?).await?;
        }
        Err(RebuildError::Contention)
    }

    /// The indexes as they are.
    ///
    /// # Errors
    /// When they have not been prepared, or the table fails.
    pub async fn indexes(&self) -> Result<Indexes, RebuildError> {
        self.store.indexes().await?.ok_or(RebuildError::NotPrepared)
    }

    /// Begins to rebuild, unless that is going on; [`Self::work`] does it.
    ///
    /// # Errors
    /// When they have not been prepared, or the table fails.
    pub async fn start(&self, by: Option<UserId>) -> Result<Indexes, RebuildError> {
        for _ in 0..MOST_ATTEMPTS {
            let indexes = self.indexes().await?;
            let now = (self.clock)();
            let Some(started) = indexes.start(Indexes::named(&self.alias, now), by, now) else { return Ok(indexes) };
            if self.store.replace_indexes(&started).await? {
                return Ok(started);
            }
        }
        Err(RebuildError::Contention)
    }

    /// Gives the running rebuilding up, or searches the index before the last again.
    ///
    /// # Errors
    /// When there is none before, or index or table cannot be reached; what was decided is then done within a minute.
    pub async fn roll_back(&self) -> Result<Indexes, RebuildError> {
        for _ in 0..MOST_ATTEMPTS {
            let returned = self.indexes().await?.roll_back((self.clock)()).ok_or(RebuildError::NothingBefore)?;
            if self.store.replace_indexes(&returned).await? {
                self.point(&returned).await?;
                return Ok(returned);
            }
        }
        Err(RebuildError::Contention)
    }

    /// Goes on with the running rebuilding until it is done or the time is up, and makes the alias stand for what is to be
    /// searched. It can be killed at any moment and run by several at once.
    ///
    /// # Errors
    /// When index or table cannot be reached; the rebuilding says so.
    pub async fn work(&self, within: Duration) -> Result<Indexes, RebuildError> {
        let begun = Instant::now();
        while begun.elapsed() < within {
            if !self.step().await? {
                break;
            }
        }
        self.indexes().await
    }

    /// One step of [`Self::work`]; says whether there are more.
    ///
    /// # Errors
    /// As there.
    pub async fn step(&self) -> Result<bool, RebuildError> {
        let indexes = self.indexes().await?;
        let Some(running) = indexes.running() else {
            self.point(&indexes).await?;
            self.clean(&indexes).await?;
            return Ok(false);
        };
        match self.advanced(&indexes, running).await {
            // Whoever was faster has done the same: what is done to the index can be done twice.
            Ok(next) => self.store.replace_indexes(&next).await?,
            Err(error) => {
                self.store.replace_indexes(&indexes.failed(error.to_string())).await?;
                return Err(error);
            }
        };
        Ok(true)
    }

    /// The alias stands for what is to be searched.
    async fn point(&self, indexes: &Indexes) -> Result<(), RebuildError> {
        let behind = self.index.behind(&self.alias).await?;
        if behind.as_slice() != std::slice::from_ref(&indexes.serving) {
            self.index.point(&self.alias, &indexes.serving, &behind).await?;
            tracing::info!(index.alias = self.alias, index.name = indexes.serving, "index is searched");
        }
        Ok(())
    }

    /// Indexes out of use are gone.
    async fn clean(&self, indexes: &Indexes) -> Result<(), RebuildError> {
        let now = (self.clock)();
        let disused = indexes.disused(now);
        for index in &disused {
            self.index.delete(index).await?;
            tracing::info!(index.name = index, "index deleted");
        }
        if !disused.is_empty() {
            self.store.replace_indexes(&indexes.cleaned(now)).await?;
        }
        Ok(())
    }

    async fn advanced(&self, indexes: &Indexes, running: &Rebuild) -> Result<Indexes, RebuildError> {
        if running.phase == Phase::Preparing {
            self.index.make(&running.index, INDEX_DEFINITION).await?;
            let expected = self.index.count(&indexes.serving).await?;
            return Ok(indexes.made(expected, (self.clock)()));
        }
        let (rows, next) = self.store.walk(indexes.after, ROWS).await?;
        let documents: Vec<Document> = rows.iter().filter_map(Document::of).collect();
        let products = u64::try_from(documents.len()).unwrap_or(u64::MAX);
        if running.phase == Phase::Copying {
            self.write(&running.index, &documents).await?;
            return Ok(indexes.copied(Walked { products, repaired: 0, next }, (self.clock)()));
        }
        let repaired = self.verified(&running.index, &documents).await?;
        let verified = indexes.verified(Walked { products, repaired, next }, (self.clock)());
        if let (None, Some(rebuild)) = (next, &verified.rebuild) {
            let counted = self.index.count(&rebuild.index).await?;
            if counted < rebuild.verified {
                return Err(RebuildError::Missing(rebuild.verified.saturating_sub(counted)));
            }
        }
        Ok(verified)
    }

    /// How many of the documents had to be written once more for the index to have each at its version or a later one.
    async fn verified(&self, index: &str, documents: &[Document]) -> Result<u64, RebuildError> {
        let absent = self.absent(index, documents).await?;
        if absent.is_empty() {
            return Ok(0);
        }
        let rows: Vec<ProductRow> = self.store.rows(&absent).await?.into_values().collect();
        let again: Vec<Document> = rows.iter().filter_map(Document::of).collect();
        self.write(index, &again).await?;
        match self.absent(index, &again).await?.len() {
            0 => Ok(u64::try_from(absent.len()).unwrap_or(u64::MAX)),
            missing => Err(RebuildError::Missing(u64::try_from(missing).unwrap_or(u64::MAX))),
        }
    }

    /// The products that the index does not have, or only at an earlier version.
    async fn absent(&self, index: &str, documents: &[Document]) -> Result<Vec<ProductId>, RebuildError> {
        let products: Vec<ProductId> = documents.iter().map(|document| document.product_id).collect();
        let versions = self.index.versions(index, &products).await?;
        let is_there = |document: &&Document| {
            versions.get(&document.product_id).is_some_and(|version| *version >= document.version)
        };
        Ok(documents.iter().filter(|document| !is_there(document)).map(|document| document.product_id).collect())
    }

    async fn write(&self, index: &str, documents: &[Document]) -> Result<(), RebuildError> {
        if documents.is_empty() {
            return Ok(());
        }
        let refused: BTreeSet<ProductId> = self.index.write(&[index.to_owned()], documents).await?;
        match refused.len() {
            0 => Ok(()),
            missing => Err(RebuildError::Missing(u64::try_from(missing).unwrap_or(u64::MAX))),
        }
    }
}
