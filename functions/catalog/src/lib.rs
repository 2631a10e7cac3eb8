//! The catalogue: products of sellers, and the uploads that make them.
//!
//! **Owns** the table `<stage>-catalog`, whose items, keys and access patterns are in [`store`], and the bucket
//! `<stage>-catalog-uploads-<account>`: files come to `uploads/<seller>/`, originals of pictures to `originals/<seller>/`, reports
//! go to `reports/<seller>/`. What shoppers see of pictures is in `<stage>-catalog-images-<account>`.
//!
//! **Tells** `ProductChanged.v1` with each change of a product that is, or was until then, shown, `ItemListed.v1` with the stock
//! of an item that is listed without a file, and `CategoryMoved.v1`. **Hears** `AvailabilityChanged.v1`
//! (inventory), which it keeps in the product's item: a product page is one read; its own `ProductChanged.v1`, by which
//! products are filed under their categories; and its own `CategoryMoved.v1`, by which what is under a category goes with it.
//!
//! **An upload** is heard by a queue and becomes an import, run by the workflow `catalog-import`: read a chunk, set its
//! stock (inventory's step), apply it, until the file ends; then write the report. The job's position and counts move in
//! one conditional write a chunk, and each row's listing is stamped with import and line in the transaction that publishes
//! it, so a repeated or resumed chunk counts once and changes nothing twice. What a row makes is named by seller and sku:
//! no run can make a second one.
//!
//! **A product** is made of the rows that name it: its own (without `parent_sku`) gives title, description, brand and
//! category, each of them a variant with its offer. They may come in any order; without its own row it is not shown.
//!
//! **A picture** waits for its file in the product's album ([`store`], `album`). The file is heard by a queue, judged by what it
//! is, and rendered anew (`domain::rendering`); then the picture moves into the product and its original is removed. Each step
//! can be done again: names follow from contents, and the move happens once.
//!
//! **A category** is what stands at a path. Products bring theirs; operators make, move and merge them ([`store`], `tree`). One
//! that goes leaves word at its old path, and every path that comes from outside is followed (`domain::tree`).
//!
//! **An address** for people is a product's words and its id, of which the id alone decides (`domain::slug`): no old address is
//! kept, and each goes on.
//! **What a category declares** of its products (`domain::attributes`) judges rows, items and edits when they are written. A row
//! is judged by the category that it names, in the step that reads it, before its stock is set, and again when it is applied.
//!
//! **A draft** is a product that only its seller and operators see; it can wait for a time. `catalog-publish-products` finds those
//! that are due in an index that holds no others.
//!
//! Personal data: none. Products, offers and files are a seller's business, under the seller's id.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests"))]

pub mod domain;
mod error;
pub mod handlers;
pub mod importing;
pub mod store;

pub use error::Error;

use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(paths(
    handlers::create_import::create_import,
    handlers::list_imports::list_imports,
    handlers::show_import::show_import,
    handlers::show_product::show_product,
    handlers::show_product_by_slug::show_product_by_slug,
    handlers::list_products::list_products,
    handlers::list_cards::list_cards,
    handlers::list_seller_products::list_seller_products,
    handlers::create_item::create_item,
    handlers::change_product::change_product,
    handlers::change_products::change_products,
    handlers::preview_product::preview_product,
    handlers::archive_product::archive_product,
    handlers::archive_product::restore_product,
    handlers::list_changes::list_changes,
    handlers::create_image::create_image,
    handlers::list_images::list_images,
    handlers::arrange_images::arrange_images,
    handlers::remove_image::remove_image,
    handlers::list_categories::list_categories,
    handlers::show_category::show_category,
    handlers::create_category::create_category,
    handlers::change_category::change_category,
    handlers::declare_attributes::declare_attributes,
    handlers::merge_category::merge_category,
    handlers::remove_category::remove_category,
))]
struct Contract;

/// The service's routes.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Contract::openapi()
}
