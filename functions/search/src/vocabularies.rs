//! The vocabulary as a function has it at hand.

use std::{sync::Arc, time::Duration};

use crate::{domain::Vocabulary, kept::Kept, store::SearchStore};

/// What an operator changes is heeded after this time.
const LIFE: Duration = Duration::from_secs(30);

/// Reads the vocabulary at most each half minute. Clones share what was read.
#[derive(Debug, Clone)]
pub(crate) struct Vocabularies {
    store: SearchStore,
    kept: Kept<Vocabulary>,
}

impl Vocabularies {
    /// Over the service's table.
    #[must_use]
    pub(crate) fn new(store: SearchStore) -> Self {
        Self { store, kept: Kept::for_a(LIFE) }
    }

    /// The vocabulary of the last half minute; when it cannot be read, the last known one.
    pub(crate) async fn current(&self) -> Arc<Vocabulary> {
        let read = async { self.store.vocabulary().await.map(|kept| kept.vocabulary) };
        self.kept.or_read("vocabulary", read).await
    }
}
