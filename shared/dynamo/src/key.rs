//! The primary key of an item.

use serde::{Deserialize, Serialize};

use crate::value::{Item, Value};

pub(crate) const PK: &str = "pk";
pub(crate) const SK: &str = "sk";

/// The primary key of an item: partition and sort key, both non-empty strings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Partition key, at most 2,048 bytes.
    pub pk: String,
    /// Sort key, at most 1,024 bytes.
    pub sk: String,
}

impl Key {
    /// A key of these two parts.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    /// The key attributes as DynamoDB takes them.
    pub(crate) fn to_item(&self) -> Item {
        Item::from([(PK.to_owned(), Value::S(self.pk.clone())), (SK.to_owned(), Value::S(self.sk.clone()))])
    }

    pub(crate) fn of_item(item: &Item) -> Option<Self> {
        Some(Self { pk: text(item, PK)?, sk: text(item, SK)? })
    }
}

/// The string attribute `name` of `item`.
pub(crate) fn text(item: &Item, name: &str) -> Option<String> {
    item.get(name)?.as_s().ok().cloned()
}
