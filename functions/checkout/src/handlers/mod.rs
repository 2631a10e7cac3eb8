//! The route, and the workflow's steps that belong to this service.

mod answer;
pub mod place_order;
mod price_order;
mod record_outcome;

pub use price_order::{PriceOrder, PricedOrder, price_order};
pub use record_outcome::{RecordOutcome, record_outcome};
