//! From events and requests to the domain, and back.

mod explain_results;
mod index_product;
mod prepare_index;
mod query_products;
mod reindex;
mod suggest_queries;
mod vocabulary;

pub(crate) use explain_results::__path_explain_results;
pub use explain_results::explain_results;
pub use index_product::{Indexer, index_product};
pub use prepare_index::{Prepared, Tick, prepare_index, rebuild_index};
pub use query_products::query_products;
pub(crate) use query_products::{__path_query_items, __path_query_products};
pub(crate) use reindex::{__path_show_reindex, __path_steer_reindex};
pub use reindex::{Reindex, ReindexAction, SteerReindex, show_reindex, steer_reindex};
pub(crate) use suggest_queries::__path_suggest_queries;
pub use suggest_queries::suggest_queries;
pub(crate) use vocabulary::{__path_set_vocabulary, __path_show_vocabulary};
pub use vocabulary::{VocabularyKeeper, set_vocabulary, show_vocabulary};
