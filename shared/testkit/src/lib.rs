//! Drives a deployed stack the way people do, and looks at what it left behind.
//!
//! A test makes its own shop ([`Shop::open`]), seller and shoppers, so no two tests touch the same data. Everything
//! waits by polling with a deadline. A failed expectation panics: this crate is for tests only.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helper fails by panicking, which is what a test wants"
)]

mod answer;
mod books;
mod bus;
mod faulty_dynamo;
mod people;
mod privileged;
mod processes;
mod secrets;
mod shop;
mod stack;

pub use answer::Answer;
pub use books::Books;
pub use bus::Listener;
pub use faulty_dynamo::FaultyDynamo;
pub use people::{Guest, Seller, Shopper};
pub use privileged::InvocationFault;
pub use processes::kill_function;
pub use shop::{PASSWORD, Product, Shop, csv, eventually};
pub use stack::Stack;
