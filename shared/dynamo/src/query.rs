//! Queries of one partition.

use serde::{Deserialize, Serialize};

use crate::cond::{Cond, both};
use crate::error::Error;
use crate::key::{Key, PK, SK, text};
use crate::value::{Item, Value};

/// The index that has nothing but the keys of its items.
pub(crate) const KEYS_ONLY: &str = "gsi2";

/// A query of one partition of the table or of an index, in order of the sort key.
#[derive(Debug, Clone)]
pub struct Query {
    pub(crate) pk: String,
    pub(crate) sort: Sort,
    pub(crate) index: Option<String>,
    pub(crate) descending: bool,
    pub(crate) limit: Option<usize>,
    pub(crate) after: Option<Position>,
    pub(crate) filter: Option<Cond>,
    pub(crate) strong: bool,
}

/// The condition on the sort key; ends are included.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sort {
    Any,
    Eq(String),
    Lt(String),
    Le(String),
    Gt(String),
    Ge(String),
    BeginsWith(String),
    Between(String, String),
}

impl Sort {
    pub(crate) fn admits(&self, sk: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Eq(value) => sk == value,
            Self::Lt(value) => sk < value.as_str(),
            Self::Le(value) => sk <= value.as_str(),
            Self::Gt(value) => sk > value.as_str(),
            Self::Ge(value) => sk >= value.as_str(),
            Self::BeginsWith(prefix) => sk.starts_with(prefix),
            Self::Between(low, high) => low.as_str() <= sk && sk <= high.as_str(),
        }
    }
}

impl Query {
    /// All items of the partition `pk`, ascending, eventually consistent. One condition on the sort key can be added;
    /// the last one given counts.
    pub fn pk(pk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sort: Sort::Any,
            index: None,
            descending: false,
            limit: None,
            after: None,
            filter: None,
            strong: false,
        }
    }

    /// Only this sort key (of use in an index, where several items can share it).
    #[must_use]
    pub fn sk_eq(self, sk: impl Into<String>) -> Self {
        self.sort(Sort::Eq(sk.into()))
    }

    /// Only sort keys below `sk`.
    #[must_use]
    pub fn sk_lt(self, sk: impl Into<String>) -> Self {
        self.sort(Sort::Lt(sk.into()))
    }

    /// Only sort keys up to and including `sk`.
    #[must_use]
    pub fn sk_le(self, sk: impl Into<String>) -> Self {
        self.sort(Sort::Le(sk.into()))
    }

    /// Only sort keys above `sk`.
    #[must_use]
    pub fn sk_gt(self, sk: impl Into<String>) -> Self {
        self.sort(Sort::Gt(sk.into()))
    }

    /// Only sort keys from `sk` on.
    #[must_use]
    pub fn sk_ge(self, sk: impl Into<String>) -> Self {
        self.sort(Sort::Ge(sk.into()))
    }

    /// Only sort keys that start with `prefix`.
    #[must_use]
    pub fn sk_begins(self, prefix: impl Into<String>) -> Self {
        self.sort(Sort::BeginsWith(prefix.into()))
    }

    /// Only sort keys from `low` to `high`, both included; `low` must not be above `high`.
    #[must_use]
    pub fn sk_between(self, low: impl Into<String>, high: impl Into<String>) -> Self {
        self.sort(Sort::Between(low.into(), high.into()))
    }

    /// Queries the index `name`, whose keys are the attributes `<name>pk` and `<name>sk`. Never strong.
    #[must_use]
    pub fn index(mut self, name: impl Into<String>) -> Self {
        self.index = Some(name.into());
        self
    }

    /// Largest sort key first.
    #[must_use]
    pub fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    /// At most `limit` items a page (1 or more). [`Page::next`] is then there only if there is another item.
    /// Without a limit a page is what DynamoDB reads at once, 1 MB.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Starts after this position, from [`Page::next`] of the same query.
    #[must_use]
    pub fn after(mut self, position: impl Into<Option<Position>>) -> Self {
        self.after = position.into();
        self
    }

    /// Only items for which the condition holds; given again, all of them. What is filtered out is read and paid for
    /// all the same: a page with a limit reads on until it is full. Not on key attributes.
    #[must_use]
    pub fn filter(mut self, condition: Cond) -> Self {
        self.filter = Some(both(self.filter, condition));
        self
    }

    /// Reads strongly consistently, at twice the price.
    #[must_use]
    pub fn strong(mut self) -> Self {
        self.strong = true;
        self
    }

    fn sort(mut self, sort: Sort) -> Self {
        self.sort = sort;
        self
    }

    /// The names of the partition and sort key that this query goes by.
    pub(crate) fn key_names(&self) -> (String, String) {
        match &self.index {
            Some(index) => (format!("{index}pk"), format!("{index}sk")),
            None => (PK.to_owned(), SK.to_owned()),
        }
    }

    /// The position of an item (or of DynamoDB's last evaluated key).
    pub(crate) fn position_of(&self, item: &Item) -> Option<Position> {
        let (_, sk_name) = self.key_names();
        let base = if self.index.is_some() { Some(Key::of_item(item)?) } else { None };
        Some(Position { sk: text(item, &sk_name)?, base })
    }

    /// The key to start after, as DynamoDB takes it. [`Error::Position`] when it is not of this query.
    pub(crate) fn start(&self) -> Result<Option<Item>, Error> {
        let Some(position) = &self.after else { return Ok(None) };
        if position.base.is_some() != self.index.is_some() || position.is_blank() || !self.sort.admits(&position.sk) {
            return Err(Error::Position);
        }
        let (pk_name, sk_name) = self.key_names();
        let mut start = position.base.as_ref().map(Key::to_item).unwrap_or_default();
        start.insert(pk_name, Value::S(self.pk.clone()));
        start.insert(sk_name, Value::S(position.sk.clone()));
        Ok(Some(start))
    }
}

/// Where a page ended, small enough for a cursor. It holds the sort key, and of an index also the item's own key,
/// but not the queried partition: whose list it is comes from the caller's token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    pub(crate) sk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) base: Option<Key>,
}

impl Position {
    fn is_blank(&self) -> bool {
        let too_long = |text: &str, most: usize| text.is_empty() || text.len() > most;
        too_long(&self.sk, 1024)
            || self.base.as_ref().is_some_and(|key| too_long(&key.pk, 2048) || too_long(&key.sk, 1024))
    }
}

/// One page of a query's items.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The items, in the query's order.
    pub items: Vec<T>,
    /// Where the next page starts; absent on the last page.
    pub next: Option<Position>,
}
