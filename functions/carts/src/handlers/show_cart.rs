//! `GET /v1/cart`

use std::collections::HashMap;

use rialto_http::{Caller, Customer, Problem, Request, Response, StatusCode};

use super::{problem::problem, visitor::Visitor};
use crate::{CartError, domain::CartView, store::Store};

/// The caller's cart with today's prices, and what has changed since things were added.
///
/// A guest is known by `Cart-Token` or the cookie `cart`. A new guest gets both with an empty cart, of which nothing is
/// kept until something is in it.
///
/// # Errors
/// 400 for a malformed token, 401 and 403 as everywhere.
#[utoipa::path(
    get, path = "/v1/cart", operation_id = "carts-show-cart", tag = "carts",
    extensions(("x-rialto-caller" = json!(Customer::NAME))),
    responses((status = 200, body = CartView)),
)]
pub async fn show_cart(store: &Store, customer: Customer, request: Request) -> Result<Response, Problem> {
    let visitor = Visitor::of(&customer, &request)?;
    visitor.answer(StatusCode::OK, view(store, &visitor, &request).await.map_err(|error| problem(error, None))?)
}

async fn view(store: &Store, visitor: &Visitor, request: &Request) -> Result<CartView, CartError> {
    let cart = store.cart(visitor.owner.cart_id(), request.now()).await?;
    let mut offers = HashMap::new();
    store.add_offers(&mut offers, cart.lines.iter().map(|line| line.offer_id)).await?;
    Ok(CartView::of(&cart, &offers))
}
