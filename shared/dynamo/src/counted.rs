//! Counts of what is asked of a table, for measurements.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use crate::backend::{Backend, Failure, RawPage};
use crate::key::Key;
use crate::query::Query;
use crate::table::Read;
use crate::value::Item;
use crate::write::Write;

/// Requests to DynamoDB, the table's own retries included. Clones share the counters.
#[derive(Debug, Clone, Default)]
pub struct Counts(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    reads: AtomicU64,
    writes: AtomicU64,
}

impl Counts {
    /// Gets, batches of gets and pages of queries.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.0.reads.load(Ordering::Relaxed)
    }

    /// Single writes and transactions, each attempt one.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.0.writes.load(Ordering::Relaxed)
    }
}

pub(crate) struct Counted {
    inner: Arc<dyn Backend>,
    counts: Counts,
}

impl Counted {
    pub(crate) fn new(inner: Arc<dyn Backend>, counts: Counts) -> Self {
        Self { inner, counts }
    }

    fn read(&self) -> &dyn Backend {
        self.counts.0.reads.fetch_add(1, Ordering::Relaxed);
        &*self.inner
    }

    fn written(&self) -> &dyn Backend {
        self.counts.0.writes.fetch_add(1, Ordering::Relaxed);
        &*self.inner
    }
}

#[async_trait]
impl Backend for Counted {
    async fn get(&self, key: &Key, read: Read) -> Result<Option<Item>, Failure> {
        self.read().get(key, read).await
    }

    async fn batch_get(&self, keys: &[Key], read: Read) -> Result<(Vec<Item>, Vec<Key>), Failure> {
        self.read().batch_get(keys, read).await
    }

    async fn write(&self, write: &Write, returning: bool) -> Result<Option<Item>, Failure> {
        self.written().write(write, returning).await
    }

    async fn transact(&self, writes: &[Write], token: &str) -> Result<(), Failure> {
        self.written().transact(writes, token).await
    }

    async fn query(&self, query: &Query, most: Option<usize>) -> Result<RawPage, Failure> {
        self.read().query(query, most).await
    }

    async fn scan(&self, after: Option<&Key>, most: usize) -> Result<(Vec<Item>, Option<Key>), Failure> {
        self.read().scan(after, most).await
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{Fault, Faults, Put, Table};

    #[tokio::test]
    async fn every_request_is_counted_the_tables_own_retries_too() {
        let counts = Counts::default();
        let table = Table::in_memory("counted").with_faults(Faults::new().at(2, Fault::Conflict)).counted(&counts);
        let key = Key::new("P", "S");
        table.put(Put::of(key.clone())).await.unwrap();
        table.transact(vec![Put::of(key.clone()).into()]).await.unwrap();
        assert_eq!((counts.reads(), counts.writes()), (0, 3));
        table.query_all::<serde_json::Value>(Query::pk("P")).await.unwrap();
        table.batch_get::<serde_json::Value>(&[key], Read::Strong).await.unwrap();
        assert_eq!((counts.reads(), counts.writes()), (2, 3));
    }
}
