//! What people do with the search, counted without knowing who they are.
//!
//! - `event`: what a shop's page tells, and what of it is kept.
//! - `actor`: who did it, for a day and beyond recognition.
//! - `count`: what an event counts for, and how often at most.
//! - `report`: the queries of a day, as operators see them.
//! - `signal`: what a product earns by it in the ranking.
//! - `popular`: past queries worth suggesting.

mod actor;
mod count;
mod event;
mod popular;
mod report;
mod signal;

pub use actor::{ActorKey, Salt};
pub use count::{
    Count, Counter, Effect, MOST_POSITIONS, Mark, Sale, click_weight, effects, hash as query_hash, of_sale,
};
pub use event::{BehaviourEvent, EventError, Noted, normalised};
pub use popular::{PopularQuery, Popularity, best, matching_queries};
pub use report::{DayLists, Listed, QueryTotals, ReportKind};
pub use signal::{Learnt, ProductTotals, Signals, learnt};
