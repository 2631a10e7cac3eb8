//! The table `<stage>-search`.
//!
//! | Access | Operation | Key | Units |
//! |---|---|---|---|
//! | what has been heard of products | BatchGetItem, strong | `PRODUCT#<productId>` / `DOCUMENT` | 1 read per 4 KB each |
//! | take news in | PutItem, if the row is as it was read | same | 1 write per KB |
//! | where documents are written | GetItem, strong | `CONFIG` / `INDEX` | 1 read a batch |
//! | choose where | PutItem, if absent or as it was read | same | 1 write a deployment |
//! | what words mean | GetItem, eventual; strong for operators | `CONFIG` / `VOCABULARY` | 1 read per 8 KB (4 KB) each half minute and instance |
//! | change what words mean | PutItem, if its version is as it was read | same | 1 write per KB |

use std::collections::HashMap;

use rialto_dynamo::{Error, Key, Put, Read, Table, cond};
use rialto_kernel::{ProductId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::domain::{ProductRow, Vocabulary};

/// What search keeps.
#[derive(Debug, Clone)]
pub struct SearchStore {
    table: Table,
}

/// The indexes that documents are written to: one, or two while products are moved into a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WriteTargets {
    /// Names of indexes.
    pub write_targets: Vec<String>,
}

/// The vocabulary, with its version and who wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptVocabulary {
    /// One more for each change; 0 before the first.
    pub version: u64,
    /// The words.
    pub vocabulary: Vocabulary,
    /// Who changed it last, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Changed>,
}

/// Who changed something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// The operator.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

fn product_key(product: ProductId) -> Key {
    Key::new(format!("PRODUCT#{product}"), "DOCUMENT")
}

fn config_key() -> Key {
    Key::new("CONFIG", "INDEX")
}

fn vocabulary_key() -> Key {
    Key::new("CONFIG", "VOCABULARY")
}

impl SearchStore {
    /// Over the service's table.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// What has been heard of these products; those never heard of are missing.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn rows(&self, products: &[ProductId]) -> Result<HashMap<ProductId, ProductRow>, Error> {
        let keys: Vec<Key> = products.iter().copied().map(product_key).collect();
        let rows: Vec<ProductRow> = self.table.batch_get(&keys, Read::Strong).await?;
        Ok(rows.into_iter().map(|row| (row.product_id, row)).collect())
    }

    /// What has been heard of a product.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn row(&self, product: ProductId) -> Result<Option<ProductRow>, Error> {
        self.table.get(&product_key(product), Read::Strong).await
    }

    /// Writes the row in place of the one that was read at `read_version` (0 when there was none). Says whether it did:
    /// not when the row was changed meanwhile.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn replace(&self, row: &ProductRow, read_version: u64) -> Result<bool, Error> {
        let unchanged = if read_version == 0 { cond::absent("pk") } else { cond::eq("version", read_version) };
        match self.table.put(Put::new(&product_key(row.product_id), row)?.when(unchanged)).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Where documents are written; `None` before the index was prepared.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn write_targets(&self) -> Result<Option<WriteTargets>, Error> {
        self.table.get(&config_key(), Read::Strong).await
    }

    /// Sets where documents are written, if that is still as it was read. Says whether it did.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn choose_write_targets(
        &self,
        targets: &WriteTargets,
        read: Option<&WriteTargets>,
    ) -> Result<bool, Error> {
        let unchanged = match read {
            Some(read) => cond::eq("writeTargets", read.write_targets.clone()),
            None => cond::absent("pk"),
        };
        match self.table.put(Put::new(&config_key(), targets)?.when(unchanged)).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The vocabulary, perhaps as it was a moment ago; an empty one before the first is set.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn vocabulary(&self) -> Result<KeptVocabulary, Error> {
        Ok(self.table.get(&vocabulary_key(), Read::Eventual).await?.unwrap_or_default())
    }

    /// The vocabulary as it is.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn current_vocabulary(&self) -> Result<KeptVocabulary, Error> {
        Ok(self.table.get(&vocabulary_key(), Read::Strong).await?.unwrap_or_default())
    }

    /// Writes the vocabulary in place of the one of `read_version`. Says whether it did: not when it was changed meanwhile.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn replace_vocabulary(&self, kept: &KeptVocabulary, read_version: u64) -> Result<bool, Error> {
        let unchanged = if read_version == 0 { cond::absent("pk") } else { cond::eq("version", read_version) };
        match self.table.put(Put::new(&vocabulary_key(), kept)?.when(unchanged)).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
