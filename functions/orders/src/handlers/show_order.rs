//! `GET /v1/orders/{id}`

use rialto_http::{Caller, Problem, Request, Response, ShopperOrOperator, respond};
use rialto_kernel::OrderId;

use crate::{domain::OrderView, store::Store};

/// An order with its timeline, for its shopper or an operator.
///
/// # Errors
/// 404 also for another shopper's order.
#[utoipa::path(
    get, path = "/v1/orders/{id}", operation_id = "orders-show-order", tag = "orders",
    extensions(("x-rialto-caller" = json!(ShopperOrOperator::NAME))),
    params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, body = OrderView)),
)]
pub async fn show_order(store: &Store, caller: ShopperOrOperator, request: Request) -> Result<Response, Problem> {
    let id: OrderId = request.path_id("id")?;
    let order = store.order(id).await?.ok_or_else(Problem::not_found)?;
    if let ShopperOrOperator::Shopper(shopper) = caller
        && order.shopper_id != shopper.user_id
    {
        return Err(Problem::not_found());
    }
    Ok(respond::ok(&OrderView::of(&order).map_err(Problem::internal)?)?.etag(order.version))
}
