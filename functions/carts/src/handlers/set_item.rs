//! `PATCH /v1/cart/items/{itemId}`

use rialto_http::{Caller, Customer, Problem, Request, Response};
use rialto_kernel::{CartItemId, Quantity, QuantityError};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{changing::changed, visitor::Visitor};
use crate::{
    domain::{CartView, Change, LineReference},
    store::Store,
};

/// A number of units, or 0 for none.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(try_from = "u32")]
#[schema(value_type = u32, minimum = 0, maximum = 9999, example = 2)]
pub struct Units(Option<Quantity>);

impl Units {
    /// The quantity; none for 0.
    #[must_use]
    pub fn quantity(self) -> Option<Quantity> {
        self.0
    }
}

impl TryFrom<u32> for Units {
    type Error = QuantityError;
    fn try_from(units: u32) -> Result<Self, QuantityError> {
        if units == 0 { Ok(Self(None)) } else { Quantity::new(units).map(|quantity| Self(Some(quantity))) }
    }
}

/// How many the line wants from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetItem {
    /// 0 takes the line out.
    quantity: Units,
}

/// Sets how many a line wants, and answers with the whole cart. Wanting fewer is always possible.
///
/// # Errors
/// 404 for a line that is not in the cart; 409 `OUT_OF_STOCK` with `available`, `OFFER_UNAVAILABLE`,
/// `CHECKOUT_IN_PROGRESS` with `orderId`; 412.
#[utoipa::path(
    patch, path = "/v1/cart/items/{itemId}", operation_id = "carts-set-item", tag = "carts",
    extensions(("x-rialto-caller" = json!(Customer::NAME))),
    params(
        ("itemId" = CartItemId, Path, description = "The line"),
        ("If-Match" = Option<String>, Header, description = "The cart's `ETag`: change only this version"),
    ),
    request_body = SetItem,
    responses(
        (status = 200, body = CartView),
        (status = 409, description = "`OUT_OF_STOCK` with `available`, `OFFER_UNAVAILABLE`, `CHECKOUT_IN_PROGRESS` with `orderId` and `Location`"),
    ),
)]
pub async fn set_item(store: &Store, customer: Customer, request: Request) -> Result<Response, Problem> {
    let line = LineReference::Line(request.path_id("itemId")?);
    let visitor = Visitor::of(&customer, &request)?;
    let SetItem { quantity } = request.json()?;
    changed(store, &visitor, &request, &Change::Set { line, quantity: quantity.quantity() }, None).await
}
