//! From events and requests to the domain, and back.

mod count_behaviour;
mod explain_results;
mod index_product;
mod learn_signals;
mod prepare_index;
mod query_products;
mod ranking;
mod record_events;
mod reindex;
mod reports;
mod setting;
mod suggest_queries;
mod vocabulary;

pub use count_behaviour::{BehaviourCounter, CountError, count_behaviour, count_sales};
pub(crate) use explain_results::__path_explain_results;
pub use explain_results::explain_results;
pub use index_product::{Indexer, index_product};
pub use learn_signals::{LearnError, LearnTick, Learner, learn_signals};
pub use prepare_index::{Prepared, Tick, prepare_index, rebuild_index};
pub use query_products::query_products;
pub(crate) use query_products::{__path_query_items, __path_query_products};
pub(crate) use ranking::{__path_set_ranking, __path_show_ranking};
pub use ranking::{set_ranking, show_ranking};
pub(crate) use record_events::__path_record_events;
pub use record_events::{EventBatch, EventRecorder, RecordEvents, Recorded, record_events};
pub(crate) use reindex::{__path_show_reindex, __path_steer_reindex};
pub use reindex::{Reindex, ReindexAction, SteerReindex, show_reindex, steer_reindex};
pub(crate) use reports::__path_show_report;
pub use reports::{ReportTick, Reported, Reporter, Reports, SearchReport, report_day, show_report};
pub use setting::SettingKeeper;
pub(crate) use suggest_queries::__path_suggest_queries;
pub use suggest_queries::suggest_queries;
pub(crate) use vocabulary::{__path_set_vocabulary, __path_show_vocabulary};
pub use vocabulary::{set_vocabulary, show_vocabulary};

#[cfg(test)]
mod behaviour_flow_tests;
