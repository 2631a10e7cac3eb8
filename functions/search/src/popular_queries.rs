//! The popular queries as a function has them at hand.

use std::{sync::Arc, time::Duration};

use crate::{behaviour_store::BehaviourStore, domain::behaviour::PopularQuery, kept::Kept};

/// What is learnt is suggested after this time.
const LIFE: Duration = Duration::from_secs(60);

/// Reads the popular queries at most each minute. Clones share what was read.
#[derive(Debug, Clone)]
pub(crate) struct PopularQueries {
    store: BehaviourStore,
    kept: Kept<Vec<PopularQuery>>,
}

impl PopularQueries {
    /// Over the service's table.
    #[must_use]
    pub(crate) fn new(store: BehaviourStore) -> Self {
        Self { store, kept: Kept::for_a(LIFE) }
    }

    /// The queries of the last minute; when they cannot be read, the last known ones.
    pub(crate) async fn current(&self) -> Arc<Vec<PopularQuery>> {
        self.kept.or_read("popular queries", self.store.popular()).await
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
        queries.kept.expire();
        assert_eq!(*queries.current().await, popular("desk"));
    }
}
