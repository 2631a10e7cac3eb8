//! The catalogue's table and buckets.
//!
//! | Key | What | Written by |
//! |---|---|---|
//! | `PRODUCT#<id>`, `PRODUCT` | all that a product page shows; `availability#<offer>` an offer; `outbox`; a draft with a time in `gsi1` by `SCHEDULED`, `<time>#<id>`; with its main row in `gsi2` by `SELLER#<id>#<status>`, `<sku>#<id>` | rows, availability, people |
//! | `PRODUCT#<id>`, `CHANGE#<version>` | what was changed, when and by whom | people |
//! | `PRODUCT#<id>`, `ALBUM` | pictures that wait for their file, or whose file was refused; 2 to 8 days | people, uploads |
//! | `SELLER#<id>`, `SKU#<sku>` | a listing: ids, hash and stamp of the row that was taken last | rows |
//! | `OFFER#<id>`, `OFFER` | which product and variant an offer is | rows |
//! | `IMPORT#<id>`, `IMPORT` | a job; index `gsi1` by `SELLER#<id>`, `<time>#<import>` | uploads, the workflow |
//! | `IMPORT#<id>`, `ERROR#<line>` | what is wrong with a row; 30 days | the workflow |
//! | `FILED#<product>`, `FILED` | the categories that a product is filed under, and by which news | own news |
//! | `SHELF#<category>`, `<time>#<product>` | a product under a category; index `gsi1` by price | own news |
//! | `CATEGORY#<id>`, `CATEGORY` | a category with what it declares (16 KB at most), in `gsi1` by `CATEGORIES`, path; or where the one went that was here, in no index | own news, operators |
//! | `TREE`, `TREE` | the version of the category tree; `outbox` | operators |
//! | `IDEM#<hash>`, `IDEM` | an idempotency key; 24 hours | `rialto_http::idempotency` |
//! | `LIMIT#<bucket>#<hash>`, `LIMIT` | a limit of uploads; 2 to 4 writes an import | `rialto_http::throttle` |
//!
//! | Access pattern | Operation | Units, by items of the usual size |
//! |---|---|---|
//! | product page, by id or slug | get product, eventual | 0.5 a 4 KB: 0.5 read |
//! | change a product | get product, strong; batch get d categories, eventual, where category or attributes change; transaction: product, change | 1 read a 4 KB; 2 writes a KB |
//! | change n products | each as one, 8 at once | as one each |
//! | a category | get; batch get those above it, query `gsi1`, eventual | 0.5 a 4 KB |
//! | declare attributes | as a change of the tree; put category | 3 d reads; 4 writes a 4 KB |
//! | ask for a picture | get album, product, strong; update album | 1 read a 4 KB; 1 write a KB of the album |
//! | a picture is ready | get album twice, product, strong; transaction: product, change, album | 1 read a 4 KB; 2 writes a KB |
//! | a picture is refused | get album, strong; update album | 1 read, 1 write a KB |
//! | a product's pictures | get album, product, strong | 1 read a 4 KB |
//! | list an item | get listing, product, strong; batch get d categories, eventual; transaction: product, listing, offer | 2 reads; 2 writes a KB |
//! | put on sale what is due | query `gsi1`; of each: get product, strong; transaction: product, change | 1 read a 4 KB; 2 writes a KB |
//! | a product's history | get product, strong; query changes, a page | 1 read a 4 KB; 0.5 a 4 KB |
//! | slugs of n products, to purge their pages | batch get n products, strong | 1 a 4 KB each |
//! | cards of n products | batch get n products, eventual | 0.5 a 4 KB each |
//! | a page of n products of a seller | query `gsi2`, keys only; batch get n products, strong | 0.5 a page, 1 a 4 KB each |
//! | a page of n products of a category | get category, query the shelf or its index, at once; batch get n products, eventual | 1 read, and n product pages |
//! | the categories | query `gsi1`, all pages | 0.5 a 4 KB, some 15 categories |
//! | file a product under d levels | batch get filing and d categories, strong; put those that are new; transaction: filing, d shelf rows with their index | d + 1 reads; 4 d + 2 writes |
//! | change the tree | get tree, category, batch get d categories twice, strong; query what is under it; transaction: 2 categories, tree | 3 d reads; 8 writes |
//! | a page of 50 categories that follow | query `gsi1`; of each: batch get d categories twice, strong; put 2 | 2 d reads; 4 writes each |
//! | a page of 25 products that follow | query shelf, strong; of each: get product, batch get d categories twice, strong; update | 2 d + 1 reads; 1 write a KB each |
//! | quote of n offers | batch get n offers, batch get their products, strong | 2 reads an offer |
//! | availability of an offer | update product if the news is newer | 1 write a KB: 2 writes |
//! | judge a chunk of n rows | batch get n listings, strong; the categories that changed rows name, eventual | n reads |
//! | a changed row | batch get products of the chunk, strong, and the categories that its rows name, eventual; transaction, up to 8 rows together: product, listing, new offer | 1 read; 2 writes a KB: 10 writes |
//! | an unchanged row | update listing if its version is the one read | 1 write |
//! | a bad row | put error | 1 write |
//! | end of a chunk | update job if its position is the one read | 2 writes, with the index |
//! | a job | get, strong | 1 read |
//! | a seller's jobs, newest first | query `gsi1`, a page | 0.5 a 4 KB: 3 reads |
//! | a report | query errors, page by page | 0.5 a 4 KB |
//!
//! A job is listed by an index over the job itself and not by rows of its own: ids of uploads follow from their names
//! and do not sort by time, and a copy would have to be kept in step with state and counts.
//!
//! `gsi2` holds keys only and is told nothing by a change of price, text or stock. A product that was written without the keys of
//! an index is found in it from its next write.

mod album;
mod assortment;
mod cdn;
mod edits;
mod form;
mod items;
mod jobs;
mod keys;
mod offers;
mod picture_files;
mod places;
mod products;
mod publishing;
mod refiling;
mod rows;
mod shelves;
mod tree;
mod uploads;

pub use album::Hung;
pub use cdn::Cdn;
pub use edits::{ChangePage, Edited};
pub use form::{PostForm, PostForms};
pub use items::Sale;
pub use jobs::{Arrival, JobPage};
pub use offers::{OfferLine, Wanted};
pub use picture_files::PictureFiles;
pub use products::Shown;
pub use publishing::Swept;
pub use refiling::{AGAIN_AFTER_SECONDS, Refiling};
pub use rows::Settled;
pub(crate) use rows::{GoodRow, below_reserved};
pub use shelves::Sort;
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
mod declaring_tests;
#[cfg(test)]
mod edits_tests;
#[cfg(test)]
mod publishing_tests;
#[cfg(test)]
mod refiling_tests;
#[cfg(test)]
mod shelves_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
pub(crate) mod testing_s3;
#[cfg(test)]
pub(crate) mod testing_sdk;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tree_tests;
