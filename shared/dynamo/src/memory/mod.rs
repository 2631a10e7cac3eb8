//! A table in memory.

mod apply;
mod eval;
mod number;

use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::backend::{Backend, Failure, RawPage};
use crate::error::Reason;
use crate::key::{Key, PK, SK, text};
use crate::query::{KEYS_ONLY, Query};
use crate::table::Read;
use crate::units;
use crate::value::Item;
use crate::write::Write;

pub(crate) use eval::order;
pub(crate) use number::Number;

/// Fewer than DynamoDB's 100, so that callers see keys that were not processed.
const BATCH_ANSWER: usize = 40;
const PAGE_BYTES: usize = 1024 * 1024;

#[derive(Default)]
pub(crate) struct Memory {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    items: BTreeMap<Key, Item>,
    tokens: HashSet<String>,
}

impl Memory {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Backend for Memory {
    async fn get(&self, key: &Key, _: Read) -> Result<Option<Item>, Failure> {
        Ok(self.state().items.get(key).cloned())
    }

    async fn batch_get(&self, keys: &[Key], _: Read) -> Result<(Vec<Item>, Vec<Key>), Failure> {
        let (now, later) = keys.split_at(keys.len().min(BATCH_ANSWER));
        let state = self.state();
        Ok((now.iter().filter_map(|key| state.items.get(key).cloned()).collect(), later.to_vec()))
    }

    async fn write(&self, write: &Write, returning: bool) -> Result<Option<Item>, Failure> {
        let mut state = self.state();
        let after = state.after(write)?;
        state.store(write.key(), after.clone());
        Ok(after.filter(|_| returning))
    }

    async fn transact(&self, writes: &[Write], token: &str) -> Result<(), Failure> {
        let mut state = self.state();
        if state.tokens.contains(token) {
            return Ok(());
        }
        let (mut stored, mut reasons) = (Vec::new(), Vec::new());
        for write in writes {
            let reason = match state.after(write) {
                Ok(after) => {
                    stored.push((write.key(), after));
                    Reason::Met
                }
                Err(Failure::Condition(item)) => Reason::ConditionFailed { item },
                Err(invalid) => return Err(invalid),
            };
            reasons.push(reason);
        }
        if stored.len() < writes.len() {
            return Err(Failure::Cancelled(reasons));
        }
        for (key, after) in stored {
            state.store(key, after);
        }
        state.tokens.insert(token.to_owned());
        Ok(())
    }

    async fn query(&self, query: &Query, most: Option<usize>) -> Result<RawPage, Failure> {
        let start = query.start().map_err(|error| Failure::Invalid(error.to_string()))?;
        let state = self.state();
        let mut matching = state.matching(query)?;
        matching.sort_by_key(|item| place(query, item));
        if query.descending {
            matching.reverse();
        }
        let from = start.map(|start| place(query, &start));
        let is_after = |item: &Item| match &from {
            Some(from) if query.descending => place(query, item) < *from,
            Some(from) => place(query, item) > *from,
            None => true,
        };
        let mut page = RawPage { items: Vec::new(), next: None };
        let (mut read, mut bytes) = (0, 0);
        for item in matching.into_iter().filter(|item| is_after(item)) {
            let found = projected(query, item);
            read += 1;
            bytes += units::size(&found);
            if query.filter.as_ref().is_none_or(|filter| eval::holds(&filter.0, Some(&found))) {
                page.items.push(found);
            }
            if most.is_some_and(|most| read >= most) || bytes >= PAGE_BYTES {
                page.next = query.position_of(item);
                break;
            }
        }
        Ok(page)
    }

    async fn scan(&self, after: Option<&Key>, most: usize) -> Result<(Vec<Item>, Option<Key>), Failure> {
        let state = self.state();
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let page: Vec<_> = state.items.range((from, Bound::Unbounded)).take(most).collect();
        // Like DynamoDB, it does not look whether there is more behind a full page.
        let next = page.last().filter(|_| page.len() == most).map(|(key, _)| (*key).clone());
        Ok((page.into_iter().map(|(_, item)| item.clone()).collect(), next))
    }
}

/// What the queried table or index has of an item.
fn projected(query: &Query, item: &Item) -> Item {
    if query.index.as_deref() != Some(KEYS_ONLY) {
        return item.clone();
    }
    let (pk, sk) = query.key_names();
    let names = [PK, SK, &pk, &sk];
    item.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect()
}

/// Sort key, then the item's own key, which orders items of one index key.
fn place(query: &Query, item: &Item) -> (Option<String>, Option<Key>) {
    let (_, sk) = query.key_names();
    (text(item, &sk), Key::of_item(item))
}

impl State {
    /// The item after the write, absent if deleted, or why the write is refused.
    fn after(&self, write: &Write) -> Result<Option<Item>, Failure> {
        let old = self.items.get(write.key());
        if write.condition().is_some_and(|condition| !eval::holds(&condition.0, old)) {
            return Err(Failure::Condition(old.cloned()));
        }
        let new = match write {
            Write::Put(put) => Some(put.item.clone()),
            Write::Update(update) => Some(apply::updated(update, old).map_err(Failure::Invalid)?),
            Write::Delete(_) => None,
            Write::Check(_) => old.cloned(),
        };
        new.map(apply::storable).transpose().map_err(Failure::Invalid)
    }

    fn store(&mut self, key: &Key, item: Option<Item>) {
        match item {
            Some(item) => self.items.insert(key.clone(), item),
            None => self.items.remove(key),
        };
    }

    fn matching(&self, query: &Query) -> Result<Vec<&Item>, Failure> {
        let (pk_name, sk_name) = query.key_names();
        let admits = |item: &&Item| {
            text(item, &pk_name).as_ref() == Some(&query.pk)
                && text(item, &sk_name).is_some_and(|sk| query.sort.admits(&sk))
        };
        match query.index.as_deref() {
            None => {
                let from = (Bound::Included(Key::new(query.pk.clone(), "")), Bound::Unbounded);
                let partition = self.items.range(from).take_while(|(key, _)| key.pk == query.pk);
                Ok(partition.map(|(_, item)| item).filter(admits).collect())
            }
            Some("gsi1" | KEYS_ONLY) => Ok(self.items.values().filter(admits).collect()),
            Some(_) => Err(Failure::Invalid("no such index".to_owned())),
        }
    }
}
