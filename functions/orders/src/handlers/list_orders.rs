//! `GET /v1/orders`

use rialto_http::{Caller, Limit, Paging, Problem, Request, Response, Shopper, respond};
use rialto_kernel::MoneyError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    domain::{OrderView, Status},
    store::Store,
};

/// Which orders, and how many.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListOrders {
    /// Only orders that stand here.
    status: Option<Status>,
    /// Items a page.
    #[serde(default)]
    #[param(required = false)]
    limit: Limit,
    /// `nextCursor` of the page before, with the same status.
    cursor: Option<String>,
}

/// A page of a shopper's orders.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderPage {
    /// Newest first.
    items: Vec<OrderView>,
    /// For the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The shopper's own orders, newest first. An order is listed once its payment has begun.
///
/// # Errors
/// 400 for an unknown status, a limit out of range, a cursor of another list.
#[utoipa::path(
    get, path = "/v1/orders", operation_id = "orders-list-orders", tag = "orders",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(ListOrders),
    responses((status = 200, body = OrderPage)),
)]
pub async fn list_orders(store: &Store, shopper: Shopper, request: Request) -> Result<Response, Problem> {
    let ListOrders { status, limit, cursor } = request.query()?;
    let list = Paging { limit, cursor }.of(format!("GET /v1/orders status={}", status.map_or("", Status::name)));
    let page = store.list(shopper.user_id, status, list.limit, list.after()?).await?;
    let items: Result<Vec<_>, MoneyError> = page.items.iter().map(OrderView::of).collect();
    respond::ok(&OrderPage { items: items.map_err(Problem::internal)?, next_cursor: list.next(page.next)? })
}
