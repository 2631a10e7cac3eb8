//! `PATCH /v1/cart`

use rialto_http::{Caller, Customer, Fault, Problem, Request, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{changing::changed, set_item::Units, visitor::Visitor};
use crate::{
    domain::{CartView, Change, LineReference},
    store::Store,
};

/// How many of what the cart holds from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutItem {
    /// A line's id, an offer's id or a SKU.
    #[schema(min_length = 1, max_length = 100)]
    item_id: String,
    /// 0 takes the line out, if it is there.
    quantity: Units,
}

/// Makes the cart hold so many of an offer, whether it was in it or not, and answers with the whole cart. Repeating it
/// changes nothing.
///
/// # Errors
/// As adding; 422 also for a line that is not in the cart.
#[utoipa::path(
    patch, path = "/v1/cart", operation_id = "carts-put-item", tag = "carts",
    extensions(("x-rialto-caller" = json!(Customer::NAME))),
    params(("If-Match" = Option<String>, Header, description = "The cart's `ETag`: change only this version")),
    request_body = PutItem,
    responses(
        (status = 200, body = CartView),
        (status = 409, description = "`OUT_OF_STOCK` with `available`, `OFFER_UNAVAILABLE`, `AMBIGUOUS_SKU`, `CHECKOUT_IN_PROGRESS` with `orderId` and `Location`"),
        (status = 422, description = "`INVALID_VALUE`, `CART_FULL`, `MIXED_CURRENCIES`"),
    ),
)]
pub async fn put_item(store: &Store, customer: Customer, request: Request) -> Result<Response, Problem> {
    let visitor = Visitor::of(&customer, &request)?;
    let PutItem { item_id, quantity } = request.json()?;
    let line: LineReference =
        item_id.parse().map_err(|error| Problem::invalid("/itemId", Fault::Malformed, format!("{error}")))?;
    changed(store, &visitor, &request, &Change::Put { line, quantity: quantity.quantity() }, Some("/itemId")).await
}
