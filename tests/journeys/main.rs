//! Journeys through the public API of a deployed stack, and the rules of the tree that a machine can check.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation is a failed test"
)]

mod access;
mod bad_input;
mod behaviour;
mod browse;
mod callers;
mod clauses;
mod contention;
mod drift;
mod edge;
mod events;
mod faults;
mod gateways;
mod idempotency;
mod idempotency_kills;
mod images;
mod imports;
mod inventory;
mod merchandise;
mod openapi;
mod payments;
mod person;
mod purchase;
mod recovery;
mod reindex;
mod routes;
mod sessions;
mod simulation_paths;
mod storefront;
mod tidy;
mod two_step;
