//! Requests, one file each.

pub mod not_found;
pub mod show_docs;
pub mod show_openapi;

pub use not_found::not_found;
pub use show_docs::show_docs;
pub use show_openapi::{Contract, show_openapi};
