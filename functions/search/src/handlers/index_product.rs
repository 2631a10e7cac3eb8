//! Takes in what catalogue and inventory announce.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use rialto_events::Envelope;
use rialto_kernel::{ProductId, Timestamp};
use rialto_lambda::{Context, InitError, Message};

use crate::{
    SEARCH_TABLE,
    domain::{Document, ProductRow, Update},
    error::IndexingError,
    index::Index,
    open_search::OpenSearch,
    store::SearchStore,
};

const ROWS_AT_ONCE: usize = 8;
/// Each lost attempt means that another batch got its news of the product in.
const MOST_ATTEMPTS: usize = 10;

/// What indexing needs.
#[derive(Debug, Clone)]
pub struct Indexer<I = OpenSearch> {
    store: SearchStore,
    index: I,
    clock: fn() -> Timestamp,
}

impl Indexer {
    /// # Errors
    /// When a setting is missing.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        let store = SearchStore::new(context.table(SEARCH_TABLE)?);
        Ok(Self::over(store, OpenSearch::from_env(context)?))
    }
}

impl<I: Index> Indexer<I> {
    /// Over these backing services.
    #[must_use]
    pub fn over(store: SearchStore, index: I) -> Self {
        Self { store, index, clock: rialto_lambda::now }
    }
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
    let times: Vec<Timestamp> = bundles.values().flat_map(|bundle| &bundle.updates).map(|update| update.time).collect();
    let unindexed = match indexer.take_in(&bundles).await {
        Ok(unindexed) => unindexed,
        Err(error) => {
            tracing::error!(error.message = %error, "batch failed");
            products.iter().copied().collect()
        }
    };
    if let Some(earliest) = times.iter().min() {
        let lag = (indexer.clock)().duration_since(*earliest).as_millis();
        let lag = u64::try_from(lag).unwrap_or_default();
        tracing::info!(
            search.lag_ms = lag,
            search.products = products.len(),
            search.failed = unindexed.len(),
            "products indexed"
        );
    }
    let lost = bundles.into_iter().filter(|(product, _)| unindexed.contains(product));
    failed.extend(lost.flat_map(|(_, bundle)| bundle.messages));
    failed
}

fn bundled(messages: Vec<Message>) -> (BTreeMap<ProductId, Bundle>, Vec<String>) {
    let mut bundles: BTreeMap<ProductId, Bundle> = BTreeMap::new();
    let mut unreadable = Vec::new();
    for message in messages {
        match Envelope::from_delivery(&message.body).and_then(|event| Update::read(&event)) {
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
    /// Answers the products that were not kept or not indexed.
    async fn take_in(&self, bundles: &BTreeMap<ProductId, Bundle>) -> Result<BTreeSet<ProductId>, IndexingError> {
        if bundles.is_empty() {
            return Ok(BTreeSet::new());
        }
        let targets = self.store.write_targets().await?.ok_or(IndexingError::NotPrepared)?.write_targets;
        let products: Vec<ProductId> = bundles.keys().copied().collect();
        let mut known = self.store.rows(&products).await?;
        let kept = bundles.iter().map(|(product, bundle)| {
            let row = known.remove(product).unwrap_or_else(|| ProductRow::unheard(*product));
            async move { (*product, self.keep(row, &bundle.updates).await) }
        });
        let kept: Vec<_> = stream::iter(kept).buffer_unordered(ROWS_AT_ONCE).collect().await;
        let mut unindexed = BTreeSet::new();
        let mut documents = Vec::new();
        for (product, outcome) in kept {
            match outcome {
                Ok(row) => documents.extend(Document::of(&row)),
                Err(error) => {
                    tracing::error!(product.id = %product, error.message = %error, "product not kept");
                    unindexed.insert(product);
                }
            }
        }
        if !documents.is_empty() {
            unindexed.extend(self.index.write(&targets, &documents).await?);
        }
        Ok(unindexed)
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
