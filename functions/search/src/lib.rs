//! Search: finding products.
//!
//! It owns the indexes behind the alias `<stage>-products`, and the table `<stage>-search`:
//!
//! | Item | `pk` | `sk` | Holds |
//! |---|---|---|---|
//! | product | `PRODUCT#<productId>` | `DOCUMENT` | what was heard of it, each source with its version; the row's `version` |
//! | indexes | `CONFIG` | `INDEX` | what is searched and written, and how far a rebuilding is, with a `version` |
//! | vocabulary | `CONFIG` | `VOCABULARY` | synonyms and pairs that must not meet, with a `version` |
//!
//! Events in: `ProductChanged.v1` of catalog, `AvailabilityChanged.v1` of inventory. Events out: none.
//!
//! Each source is guarded by its own version ([`domain::ProductRow`]); each accepted update raises the row's version, and
//! the whole row goes to the index with that external version. So the index ends the same in whatever order and however
//! often events arrive, and a crash between row and index heals when the event comes again. Prices are compared in minor
//! units, whatever the currency.
//!
//! A search is one question to the index, or two or three when no product has the words ([`Searcher`]). What makes a product
//! rank is in [`domain::weights`]. Synonyms are put in when asking, from the vocabulary that operators keep, which each
//! instance reads again after half a minute: so a change needs no new index. When the cluster does not answer, searches are
//! refused at once for 5 s, and events wait in the queue.
//!
//! New indexes are made from the table while news go on ([`Rebuilder`]); how far one is, [`domain::Indexes`] says.
//!
//! The access patterns are listed in [`store`].
//!
//! Personal data: none. Documents hold products; queries are neither kept nor logged.

use utoipa::OpenApi;

mod breaker;
pub mod domain;
mod error;
pub mod handlers;
pub mod index;
pub mod open_search;
mod rebuilder;
mod searcher;
pub mod store;
#[cfg(test)]
mod testing;
mod vocabularies;

pub use error::IndexingError;
pub use rebuilder::{RebuildError, Rebuilder};
pub use searcher::{SearchFailure, Searcher};

const SEARCH_TABLE: &str = "SEARCH_TABLE";

/// What a stage's products are searched by.
fn alias_of(stage: &str) -> String {
    format!("{stage}-products")
}

#[derive(OpenApi)]
#[openapi(paths(
    handlers::query_products,
    handlers::query_items,
    handlers::suggest_queries,
    handlers::explain_results,
    handlers::show_reindex,
    handlers::steer_reindex,
    handlers::show_vocabulary,
    handlers::set_vocabulary
))]
struct Contract;

/// The routes of this service.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Contract::openapi()
}
