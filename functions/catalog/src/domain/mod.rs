//! The rules of the catalogue: what a file may say, what a product is, how a job advances. No I/O, no clock.

pub mod job;
pub mod listing;
pub mod product;
pub mod reading;
pub mod record;
pub mod report;
pub mod row;
pub mod upload;
