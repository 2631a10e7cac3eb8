//! The route, and the workflow's steps that belong to this service.

mod answer;
mod erase_person;
pub mod place_order;
mod price_order;
mod record_action;
mod record_outcome;
pub mod sessions;

pub use erase_person::erase_person;
pub use price_order::{PriceOrder, PricedOrder, Pricing, price_order};
pub use record_action::{RecordAction, record_action};
pub use record_outcome::{RecordOutcome, record_outcome};
