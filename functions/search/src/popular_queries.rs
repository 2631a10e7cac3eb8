//! The popular queries as a function has them at hand.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{behaviour_store::BehaviourStore, domain::behaviour::PopularQuery};

/// What is learnt is suggested after this time.
const KEPT: Duration = Duration::from_secs(60);

/// What was read, and when.
type Kept = Option<(Instant, Arc<Vec<PopularQuery>>)>;

/// Reads the popular queries at most each minute. Clones share what was read.
#[derive(Debug, Clone)]
pub(crate) struct PopularQueries {
    store: BehaviourStore,
    kept: Arc<Mutex<Kept>>,
}

impl PopularQueries {
    /// Over the service's table.
    #[must_use]
    pub(crate) fn new(store: BehaviourStore) -> Self {
        Self { store, kept: Arc::default() }
    }

    /// The queries of the last minute. When they cannot be read, the last known ones: suggestions without them are
    /// better than none.
    pub(crate) async fn current(&self) -> Arc<Vec<PopularQuery>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, queries)) = kept.as_ref().filter(|(read, _)| read.elapsed() < KEPT) {
            return Arc::clone(queries);
        }
        let current = match self.store.popular().await {
            Ok(queries) => Arc::new(queries),
            Err(error) => {
                tracing::warn!(error.message = %error, "popular queries not read");
                kept.map(|(_, queries)| queries).unwrap_or_default()
            }
        };
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::clone(&current)));
        current
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use rialto_dynamo::Table;

    use super::*;

    fn popular(query: &str) -> Vec<PopularQuery> {
        vec![PopularQuery { query: query.to_owned(), actors: 9 }]
    }

    #[tokio::test]
    async fn given_queries_that_were_read_when_wanted_again_then_they_are_at_hand_for_a_minute() {
        let store = BehaviourStore::new(Table::in_memory("t"));
        let queries = PopularQueries::new(store.clone());
        store.keep_popular(popular("lamp")).await.unwrap();
        assert_eq!(*queries.current().await, popular("lamp"));
        store.keep_popular(popular("desk")).await.unwrap();
        assert_eq!(*queries.clone().current().await, popular("lamp"), "clones share them");
        let past = Instant::now().checked_sub(KEPT).unwrap();
        if let Some((read, _)) = &mut *queries.kept.lock().unwrap() {
            *read = past;
        }
        assert_eq!(*queries.current().await, popular("desk"));
    }
}
