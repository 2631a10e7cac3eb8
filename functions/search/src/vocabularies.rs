//! The vocabulary as a function has it at hand.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{domain::Vocabulary, store::SearchStore};

/// What an operator changes is heeded after this time.
const KEPT: Duration = Duration::from_secs(30);

/// What was read, and when.
type Kept = Option<(Instant, Arc<Vocabulary>)>;

/// Reads the vocabulary at most each half minute. Clones share what was read.
#[derive(Debug, Clone)]
pub(crate) struct Vocabularies {
    store: SearchStore,
    kept: Arc<Mutex<Kept>>,
}

impl Vocabularies {
    /// Over the service's table.
    #[must_use]
    pub(crate) fn new(store: SearchStore) -> Self {
        Self { store, kept: Arc::default() }
    }

    /// The vocabulary of the last half minute. When it cannot be read, the last known one: search without synonyms is
    /// better than none.
    pub(crate) async fn current(&self) -> Arc<Vocabulary> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, vocabulary)) = kept.as_ref().filter(|(read, _)| read.elapsed() < KEPT) {
            return Arc::clone(vocabulary);
        }
        let current = match self.store.vocabulary().await {
            Ok(kept) => Arc::new(kept.vocabulary),
            Err(error) => {
                tracing::warn!(error.message = %error, "vocabulary not read");
                kept.map(|(_, vocabulary)| vocabulary).unwrap_or_default()
            }
        };
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::clone(&current)));
        current
    }
}
