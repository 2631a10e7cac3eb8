//! The rules of the catalogue: what a file may say, what a product is, how a job advances. No I/O, no clock.

pub mod attribute_texts;
pub mod attribute_values;
pub mod attributes;
pub mod category;
pub mod declaring;
pub mod described;
pub mod edit;
pub mod edit_attributes;
pub mod gallery;
pub mod job;
pub mod listing;
pub mod picture;
pub mod pricing_facts;
pub mod product;
pub mod reading;
pub mod record;
pub mod rendering;
pub mod report;
pub mod row;
pub mod slug;
pub mod storefront;
pub mod tags;
pub mod tree;
pub mod upload;
