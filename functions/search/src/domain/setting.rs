//! What operators set, and why a value cannot be used.

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

/// Something that operators set as a whole. As long as they have not, the default holds.
pub trait Setting: Default + Serialize + DeserializeOwned {
    /// What it is kept under.
    const NAME: &'static str;

    /// # Errors
    /// When a value cannot be used.
    fn check(&self) -> Result<(), Unusable>;
}

/// A value that cannot be used, by its JSON Pointer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{pointer}: {problem}")]
pub struct Unusable {
    /// Where it is.
    pub pointer: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Unusable {
    pub(super) fn at(pointer: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), problem: problem.into() }
    }

    /// The same of a value that has this one as `field`.
    #[must_use]
    pub(super) fn under(self, field: &str) -> Self {
        Self { pointer: format!("/{field}{}", self.pointer), ..self }
    }
}
