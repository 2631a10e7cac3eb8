//! One function each: from an event or request to the domain and back.

pub mod apply_import_rows;
pub mod archive_product;
pub mod arrange_images;
pub mod change_category;
pub mod change_product;
pub mod change_products;
pub mod create_category;
pub mod create_image;
pub mod create_import;
pub mod create_item;
pub mod declare_attributes;
pub mod file_product;
pub mod finish_import;
pub mod list_cards;
pub mod list_categories;
pub mod list_changes;
pub mod list_images;
pub mod list_imports;
pub mod list_products;
pub mod list_seller_products;
pub mod merge_category;
pub mod preview_product;
pub mod process_image;
pub mod project_availability;
pub mod publish_products;
pub mod purge_pages;
pub mod quote_offers;
pub mod read_import_rows;
pub mod refile_products;
pub mod remove_category;
pub mod remove_image;
pub mod show_category;
pub mod show_import;
pub mod show_product;
pub mod show_product_by_slug;
pub mod start_import;

mod attribute_view;
mod categories;
mod import_view;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod testing_shop;

use rialto_lambda::{Context, InitError};

use crate::store::{Store, Uploads};

/// What functions need that work on imports: the table and the bucket.
#[derive(Debug, Clone)]
pub struct Imports {
    store: Store,
    uploads: Uploads,
}

impl Imports {
    /// From `CATALOG_TABLE` and `UPLOADS_BUCKET`.
    ///
    /// # Errors
    /// When a variable is not set.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        Ok(Self { store: store(context)?, uploads: Uploads::new(context)? })
    }
}

/// The table of `CATALOG_TABLE`.
///
/// # Errors
/// When the variable is not set.
pub fn store(context: &Context) -> Result<Store, InitError> {
    context.table("CATALOG_TABLE").map(Store::new)
}
