//! The inventory table.
//!
//! # Rows
//! | Row | pk | sk | gsi1pk | gsi1sk |
//! |---|---|---|---|---|
//! | stock of an offer in a warehouse | `OFFER#<offer>` | `STOCK#<warehouse>` | | |
//! | how an offer stands, as last told | `OFFER#<offer>` | `AVAILABILITY` | `LOW#<seller>` while low or depleted | `<units>#<offer>` |
//! | movement (ledger) | `MOVEMENT#<movement>` | `MOVEMENT` | `OFFER#<offer>` | `<millisecond>#<movement>` |
//! | transfer | `TRANSFER#<transfer>` | `TRANSFER` | `TRANSFERS#<seller>` | `<millisecond>#<transfer>` |
//! | offer with stock | `ROSTER#<0..15>` | `<offer>` | | |
//! | finding of the reconciliation | `FINDINGS#<offer>` | `<warehouse>` | | |
//! | how far the reconciliation is | `RECONCILIATION` | `PASS` | | |
//! | reservation | `RESERVATION#<reservation>` | `RESERVATION` | `EXPIRING#<0..3>` while reserved | `<expiresAt>` |
//! | warehouse | `SELLER#<seller>` | `WAREHOUSE#<warehouse>` | | |
//! | offer by its seller's SKU | `SELLER#<seller>` | `SKU#<sku>` | `SKU#<sku>` | `SELLER#<seller>` |
//! | idempotency record | `IDEM#<scope>` | | | |
//!
//! # Invariants, and the condition that keeps each
//! - `available >= 0`: what takes `q` available units is written only where `available >= q`. A DynamoDB condition has no
//!   arithmetic, so `available` is an attribute of its own.
//! - `available = onHand - reserved`: every change of stock is one [`Movement`](crate::domain::Movement), and
//!   `change_of` derives all three changes from it, in one update that also raises `version` by 1. New rows start at
//!   zero or at the movement that made them, so a row's version is the number of its ledger entries.
//! - `sum(ledger) = stock`: a stock row changes only in a transaction that puts the movement's ledger row. The
//!   movement's id follows from what caused it, and its put requires that it is absent, so a repetition cannot book twice.
//! - A reservation ends once: its change of state requires the state it starts from (and, to confirm, a time before
//!   its end), in the same transaction as the stock it moves.
//! - A reservation's end is put off once and never forward: the update requires that it is reserved, in time and was not
//!   put off before; expiring it requires that the end it has then is over.
//! - A transfer's units are in one warehouse, on their way, or lost: dispatching puts the transfer (absent before) with
//!   the movement out, closing requires `in_transit` and comes with the movements in.
//! - A stocktake books only against the version that was counted.
//! - A crossing of a threshold is told once: the row that keeps what was told is replaced only as it was read, and the
//!   event is in that write.
//!
//! # Access patterns
//! Units for rows under 1 KB (stock 0.4, movement 0.9 with its event, reservation 0.3 + 0.15 an allocation);
//! strong reads cost 1 read unit for 4 KB, eventual half, transactional writes 2 for each row and each index entry.
//!
//! | What | Operation | Units |
//! |---|---|---|
//! | stock of an offer | `Query` pk, sk begins `STOCK#`, strong, all pages | 1 read for 10 warehouses |
//! | warehouses' places, only where an offer is in several | `BatchGetItem` | 0.5 read each |
//! | reserve `n` allocations | stock of each offer in parallel, 1 transaction of `2n + 1` | 1 read an offer; `6n + 4` writes |
//! | confirm, release, expire | `GetItem` strong, 1 transaction of `2n + 1` | 1 read; `6n + 4` writes |
//! | confirm, release again | `GetItem` strong | 1 read |
//! | release of an absent one | `GetItem`, `PutItem` (tombstone) | 1 read, 1 write |
//! | reservations whose time is up | `Query` gsi1 for each shard, `gsi1sk <= now`, all pages | 0.5 read for 8 |
//! | put off an end | `GetItem` strong, `UpdateItem` | 1 read; 4 writes (the index entry moves) |
//! | receive, adjust | `GetItem` offer, warehouse, stock; 1 transaction of 2 | 2.5 reads, 6 writes |
//! | set counted stock of an import | `BatchGetItem` strong for all lines; 1 transaction of 2 (4 when new) each | 1 read, 6 (12) writes a line |
//! | dispatch a transfer | `GetItem` offer, 2 warehouses; 1 transaction of 3 | 3 reads, 10 writes |
//! | receive, cancel a transfer | `GetItem` transfer, stock; 1 transaction of 3 (4 with losses, 1 more when new) | 2 reads, 10 (14) writes |
//! | transfers of a seller | `Query` gsi1 `TRANSFERS#<seller>`, one page | 0.5 read for 8 |
//! | stocktake | `GetItem` offer, stock (twice); 1 transaction of 2 each | 3 reads, 6 writes an offer |
//! | project availability and alerts | `Query` the offer's partition, strong; `PutItem` when newer | 1 read, 1 write (3 while low) |
//! | set a threshold | the same | 1 read, 1 write |
//! | low stock of a seller | `Query` gsi1 `LOW#<seller>`, one page | 0.5 read for 10 |
//! | reconcile | `Query` the roster; for each offer its stock twice and its findings, strong, and its whole ledger | 3 reads and 0.5 for 4 movements an offer; 1 write for 100 offers |
//! | show stock by SKU | `GetItem` (own) or `Query` gsi1 (operator), then stock of the offer | 1.5 reads |
//! | warehouses of a seller | `Query` pk, sk begins `WAREHOUSE#`, one page | 0.5 read for 20 |
//! | ledger of an offer | `Query` gsi1 `OFFER#<offer>`, newest first, one page (all pages for audits) | 0.5 read for 4 |
//!
//! # Hot keys
//! A stock row takes 1,000 write units a second, so 500 reservations a second of one offer in one warehouse; its ledger
//! entries meet in one index partition at the same rate, so the index is never the narrower place. Reservations
//! and movements have partitions of their own. Open reservations are spread over four index partitions.

mod availability;
mod booking;
mod counting;
mod expiring;
mod keys;
mod ledger;
mod offers;
mod reconciling;
mod reserving;
mod roster;
mod stock;
mod stocktaking;
#[cfg(test)]
mod tests;
mod transferring;
mod turning;
mod warehouses;

use std::time::Duration;

use rialto_dynamo::Table;
use rialto_lambda::{Context, InitError};

pub use availability::Standing;
pub use booking::Booking;
pub use counting::{Counted, Rejected};
pub use expiring::Swept;
pub use offers::Offer;
pub use reconciling::{Finding, FindingState, Pass};
pub use reserving::Wanted;
pub use stock::StockRow;
pub use stocktaking::{Tallied, Tally};
pub use warehouses::Warehouse;

/// How often a write is tried again from a fresh read before it is given up as contended.
const ATTEMPTS: u32 = 5;

/// Typed operations over the inventory table.
#[derive(Debug, Clone)]
pub struct Inventory {
    table: Table,
}

impl Inventory {
    /// The inventory in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The inventory of this deployment, in the table that `INVENTORY_TABLE` names.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        context.table("INVENTORY_TABLE").map(Self::new)
    }

    /// The table, for the idempotency records that share it.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }
}

/// Waits before the attempt of this number: not at all before the first, then a random part of 20, 40, 80, 160 ms.
async fn before(attempt: u32) {
    if attempt > 0 {
        let longest = 10_u64.saturating_mul(2_u64.saturating_pow(attempt));
        tokio::time::sleep(Duration::from_millis(rialto_lambda::up_to(longest))).await;
    }
}
