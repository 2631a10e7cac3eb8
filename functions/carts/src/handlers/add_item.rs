//! `POST /v1/cart/items`

use rialto_http::{Caller, Customer, Fault, Problem, Request, Response, StatusCode, idempotency};
use rialto_kernel::{EventId, OfferId, ProductId, Quantity};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{changing::change, problem::problem, visitor::Visitor};
use crate::{
    domain::{CartView, Change, Sku, Wanted},
    store::Store,
};

/// What is added: exactly one of `offerId`, `sku` and `productId`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddItem {
    /// This offer.
    offer_id: Option<OfferId>,
    /// The one offer that is sold under this SKU.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    sku: Option<Sku>,
    /// The product's best offer: the cheapest in stock.
    product_id: Option<ProductId>,
    /// How many more of it.
    quantity: Quantity,
}

impl AddItem {
    /// What is wanted, and which field says it.
    fn wanted(&self) -> Result<(Wanted, &'static str), Problem> {
        match (self.offer_id, &self.sku, self.product_id) {
            (Some(offer), None, None) => Ok((Wanted::Offer(offer), "/offerId")),
            (None, Some(sku), None) => Ok((Wanted::Sku(sku.clone()), "/sku")),
            (None, None, Some(product)) => Ok((Wanted::Product(product), "/productId")),
            (None, None, None) => {
                Err(Problem::invalid("/offerId", Fault::Required, "one of offerId, sku and productId is wanted"))
            }
            _ => {
                Err(Problem::invalid("/offerId", Fault::NotAllowed, "only one of offerId, sku and productId is taken"))
            }
        }
    }
}

/// Adds so many of an offer, and answers with the whole cart.
///
/// More of what is in the cart joins its line and keeps its `priceAtAdd`. A new guest gets `cartToken` and the cookie.
///
/// # Errors
/// 409 `OUT_OF_STOCK` with `available`, `OFFER_UNAVAILABLE`, `AMBIGUOUS_SKU`, `CHECKOUT_IN_PROGRESS` with `orderId`;
/// 422 for what does not exist, a 41st line, another currency, too many units.
#[utoipa::path(
    post, path = "/v1/cart/items", operation_id = "carts-add-item", tag = "carts",
    extensions(("x-rialto-caller" = json!(Customer::NAME))),
    params(
        idempotency::Accepted,
        ("If-Match" = Option<String>, Header, description = "The cart's `ETag`: change only this version"),
    ),
    request_body = AddItem,
    responses(
        (status = 201, body = CartView),
        (status = 409, description = "`OUT_OF_STOCK` with `available`, `OFFER_UNAVAILABLE`, `AMBIGUOUS_SKU`, `CHECKOUT_IN_PROGRESS` with `orderId` and `Location`"),
        (status = 422, description = "`INVALID_VALUE`, `CART_FULL`, `MIXED_CURRENCIES`"),
    ),
)]
pub async fn add_item(store: &Store, customer: Customer, request: Request) -> Result<Response, Problem> {
    let visitor = Visitor::of(&customer, &request)?;
    let body: AddItem = request.json()?;
    let (wanted, pointer) = body.wanted()?;
    let holder = visitor.key_holder(customer);
    let adding = request.header("idempotency-key").map(|_| EventId::draw());
    idempotency::perform_if_keyed(store.table(), &request, &holder, adding, async |adding| {
        let add = Change::Add { wanted, quantity: body.quantity };
        let cart = change(store, &visitor.owner, &add, adding, request.if_match().as_ref(), request.now()).await;
        let cart = cart.map_err(|error| problem(error, Some(pointer)))?;
        Ok(visitor.answer(StatusCode::CREATED, cart)?.location("/v1/cart"))
    })
    .await
}
