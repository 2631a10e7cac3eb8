//! What operators set, as a function has it at hand.

use std::{sync::Arc, time::Duration};

use rialto_dynamo::Read;

use crate::{
    domain::{Ranking, Setting, Vocabulary},
    kept::Kept,
    store::SearchStore,
};

/// What an operator changes is heeded after this time.
const LIFE: Duration = Duration::from_secs(30);

/// Reads each setting at most each half minute. Clones share what was read.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    store: SearchStore,
    vocabulary: Kept<Vocabulary>,
    ranking: Kept<Ranking>,
}

impl Settings {
    /// Over the service's table.
    #[must_use]
    pub(crate) fn new(store: SearchStore) -> Self {
        Self { store, vocabulary: Kept::for_a(LIFE), ranking: Kept::for_a(LIFE) }
    }

    /// Vocabulary and ranking of the last half minute; when one cannot be read, the last known one.
    pub(crate) async fn current(&self) -> (Arc<Vocabulary>, Arc<Ranking>) {
        futures::join!(self.vocabulary.or_read("vocabulary", self.read()), self.ranking.or_read("ranking", self.read()))
    }

    async fn read<T: Setting>(&self) -> Result<T, rialto_dynamo::Error> {
        Ok(self.store.setting(Read::Eventual).await?.value)
    }
}
