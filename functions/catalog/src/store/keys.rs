//! Every key of the table.

use rialto_dynamo::Key;
use rialto_kernel::{ImportId, OfferId, ProductId, SellerId, Timestamp};

/// What the sort keys of a job's errors begin with.
pub(super) const ERRORS: &str = "ERROR#";

pub(super) fn product(id: ProductId) -> Key {
    Key::new(format!("PRODUCT#{id}"), "PRODUCT")
}

/// The attribute of a product with the availability of one offer. One attribute an offer, so that news of an offer can
/// come before the product.
pub(super) fn availability(offer: OfferId) -> String {
    format!("availability#{offer}")
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
