//! `DELETE /v1/cart`

use rialto_http::{Caller, Customer, Problem, Request, Response};

use super::{changing::changed, visitor::Visitor};
use crate::{
    domain::{CartView, Change},
    store::Store,
};

/// Empties the cart, and answers with it. Repeating it changes nothing.
///
/// # Errors
/// 409 `CHECKOUT_IN_PROGRESS` with `orderId`; 412.
#[utoipa::path(
    delete, path = "/v1/cart", operation_id = "carts-clear-cart", tag = "carts",
    extensions(("x-rialto-caller" = json!(Customer::NAME))),
    params(("If-Match" = Option<String>, Header, description = "The cart's `ETag`: change only this version")),
    responses(
        (status = 200, body = CartView),
        (status = 409, description = "`CHECKOUT_IN_PROGRESS` with `orderId` and `Location`"),
    ),
)]
pub async fn clear_cart(store: &Store, customer: Customer, request: Request) -> Result<Response, Problem> {
    let visitor = Visitor::of(&customer, &request)?;
    changed(store, &visitor, &request, &Change::Clear, None).await
}
