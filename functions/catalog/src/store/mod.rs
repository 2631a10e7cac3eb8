//! The catalogue's table and bucket.
//!
//! | Key | What | Written by |
//! |---|---|---|
//! | `PRODUCT#<id>`, `PRODUCT` | all that a product page shows; `availability#<offer>` an offer; `outbox` | rows, availability |
//! | `SELLER#<id>`, `SKU#<sku>` | a listing: ids, hash and stamp of the row that was taken last | rows |
//! | `OFFER#<id>`, `OFFER` | which product and variant an offer is | rows |
//! | `IMPORT#<id>`, `IMPORT` | a job; index `gsi1` by `SELLER#<id>`, `<time>#<import>` | uploads, the workflow |
//! | `IMPORT#<id>`, `ERROR#<line>` | what is wrong with a row; 30 days | the workflow |
//! | `IDEM#<hash>`, `IDEM` | an idempotency key; 24 hours | `rialto_http::idempotency` |
//! | `LIMIT#<bucket>#<hash>`, `LIMIT` | a limit of uploads; 2 to 4 writes an import | `rialto_http::throttle` |
//!
//! | Access pattern | Operation | Units, by items of the usual size |
//! |---|---|---|
//! | product page | get product, eventual | 0.5 a 4 KB: 0.5 read |
//! | quote of n offers | batch get n offers, batch get their products, strong | 2 reads an offer |
//! | availability of an offer | update product if the news is newer | 1 write a KB: 2 writes |
//! | judge a chunk of n rows | batch get n listings, strong | n reads |
//! | a changed row | batch get products of the chunk, strong; transaction, up to 8 rows together: product, listing, new offer | 1 read; 2 writes a KB: 10 writes |
//! | an unchanged row | update listing if its version is the one read | 1 write |
//! | a bad row | put error | 1 write |
//! | end of a chunk | update job if its position is the one read | 2 writes, with the index |
//! | a job | get, strong | 1 read |
//! | a seller's jobs, newest first | query `gsi1`, a page | 0.5 a 4 KB: 3 reads |
//! | a report | query errors, page by page | 0.5 a 4 KB |
//!
//! A job is listed by an index over the job itself and not by rows of its own: ids of uploads follow from their names
//! and do not sort by time, and a copy would have to be kept in step with state and counts.

mod form;
mod jobs;
mod keys;
mod offers;
mod products;
mod rows;
mod uploads;

pub use form::{PostForm, PostForms};
pub use jobs::{Arrival, JobPage};
pub use offers::{OfferLine, Wanted};
pub use products::Shown;
pub use rows::Settled;
pub(crate) use rows::{GoodRow, below_reserved};
pub use uploads::{Report, Uploads, Window};

use rialto_dynamo::Table;

/// How many times a write is judged anew because another got in between.
const ATTEMPTS: u32 = 8;
/// How many writes of a chunk run at the same time.
const AT_ONCE: usize = 16;

/// The catalogue's table.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table,
}

impl Store {
    /// The store over `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The table, for idempotency keys.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }
}

#[cfg(test)]
mod tests;
