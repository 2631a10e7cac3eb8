//! Every key of the table.

use rialto_dynamo::Key;
use rialto_kernel::{CategoryId, ImportId, Money, OfferId, ProductId, SellerId, Timestamp};

use crate::domain::product::Status;

/// What the sort keys of a job's errors begin with.
pub(super) const ERRORS: &str = "ERROR#";

pub(super) fn product(id: ProductId) -> Key {
    Key::new(format!("PRODUCT#{id}"), "PRODUCT")
}

/// A product's pictures that are not part of it.
pub(super) fn album(id: ProductId) -> Key {
    Key::new(product(id).pk, "ALBUM")
}

/// Index partition of the drafts that wait for their time.
pub(super) const SCHEDULED: &str = "SCHEDULED";

pub(super) fn scheduled(time: Timestamp, id: ProductId) -> String {
    format!("{:020}#{id}", time.as_microsecond())
}

/// Sorts behind all that is scheduled up to a time.
pub(super) fn scheduled_until(time: Timestamp) -> String {
    format!("{:020}$", time.as_microsecond())
}

/// Index partition of a seller's products of one status, sorted by the SKU of their main row.
pub(super) fn assortment(seller: SellerId, status: Status) -> String {
    format!("SELLER#{seller}#{}", status.name())
}

/// Whatever a SKU is made of, the separator sorts before it.
pub(super) fn in_assortment(sku: &str, id: ProductId) -> String {
    format!("{sku}\u{1f}{id}")
}

const AVAILABILITY: &str = "availability#";

/// The attribute of a product with the availability of one offer. One attribute an offer, so that news of an offer can
/// come before the product.
pub(super) fn availability(offer: OfferId) -> String {
    format!("{AVAILABILITY}{offer}")
}

/// The offer of an attribute that [`availability`] names.
pub(super) fn offer_of(attribute: &str) -> Option<OfferId> {
    attribute.strip_prefix(AVAILABILITY)?.parse().ok()
}

pub(super) fn listing(seller: SellerId, sku: &str) -> Key {
    Key::new(format!("SELLER#{seller}"), format!("SKU#{sku}"))
}

pub(super) fn offer(id: OfferId) -> Key {
    Key::new(format!("OFFER#{id}"), "OFFER")
}

pub(super) fn job(id: ImportId) -> Key {
    Key::new(format!("IMPORT#{id}"), "IMPORT")
}

pub(super) fn jobs_of(seller: SellerId) -> String {
    format!("SELLER#{seller}")
}

/// Sorts by time, to the microsecond, whatever the number of digits that a time prints.
pub(super) fn job_by_time(created: Timestamp, id: ImportId) -> String {
    format!("{:020}#{id}", created.as_microsecond())
}

pub(super) fn errors(import: ImportId) -> String {
    job(import).pk
}

pub(super) fn error(import: ImportId, line: u64) -> Key {
    Key::new(errors(import), format!("{ERRORS}{line:010}"))
}

/// Where a product is filed, whatever its categories.
pub(super) fn filing(id: ProductId) -> Key {
    Key::new(format!("FILED#{id}"), "FILED")
}

/// Index partition of all categories, sorted by path.
pub(super) const CATEGORIES: &str = "CATEGORIES";

/// The version of the category tree, which operators' changes raise.
pub(super) fn tree() -> Key {
    Key::new("TREE", "TREE")
}

pub(super) fn category(id: CategoryId) -> Key {
    Key::new(format!("CATEGORY#{id}"), "CATEGORY")
}

/// Sorts a category before those under it, and these together.
pub(super) fn category_by_path(path: &[String]) -> String {
    path.iter().map(|level| format!("{}\u{1f}", level.to_lowercase())).collect()
}

pub(super) fn shelf(category: CategoryId) -> String {
    format!("SHELF#{category}")
}

/// A product's place among those of a category, by time.
pub(super) fn shelved(category: CategoryId, created: Timestamp, id: ProductId) -> Key {
    Key::new(shelf(category), format!("{:020}#{id}", created.as_microsecond()))
}

/// A product's place among those of a category, by currency and price.
pub(super) fn shelved_by_price(price: Money, id: ProductId) -> String {
    format!("{}#{:020}#{id}", price.currency().code(), price.amount())
}

/// What the sort keys of a product's changes begin with.
pub(super) const CHANGES: &str = "CHANGE#";

pub(super) fn change(id: ProductId, version: u64) -> Key {
    Key::new(product(id).pk, format!("{CHANGES}{version:010}"))
}
