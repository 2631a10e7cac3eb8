//! What the store's tests share.

use rialto_kernel::{SellerId, Timestamp};

use crate::domain::row::Row;

pub(super) fn seller() -> SellerId {
    SellerId::named(&["s"])
}

pub(super) fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// A row whose title is its sku.
pub(super) fn row(sku: &str, category: &str, price: &str) -> Row {
    let values = [
        ("sku", sku),
        ("title", sku),
        ("category", category),
        ("price", price),
        ("currency", "USD"),
        ("quantity", "7"),
    ];
    Row::check(&values.map(|(column, value)| (column.to_owned(), value.to_owned())).into_iter().collect()).unwrap()
}
