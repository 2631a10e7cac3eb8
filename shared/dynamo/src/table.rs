//! The table: validation, retries and types around a backend.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::backend::{BATCH, Backend, Failure};
use crate::counted::{Counted, Counts};
use crate::error::Error;
use crate::faults::{Faults, Faulty};
use crate::key::Key;
use crate::memory::Memory;
use crate::query::{Page, Position, Query};
use crate::retry::{Backoff, retried};
use crate::sdk::Sdk;
use crate::update::Update;
use crate::value::{Item, from_item};
use crate::write::{Delete, Put, Write};
use crate::{check, write};

/// With a filter, items are read in steps of at least this many, however small the page.
const FILTERED_STEP: usize = 100;

/// A DynamoDB table, or its like in memory. Clones share the table.
///
/// Conflicts and throttling are retried here, with full jitter (10 tries, about a second), and are never read as a
/// refusal: a cancelled transaction with both a conflict and an unmet condition is tried again.
#[derive(Clone)]
pub struct Table {
    name: Arc<str>,
    backend: Arc<dyn Backend>,
}

/// How fresh a read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Sees every write acknowledged before; twice the price.
    Strong,
    /// May be some moments old.
    Eventual,
}

impl Table {
    /// The table `name` of DynamoDB.
    pub fn sdk(client: aws_sdk_dynamodb::Client, name: impl Into<String>) -> Self {
        let name = name.into();
        Self { name: name.as_str().into(), backend: Arc::new(Sdk::new(client, name)) }
    }

    /// An empty table in memory, for tests; `name` has no meaning.
    pub fn in_memory(name: impl Into<String>) -> Self {
        Self { name: name.into().into(), backend: Arc::new(Memory::default()) }
    }

    /// The same table with faults injected before this handle's writes, for tests.
    #[must_use]
    pub fn with_faults(self, faults: Faults) -> Self {
        Self { name: self.name, backend: Arc::new(Faulty::new(self.backend, faults)) }
    }

    /// The same table, whose requests through this handle and its clones are counted, for measurements.
    #[must_use]
    pub fn counted(self, counts: &Counts) -> Self {
        Self { name: self.name, backend: Arc::new(Counted::new(self.backend, counts.clone())) }
    }

    /// The table's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The item at `key` as a `T`, which may ignore attributes. One read unit per 4 KB if strong, half if eventual.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key, read: Read) -> Result<Option<T>, Error> {
        self.item(key, read).await?.map(from_item).transpose()
    }

    /// The items at any number of keys, in order of the keys; absent ones are left out, repeated keys read once.
    pub async fn batch_get<T: DeserializeOwned>(&self, keys: &[Key], read: Read) -> Result<Vec<T>, Error> {
        keys.iter().try_for_each(check::key)?;
        let mut seen = HashSet::new();
        let mut waiting: Vec<Key> = keys.iter().filter(|key| seen.insert(*key)).cloned().collect();
        let order = waiting.clone();
        let mut found = HashMap::new();
        let mut backoff = Backoff::new();
        while !waiting.is_empty() {
            let batch: Vec<Key> = waiting.drain(..waiting.len().min(BATCH)).collect();
            let (items, unprocessed) = retried(&self.name, || self.backend.batch_get(&batch, read)).await?;
            if unprocessed.len() < batch.len() {
                backoff = Backoff::new();
            } else if !backoff.pause().await {
                return Err(Error::Contention);
            }
            found.extend(items.into_iter().filter_map(|item| Some((Key::of_item(&item)?, item))));
            waiting.extend(unprocessed);
        }
        order.iter().filter_map(|key| found.remove(key)).map(from_item).collect()
    }

    /// Writes a whole item. One write unit per KB of the larger of the old and the new item.
    ///
    /// The SDK sends a single write again when its answer was lost, so that a put with [`crate::cond::absent`] can fail
    /// on itself: see [`Error::failed_item`] whose the item is, or use [`Table::transact`].
    pub async fn put(&self, put: Put) -> Result<(), Error> {
        self.write(put.into(), false).await.map(drop)
    }

    /// Changes attributes of an item. Sent again by the SDK when its answer was lost: an unconditional
    /// [`Update::add`] can then count twice, so guard it with a version, or use [`Table::transact`].
    pub async fn update(&self, update: Update) -> Result<(), Error> {
        self.write(update.into(), false).await.map(drop)
    }

    /// As [`Table::update`]; answers the whole item as it is afterwards.
    pub async fn update_returning<T: DeserializeOwned>(&self, update: Update) -> Result<T, Error> {
        match self.write(update.into(), true).await? {
            Some(item) => from_item(item),
            None => Err(Error::Unavailable("no attributes in the answer".to_owned())),
        }
    }

    /// Deletes an item; no error if it is absent, unless a condition says so.
    pub async fn delete(&self, delete: Delete) -> Result<(), Error> {
        self.write(delete.into(), false).await.map(drop)
    }

    /// One page of a query. One read unit per 4 KB of all items read if strong, half if eventual.
    pub async fn query<T: DeserializeOwned>(&self, query: Query) -> Result<Page<T>, Error> {
        let (items, next) = self.page(query).await?;
        Ok(Page { items: items.into_iter().map(from_item).collect::<Result<_, _>>()?, next })
    }

    /// All items of a query, over as many pages as there are: only where the number is bounded. Of a limited query it
    /// takes all pages, too.
    pub async fn query_all<T: DeserializeOwned>(&self, query: Query) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        let mut rest = query;
        loop {
            let page = self.query(rest.clone()).await?;
            all.extend(page.items);
            match page.next {
                Some(position) => rest = rest.after(position),
                None => return Ok(all),
            }
        }
    }

    /// Some of all the table's items, at most `limit`, after the one at a key, in an order of the table's own; and where to
    /// go on, absent at the end. It sees what was written before the walk began, and each item once. One read unit per 4 KB
    /// of the whole table: only to make anew what was made from it.
    pub async fn scan(&self, after: Option<&Key>, limit: usize) -> Result<(Vec<Item>, Option<Key>), Error> {
        if let Some(after) = after {
            check::key(after)?;
        }
        retried(&self.name, || self.backend.scan(after, limit)).await
    }

    /// All or none of 1 to 100 writes, at most one an item. Two write units per KB of each item.
    ///
    /// All sendings share one request token, the SDK's as ours, so that a lost answer never applies the writes twice.
    /// Only after a cancellation for a conflict, when certainly nothing was written, the next attempt has a new one.
    pub async fn transact(&self, writes: Vec<Write>) -> Result<(), Error> {
        check::transaction(&writes)?;
        let mut backoff = Backoff::new();
        let mut token = new_token();
        loop {
            match self.backend.transact(&writes, &token).await {
                Err(failure) if failure.is_worth_retrying() && backoff.pause().await => {
                    tracing::debug!(table.name = &*self.name, "transaction busy");
                    if failure == Failure::Busy {
                        token = new_token();
                    }
                }
                outcome => return Ok(outcome?),
            }
        }
    }

    pub(crate) async fn item(&self, key: &Key, read: Read) -> Result<Option<Item>, Error> {
        check::key(key)?;
        retried(&self.name, || self.backend.get(key, read)).await
    }

    async fn write(&self, write: write::Write, returning: bool) -> Result<Option<Item>, Error> {
        check::write(&write)?;
        retried(&self.name, || self.backend.write(&write, returning)).await
    }

    async fn page(&self, mut query: Query) -> Result<(Vec<Item>, Option<Position>), Error> {
        check::query(&query)?;
        let Some(limit) = query.limit else {
            let page = retried(&self.name, || self.backend.query(&query, None)).await?;
            return Ok((page.items, page.next));
        };
        let mut items: Vec<Item> = Vec::new();
        loop {
            // One more than wanted tells whether there is a next page.
            let missing = limit.saturating_sub(items.len()).saturating_add(1);
            let most = if query.filter.is_some() { missing.max(FILTERED_STEP) } else { missing };
            let page = retried(&self.name, || self.backend.query(&query, Some(most))).await?;
            items.extend(page.items);
            if items.len() > limit {
                items.truncate(limit);
                let next = items.last().and_then(|item| query.position_of(item));
                return Ok((items, next));
            }
            match page.next {
                Some(position) => query.after = Some(position),
                None => return Ok((items, None)),
            }
        }
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("name", &self.name).finish_non_exhaustive()
    }
}

fn new_token() -> String {
    format!("{:032x}", rialto_chance::number())
}
