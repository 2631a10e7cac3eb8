//! The table `<stage>-search`.
//!
//! | Access | Operation | Key | Units |
//! |---|---|---|---|
//! | what has been heard of products | BatchGetItem, strong | `PRODUCT#<productId>` / `DOCUMENT` | 1 read per 4 KB each |
//! | take news in | PutItem, if the row is as it was read | same | 1 write per KB |
//! | where documents are written | GetItem, strong | `CONFIG` / `INDEX` | 1 read a batch |
//! | change the indexes, or how far the new one is | PutItem, if its version is as it was read | same | 1 write per 250 products of a rebuilding |
//! | all products, to rebuild | Scan, strong | all | 1 read per 4 KB, twice a rebuilding |
//! | what operators set | GetItem, eventual; strong for operators | `CONFIG` / `VOCABULARY`, `RANKING` | 1 read per 8 KB (4 KB) each half minute and instance |
//! | change what operators set | PutItem, if its version is as it was read | same | 1 write per KB |

use std::collections::HashMap;

use rialto_dynamo::{Error, Key, Put, Read, Table, cond, from_item};
use rialto_kernel::{ProductId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::domain::{Indexes, ProductRow, Setting};

/// What search keeps.
#[derive(Debug, Clone)]
pub struct SearchStore {
    table: Table,
}

/// What operators set, with its version and who set it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Set<T> {
    /// One more for each change; 0 before the first.
    pub version: u64,
    /// What was set.
    #[serde(alias = "vocabulary")]
    pub value: T,
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

const PRODUCT: &str = "PRODUCT#";

fn product_key(product: ProductId) -> Key {
    Key::new(format!("{PRODUCT}{product}"), "DOCUMENT")
}

fn config_key() -> Key {
    Key::new("CONFIG", "INDEX")
}

fn setting_key<T: Setting>() -> Key {
    Key::new("CONFIG", T::NAME)
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
        self.replace_version(Put::new(&product_key(row.product_id), row)?, read_version).await
    }

    /// Some products, at most `limit`, after the one named, and the last of them when there are more.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn walk(
        &self,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<(Vec<ProductRow>, Option<ProductId>), Error> {
        let mut rows = Vec::new();
        let mut from = after.map(product_key);
        loop {
            let (items, next) = self.table.scan(from.as_ref(), limit).await?;
            for item in items {
                let is_product = item.get("pk").is_some_and(|pk| pk.as_s().is_ok_and(|pk| pk.starts_with(PRODUCT)));
                if is_product {
                    rows.push(from_item(item)?);
                }
            }
            let Some(next) = next else { return Ok((rows, None)) };
            if let Some(Ok(last)) = next.pk.strip_prefix(PRODUCT).map(str::parse) {
                return Ok((rows, Some(last)));
            }
            // The page ended at an item that is no product.
            from = Some(next);
        }
    }

    /// The stage's indexes; `None` before they were prepared.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn indexes(&self) -> Result<Option<Indexes>, Error> {
        self.table.get(&config_key(), Read::Strong).await
    }

    /// Writes the indexes in place of those of the version before. Says whether it did: not when they were changed
    /// meanwhile.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn replace_indexes(&self, indexes: &Indexes) -> Result<bool, Error> {
        self.replace_version(Put::new(&config_key(), indexes)?, indexes.version.saturating_sub(1)).await
    }

    /// What operators set; the default before the first time. An eventual read may be as it was a moment ago.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn setting<T: Setting>(&self, read: Read) -> Result<Set<T>, Error> {
        Ok(self.table.get(&setting_key::<T>(), read).await?.unwrap_or_default())
    }

    /// Writes a setting in place of the one of `read_version`. Says whether it did: not when it was changed meanwhile.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn replace_setting<T: Setting>(&self, set: &Set<T>, read_version: u64) -> Result<bool, Error> {
        self.replace_version(Put::new(&setting_key::<T>(), set)?, read_version).await
    }

    async fn replace_version(&self, put: Put, read_version: u64) -> Result<bool, Error> {
        let unchanged = if read_version == 0 { cond::absent("pk") } else { cond::eq("version", read_version) };
        match self.table.put(put.when(unchanged)).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
