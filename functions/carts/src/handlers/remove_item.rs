//! `DELETE /v1/cart/items/{itemId}`

use rialto_http::{Caller, Customer, Problem, Request, Response};
use rialto_kernel::CartItemId;

use super::{changing::changed, visitor::Visitor};
use crate::{
    domain::{CartView, Change, LineReference},
    store::Store,
};

/// Takes a line out, and answers with the whole cart.
///
/// # Errors
/// 404 for a line that is not in the cart; 409 `CHECKOUT_IN_PROGRESS` with `orderId`; 412.
#[utoipa::path(
    delete, path = "/v1/cart/items/{itemId}", operation_id = "carts-remove-item", tag = "carts",
    extensions(("x-rialto-caller" = json!(Customer::NAME))),
    params(
        ("itemId" = CartItemId, Path, description = "The line"),
        ("If-Match" = Option<String>, Header, description = "The cart's `ETag`: change only this version"),
    ),
    responses(
        (status = 200, body = CartView),
        (status = 409, description = "`CHECKOUT_IN_PROGRESS` with `orderId` and `Location`"),
    ),
)]
pub async fn remove_item(store: &Store, customer: Customer, request: Request) -> Result<Response, Problem> {
    let line = LineReference::Line(request.path_id("itemId")?);
    let visitor = Visitor::of(&customer, &request)?;
    changed(store, &visitor, &request, &Change::Set { line, quantity: None }, None).await
}
