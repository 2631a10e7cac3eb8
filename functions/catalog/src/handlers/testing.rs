//! What tests of routes share.

use rialto_http::{Operator, Response, Seller, SellerOrOperator};
use rialto_kernel::{ImportId, ProductId, SellerId, Timestamp, UserId};
use serde_json::Value;

use crate::{
    domain::row::Row,
    store::{Sale, Store},
};

pub(super) fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

pub(super) fn seller(name: &str) -> Seller {
    Seller { user_id: UserId::named(&[name]), seller_id: SellerId::named(&[name]) }
}

pub(super) fn the_seller(name: &str) -> SellerOrOperator {
    SellerOrOperator::Seller(seller(name))
}

pub(super) fn operator() -> Operator {
    Operator { user_id: UserId::named(&["op"]) }
}

/// A row whose title is its SKU, for 1.00 in the category `C`; `more` adds columns or takes their place.
pub(super) fn row(sku: &str, more: &[(&str, &str)]) -> Row {
    let values =
        [("sku", sku), ("title", sku), ("category", "C"), ("price", "1.00"), ("currency", "USD"), ("quantity", "1")];
    let values = values.iter().chain(more).map(|(column, value)| ((*column).to_owned(), (*value).to_owned()));
    Row::check(&values.collect()).unwrap()
}

/// Lists a product of the seller.
pub(super) async fn listed(store: &Store, who: &str, sku: &str, sale: Sale) -> ProductId {
    let (owner, listing) = (seller(who).seller_id, ImportId::named(&[who, sku]));
    store.list_item(owner, listing, &row(sku, &[]), sale, now()).await.unwrap().product.id
}

/// Status and body of an answer.
pub(super) fn read(answer: &Response) -> (u16, Value) {
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
}
