//! The writes: put, delete and check; [`crate::Update`] has a module of its own.

use serde::Serialize;

use crate::cond::{Cond, both};
use crate::error::Error;
use crate::key::{Key, PK, SK};
use crate::mutants::attached;
use crate::update::Update;
use crate::value::{IntoValue, Item, Value, to_item};

/// One write of a transaction.
#[derive(Debug, Clone)]
pub enum Write {
    /// Put a whole item.
    Put(Put),
    /// Change attributes of an item.
    Update(Update),
    /// Delete an item.
    Delete(Delete),
    /// Only check a condition on an item.
    Check(Check),
}

impl Write {
    /// The key of the item.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put(put) => &put.key,
            Self::Update(update) => &update.key,
            Self::Delete(delete) => &delete.key,
            Self::Check(check) => &check.key,
        }
    }

    pub(crate) fn condition(&self) -> Option<&Cond> {
        match self {
            Self::Put(put) => put.condition.as_ref(),
            Self::Update(update) => update.condition.as_ref(),
            Self::Delete(delete) => delete.condition.as_ref(),
            Self::Check(check) => Some(&check.condition),
        }
    }
}

/// Writes a whole item, in place of the one that was there.
#[derive(Debug, Clone)]
pub struct Put {
    pub(crate) key: Key,
    pub(crate) item: Item,
    pub(crate) condition: Option<Cond>,
}

impl Put {
    /// An item of its key only; attributes are added by [`Put::with`].
    pub fn of(key: Key) -> Self {
        Self { item: key.to_item(), key, condition: None }
    }

    /// Puts `value`'s fields under `key`. `value` need not contain `pk` and `sk`; if it does, `key` wins. Top-level
    /// `None`s are left out. Fails with [`Error::Invalid`] when `value` is no struct or map.
    pub fn new<T: Serialize + ?Sized>(key: &Key, value: &T) -> Result<Self, Error> {
        let mut item = to_item(value)?;
        item.extend(key.to_item());
        Ok(Self { key: key.clone(), item, condition: None })
    }

    /// Adds an attribute that is not of the value itself, such as `outbox`, `ttl` or `gsi1pk`. The key's own attributes
    /// cannot be changed so.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl IntoValue) -> Self {
        let name = name.into();
        if name != PK && name != SK {
            self.item.insert(name, value.into_value());
        }
        self
    }

    /// Adds the keys of the index `gsi1`.
    #[must_use]
    pub fn gsi1(self, pk: impl Into<String>, sk: impl Into<String>) -> Self {
        self.with("gsi1pk", Value::S(pk.into())).with("gsi1sk", Value::S(sk.into()))
    }

    /// Only if the condition holds on the item that was there; given again, all of them.
    #[must_use]
    #[track_caller]
    pub fn when(mut self, condition: Cond) -> Self {
        self.condition = Some(both(self.condition, attached(condition)));
        self
    }
}

/// Deletes an item; deleting what is absent succeeds.
#[derive(Debug, Clone)]
pub struct Delete {
    pub(crate) key: Key,
    pub(crate) condition: Option<Cond>,
}

impl Delete {
    /// Deletes the item at `key`.
    pub fn of(key: Key) -> Self {
        Self { key, condition: None }
    }

    /// Only if the condition holds on the item; given again, all of them.
    #[must_use]
    #[track_caller]
    pub fn when(mut self, condition: Cond) -> Self {
        self.condition = Some(both(self.condition, attached(condition)));
        self
    }
}

/// Writes nothing, but lets its transaction through only if a condition holds.
#[derive(Debug, Clone)]
pub struct Check {
    pub(crate) key: Key,
    pub(crate) condition: Cond,
}

impl Check {
    /// Checks `condition` on the item at `key`.
    #[track_caller]
    pub fn of(key: Key, condition: Cond) -> Self {
        Self { key, condition: attached(condition) }
    }
}

macro_rules! write_from {
    ($($kind:ident),*) => {$(
        impl From<$kind> for Write {
            fn from(write: $kind) -> Self {
                Self::$kind(write)
            }
        }
    )*};
}
write_from!(Put, Update, Delete, Check);
