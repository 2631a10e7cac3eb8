//! Changes of an item's attributes.

use crate::cond::{Cond, both};
use crate::key::Key;
use crate::mutants::attached;
use crate::path::Path;
use crate::value::{IntoValue, Value};

/// Changes attributes of an item, which is made if it is absent (add `when(cond::exists("pk"))` to forbid that).
///
/// All changes see the item as it was before; two changes of overlapping paths are invalid, as are changes of `pk` and
/// `sk`. Entries of a map can be changed only where the map is there.
#[derive(Debug, Clone)]
pub struct Update {
    pub(crate) key: Key,
    pub(crate) changes: Vec<(Path, Change)>,
    pub(crate) condition: Option<Cond>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    Set(Value),
    SetIfAbsent(Value),
    Append(Vec<Value>),
    Add(i128),
    Remove,
}

impl Update {
    /// An update of the item at `key`, without changes yet.
    pub fn of(key: Key) -> Self {
        Self { key, changes: Vec::new(), condition: None }
    }

    /// Sets the attribute.
    #[must_use]
    pub fn set(self, path: impl Into<Path>, value: impl IntoValue) -> Self {
        self.change(path, Change::Set(value.into_value()))
    }

    /// Sets the attribute if there is a value, and removes it otherwise.
    #[must_use]
    pub fn set_or_remove(self, path: impl Into<Path>, value: Option<impl IntoValue>) -> Self {
        match value {
            Some(value) => self.set(path, value),
            None => self.remove(path),
        }
    }

    /// Sets the entry of a map: `set_path(&["lines", "itm_1"], value)`.
    #[must_use]
    pub fn set_path<S: AsRef<str>>(self, segments: &[S], value: impl IntoValue) -> Self {
        self.set(Path::of(segments), value)
    }

    /// Sets the attribute unless it is there.
    #[must_use]
    pub fn set_if_absent(self, path: impl Into<Path>, value: impl IntoValue) -> Self {
        self.change(path, Change::SetIfAbsent(value.into_value()))
    }

    /// Adds to the number (DynamoDB's `ADD`); an absent one counts as 0.
    #[must_use]
    pub fn add(self, path: impl Into<Path>, by: impl Into<i128>) -> Self {
        self.change(path, Change::Add(by.into()))
    }

    /// Subtracts from the number; an absent one counts as 0.
    #[must_use]
    pub fn subtract(self, path: impl Into<Path>, by: impl Into<i128>) -> Self {
        self.change(path, Change::Add(by.into().saturating_neg()))
    }

    /// Appends to the list; an absent one counts as empty.
    #[must_use]
    pub fn append<V: IntoValue>(self, path: impl Into<Path>, values: impl IntoIterator<Item = V>) -> Self {
        self.change(path, Change::Append(values.into_iter().map(IntoValue::into_value).collect()))
    }

    /// Removes the attribute, if it is there.
    #[must_use]
    pub fn remove(self, path: impl Into<Path>) -> Self {
        self.change(path, Change::Remove)
    }

    /// Only if the condition holds on the item as it was; given again, all of them.
    #[must_use]
    #[track_caller]
    pub fn when(mut self, condition: Cond) -> Self {
        self.condition = Some(both(self.condition, attached(condition)));
        self
    }

    fn change(mut self, path: impl Into<Path>, change: Change) -> Self {
        self.changes.push((path.into(), change));
        self
    }
}
