//! Step of a catalogue import: sets the stock that the file counted. Repeated, it moves nothing twice.

use rialto_kernel::{ImportId, SellerId};
use rialto_lambda::now;
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    store::{Counted, Inventory, Rejected},
};

/// Rows of an import.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportStock {
    /// The import.
    pub import_id: ImportId,
    /// Whose.
    pub seller_id: SellerId,
    /// The rows, one a line of the file.
    pub stock: Vec<Counted>,
}

/// What was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Rows that count fewer units than are reserved, by line.
    pub rejected: Vec<Rejected>,
}

/// Sets the on-hand stock of the seller's default warehouse.
///
/// # Errors
/// `InvalidInput` for a count beyond all measure; `Unavailable`: to be retried.
pub async fn set_import_stock(inventory: &Inventory, rows: ImportStock) -> Result<Refused, Error> {
    let rejected = inventory.set_counted(rows.seller_id, rows.import_id, &rows.stock, now()).await?;
    Ok(Refused { rejected })
}
