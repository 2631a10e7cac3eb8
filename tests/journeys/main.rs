//! Journeys through the public API of a deployed stack, and the rules of the tree that a machine can check.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation is a failed test"
)]

mod bad_input;
mod contention;
mod drift;
mod events;
mod faults;
mod idempotency;
mod imports;
mod payments;
mod purchase;
mod routes;
mod tidy;
