//! How far learning is, and what it keeps on the way.

use rialto_dynamo::{Error, Key, Put, Read, cond};
use serde::{Deserialize, Serialize};

use super::{BehaviourStore, SHARDS};
use crate::domain::{Day, behaviour::PopularQuery};

/// A pass over all shards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pass {
    /// One more for each change.
    pub version: u64,
    /// The day up to which it learns.
    pub day: Day,
    /// The shard that is next; when there is none left, what was learnt of all is put together, and then it is done.
    pub shard: u8,
    /// Whether all is done.
    pub done: bool,
    /// Products whose news were sent.
    pub changed: u64,
}

#[derive(Serialize, Deserialize)]
struct PopularRow {
    queries: Vec<PopularQuery>,
}

fn pass_key() -> Key {
    Key::new("LEARNING", "PASS")
}

fn popular_key(shard: u8) -> Key {
    Key::new("POPULAR", format!("SHARD#{shard:02}"))
}

fn all_popular_key() -> Key {
    Key::new("POPULAR", "ALL")
}

impl Pass {
    pub(crate) fn put(&self) -> Result<Put, Error> {
        Put::new(&pass_key(), self)
    }
}

impl BehaviourStore {
    /// The last pass; `None` before the first.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn pass(&self) -> Result<Option<Pass>, Error> {
        self.table.get(&pass_key(), Read::Strong).await
    }

    /// Writes the pass in place of the one of the version before. Says whether it did: not when another was faster.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn replace_pass(&self, pass: &Pass) -> Result<bool, Error> {
        let read = pass.version.saturating_sub(1);
        let unchanged = if read == 0 { cond::absent("pk") } else { cond::eq("version", read) };
        match self.table.put(pass.put()?.when(unchanged)).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Keeps the popular queries of a shard.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn keep_popular_of(&self, shard: u8, queries: Vec<PopularQuery>) -> Result<(), Error> {
        self.table.put(Put::new(&popular_key(shard), &PopularRow { queries })?).await
    }

    /// The popular queries of all shards, in no order.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn popular_of_shards(&self) -> Result<Vec<PopularQuery>, Error> {
        let keys: Vec<Key> = (0..SHARDS).map(popular_key).collect();
        let rows: Vec<PopularRow> = self.table.batch_get(&keys, Read::Strong).await?;
        Ok(rows.into_iter().flat_map(|row| row.queries).collect())
    }

    /// Keeps the popular queries of all.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn keep_popular(&self, queries: Vec<PopularQuery>) -> Result<(), Error> {
        self.table.put(Put::new(&all_popular_key(), &PopularRow { queries })?).await
    }

    /// The popular queries of all, the most popular first.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn popular(&self) -> Result<Vec<PopularQuery>, Error> {
        let row: Option<PopularRow> = self.table.get(&all_popular_key(), Read::Eventual).await?;
        Ok(row.map(|row| row.queries).unwrap_or_default())
    }
}
