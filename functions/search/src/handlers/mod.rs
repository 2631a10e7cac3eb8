//! From events and requests to the domain, and back.

mod index_product;
mod prepare_index;
mod query_products;

pub use index_product::{Indexer, index_product};
pub use prepare_index::{PrepareError, Preparer, prepare_index};
pub(crate) use query_products::{__path_query_items, __path_query_products};
pub use query_products::{Searcher, query_products};
