//! The money path, simulated: the real handlers and the deployed workflow over tables in memory, with faults drawn from a
//! seed. One seed is one run: its clock, its chance, the order in which everything happens and what goes wrong.
//!
//! | Part | What it is |
//! |---|---|
//! | [`machine`] | clock, chance, faults and record of a run |
//! | [`asl`] | an interpreter of `statemachines/checkout.asl.json`, strict about what it does not know |
//! | `functions` | every function by its name, made as its bin makes it |
//! | `engine`, `aws` | Step Functions, SQS and Secrets Manager behind the SDK's clients |
//! | `tables` | tables with faults at every operation, and their streams |
//! | `world`, `shoppers`, `outside` | what there is to buy, who buys it, and what card holders, queues and schedules do |
//! | `checks` | what must hold when all is over |
//!
//! What is not simulated: API Gateway and the edge before a handler, IAM, TTL, lagging indexes and eventual reads (tables in
//! memory answer with the newest), real gateways, and DynamoDB's own limits.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::float_arithmetic,
    reason = "a test: what does not hold ends it"
)]

pub mod asl;
pub mod cli;
pub mod machine;

mod aws;
mod checks;
mod engine;
mod functions;
mod kind;
mod outside;
mod run;
mod shoppers;
mod tables;
mod walk;
mod world;

pub use functions::STEPS;
pub use machine::{Kind, Report};
pub use run::{Options, deployed, simulate};
pub use walk::{Purchase, walk};
