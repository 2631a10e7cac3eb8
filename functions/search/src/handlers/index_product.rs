//! Takes in what catalogue and inventory announce, and what was learnt from visitors.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use rialto_events::{Envelope, MalformedEvent};
use rialto_kernel::{ProductId, Timestamp};
use rialto_lambda::{Context, InitError, Message, Metric, Unit};

use crate::{
    SEARCH_TABLE,
    domain::{Document, News, ProductRow, Update, behaviour::Learnt},
    error::IndexingError,
    index::Index,
    open_search::OpenSearch,
    store::SearchStore,
};

const ROWS_AT_ONCE: usize = 8;
/// The index's `refresh_interval`: what it has taken, it shows by then.
const SHOWN_AFTER_MS: u64 = 1_000;
/// Each lost attempt means that another batch got its news of the product in.
const MOST_ATTEMPTS: usize = 10;

/// What indexing needs.
#[derive(Debug, Clone)]
pub struct Indexer<I = OpenSearch> {
    store: SearchStore,
    index: I,
    clock: fn() -> Timestamp,
    lag: Metric,
}

impl Indexer {
    /// # Errors
    /// When a setting is missing.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let store = SearchStore::new(context.table(SEARCH_TABLE)?);
        let lag = context.metric("SearchableLag", Unit::Milliseconds);
        Ok(Self { lag, ..Self::over(store, OpenSearch::from_env(context)?) })
    }
}

impl<I: Index> Indexer<I> {
    /// Over these backing services.
    #[must_use]
    pub fn over(store: SearchStore, index: I) -> Self {
        Self { store, index, clock: rialto_lambda::now, lag: Metric::unpublished() }
    }
}

/// Per product the milliseconds from the earliest of its news to when the index shows them at the latest. What another
/// batch has brought further by now is measured there; what comes again because it got stuck counts from its beginning.
fn lags(now: Timestamp, indexed: &[ProductRow], bundles: &BTreeMap<ProductId, Bundle>) -> Vec<u64> {
    let lag = |row: &ProductRow| {
        let updates = &bundles.get(&row.product_id)?.updates;
        // What was learnt in the night is in no hurry.
        let is_news = |update: &&Update| row.says(update) && !matches!(update.news, News::Signals(_));
        let earliest = updates.iter().filter(is_news).map(|update| update.time).min()?;
        let until_taken = u64::try_from(now.duration_since(earliest).as_millis()).unwrap_or_default();
        Some(until_taken.saturating_add(SHOWN_AFTER_MS))
    };
    indexed.iter().filter_map(lag).collect()
}

/// News of one product, and the messages that brought it.
#[derive(Default)]
struct Bundle {
    messages: Vec<String>,
    updates: Vec<Update>,
}

/// Takes a batch of messages in, each product's news at once, and answers the ids of the messages that have to come
/// again: those that cannot be read, and all of a product that could not be kept or indexed.
///
/// The current row is sent to the index even if nothing in it is new. So a crash between row and index is healed when the
/// message comes again.
pub async fn index_product<I: Index>(indexer: &Indexer<I>, messages: Vec<Message>) -> Vec<String> {
    let (bundles, mut failed) = bundled(messages);
    let products: Vec<ProductId> = bundles.keys().copied().collect();
    let (unindexed, indexed) = match indexer.take_in(&bundles).await {
        Ok(taken_in) => taken_in,
        Err(error) => {
            tracing::error!(error.message = %error, "batch failed");
            (products.iter().copied().collect(), Vec::new())
        }
    };
    let lags = lags((indexer.clock)(), &indexed, &bundles);
    tracing::info!(
        search.lag_ms = lags.iter().max(),
        search.products = products.len(),
        search.failed = unindexed.len(),
        "products indexed"
    );
    indexer.lag.publish(&lags);
    let lost = bundles.into_iter().filter(|(product, _)| unindexed.contains(product));
    failed.extend(lost.flat_map(|(_, bundle)| bundle.messages));
    failed
}

/// What was learnt of a product, or an event.
fn read(body: &str) -> Result<Option<Update>, MalformedEvent> {
    match serde_json::from_str::<Learnt>(body) {
        Ok(learnt) => Ok(Some(learnt.into())),
        Err(_) => Update::read(&Envelope::from_delivery(body)?),
    }
}

fn bundled(messages: Vec<Message>) -> (BTreeMap<ProductId, Bundle>, Vec<String>) {
    let mut bundles: BTreeMap<ProductId, Bundle> = BTreeMap::new();
    let mut unreadable = Vec::new();
    for message in messages {
        match read(&message.body) {
            Ok(Some(update)) => {
                let bundle = bundles.entry(update.product_id).or_default();
                bundle.messages.push(message.id);
                bundle.updates.push(update);
            }
            Ok(None) => tracing::warn!(message.id, "event says nothing to search"),
            Err(error) => {
                tracing::error!(message.id, error.message = %error, "message failed");
                unreadable.push(message.id);
            }
        }
    }
    (bundles, unreadable)
}

impl<I: Index> Indexer<I> {
    /// Answers the products that were not kept or not indexed, and the rows of the others.
    async fn take_in(
        &self,
        bundles: &BTreeMap<ProductId, Bundle>,
    ) -> Result<(BTreeSet<ProductId>, Vec<ProductRow>), IndexingError> {
        if bundles.is_empty() {
            return Ok((BTreeSet::new(), Vec::new()));
        }
        let products: Vec<ProductId> = bundles.keys().copied().collect();
        let mut known = self.store.rows(&products).await?;
        let kept = bundles.iter().map(|(product, bundle)| {
            let row = known.remove(product).unwrap_or_else(|| ProductRow::unheard(*product));
            async move { (*product, self.keep(row, &bundle.updates).await) }
        });
        let kept: Vec<_> = stream::iter(kept).buffer_unordered(ROWS_AT_ONCE).collect().await;
        let mut unindexed = BTreeSet::new();
        let mut rows = Vec::new();
        for (product, outcome) in kept {
            match outcome {
                Ok(row) => rows.push(row),
                Err(error) => {
                    tracing::error!(product.id = %product, error.message = %error, "product not kept");
                    unindexed.insert(product);
                }
            }
        }
        // Only now: an index that is being filled from the table and not yet among these finds the rows there.
        let targets = self.store.indexes().await?.ok_or(IndexingError::NotPrepared)?.targets();
        let documents: Vec<Document> = rows.iter().filter_map(Document::of).collect();
        if !documents.is_empty() {
            unindexed.extend(self.index.write(&targets, &documents).await?);
        }
        rows.retain(|row| row.product.is_some() && !unindexed.contains(&row.product_id));
        Ok((unindexed, rows))
    }

    /// The row after the updates.
    async fn keep(&self, mut row: ProductRow, updates: &[Update]) -> Result<ProductRow, IndexingError> {
        for _ in 0..MOST_ATTEMPTS {
            let read_version = row.version;
            for update in updates {
                row.accept(update);
            }
            if row.version == read_version || self.store.replace(&row, read_version).await? {
                return Ok(row);
            }
            let product = row.product_id;
            row = self.store.row(product).await?.unwrap_or_else(|| ProductRow::unheard(product));
        }
        Err(IndexingError::Contention)
    }
}

#[cfg(test)]
#[path = "index_product_tests.rs"]
mod tests;
