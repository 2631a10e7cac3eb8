//! Search: finding products.
//!
//! It owns the indexes behind the alias `<stage>-products`, the table `<stage>-search-behaviour` ([`behaviour_store`]), and the
//! table `<stage>-search`:
//!
//! | Item | `pk` | `sk` | Holds |
//! |---|---|---|---|
//! | product | `PRODUCT#<productId>` | `DOCUMENT` | what was heard of it, each source with its version; the row's `version` |
//! | indexes | `CONFIG` | `INDEX` | what is searched and written, and how far a rebuilding is, with a `version` |
//! | vocabulary | `CONFIG` | `VOCABULARY` | synonyms and pairs that must not meet, with a `version` |
//! | ranking | `CONFIG` | `RANKING` | weights and promotions, with a `version` |
//!
//! Events in: `ProductChanged.v1` of catalog, `AvailabilityChanged.v1` of inventory, `OrderConfirmed.v1` of orders. Events out:
//! none.
//!
//! Each source is guarded by its own version ([`domain::ProductRow`]); each accepted update raises the row's version, and
//! the whole row goes to the index with that external version. So the index ends the same in whatever order and however
//! often events arrive, and a crash between row and index heals when the event comes again. Prices are compared in minor
//! units, whatever the currency.
//!
//! A search is one question to the index, or two or three when no product has the words ([`Searcher`]). What makes a product
//! rank is in [`domain::weights`]. Synonyms, weights and promotions are put in when asking, from what operators set, which each
//! instance reads again after half a minute: so a change needs no new index. When the cluster does not answer, searches are
//! refused at once for 5 s, and events wait in the queue.
//!
//! New indexes are made from the table while news go on ([`Rebuilder`]); how far one is, [`domain::Indexes`] says.
//!
//! The access patterns are listed in [`store`].
//!
//! What visitors do is told by the shop's page ([`handlers::record_events`]), queued, and counted by day
//! ([`handlers::count_behaviour`]): a visitor counts once a day for a query, a product and a product of a query, which marks keep
//! true however often news come. At night the counts become the day's reports ([`handlers::report_day`]), and what products earn
//! in the ranking and queries are worth suggesting ([`handlers::learn_signals`]); what a product earns is one more guarded source
//! of its row.
//!
//! Personal data: none. Documents hold products. Queries are logged nowhere and counted without who asked them: counts hold
//! queries, products and numbers; marks hold a key that is made of a salt of the day, which is deleted two days later, so nobody
//! can find a person's marks, which are deleted themselves after four ([`domain::behaviour`]). Queries that look like an address of a
//! mail or a long number are not kept, and none is shown that fewer than `LEAST_ACTORS` visitors asked on one day. So the
//! erasure of a person (`PersonErased.v1`) finds nothing here to erase.

use utoipa::OpenApi;

pub mod behaviour_store;
mod breaker;
pub mod domain;
mod error;
pub mod handlers;
pub mod index;
mod kept;
pub mod open_search;
mod popular_queries;
pub mod queue;
mod rebuilder;
mod salts;
mod searcher;
mod settings;
pub mod store;
#[cfg(test)]
mod testing;

pub use error::IndexingError;
pub use rebuilder::{RebuildError, Rebuilder};
pub use searcher::{SearchFailure, Searcher};

const SEARCH_TABLE: &str = "SEARCH_TABLE";
const BEHAVIOUR_TABLE: &str = "BEHAVIOUR_TABLE";

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
    handlers::set_vocabulary,
    handlers::show_ranking,
    handlers::set_ranking,
    handlers::record_events,
    handlers::show_report
))]
struct Contract;

/// The routes of this service.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Contract::openapi()
}
