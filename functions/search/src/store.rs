//! The table `<stage>-search`.
//!
//! | Access | Operation | Key | Units |
//! |---|---|---|---|
//! | what has been heard of products | BatchGetItem, strong | `PRODUCT#<productId>` / `DOCUMENT` | 1 read per 4 KB each |
//! | take news in | PutItem, if the row is as it was read | same | 1 write per KB |
//! | where documents are written | GetItem, strong | `CONFIG` / `INDEX` | 1 read a batch |
//! | choose where, once | PutItem, if absent | same | 1 write a deployment |

use std::collections::HashMap;

use rialto_dynamo::{Error, Key, Put, Read, Table, cond};
use rialto_kernel::ProductId;
use serde::{Deserialize, Serialize};

use crate::domain::ProductRow;

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

fn product_key(product: ProductId) -> Key {
    Key::new(format!("PRODUCT#{product}"), "DOCUMENT")
}

fn config_key() -> Key {
    Key::new("CONFIG", "INDEX")
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

    /// Sets where documents are written, unless that has been said before.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn choose_write_targets(&self, targets: &WriteTargets) -> Result<(), Error> {
        match self.table.put(Put::new(&config_key(), targets)?.when(cond::absent("pk"))).await {
            Err(error) if !error.condition_failed() => Err(error),
            _ => Ok(()),
        }
    }
}
