//! `checkout-show-session`.

use rialto_http::{Problem, Request, Response, Shopper, respond};
use rialto_kernel::OrderId;

use super::{SessionView, own};
use crate::store::{Checkout, Checkouts};

/// Shows a checkout of two steps.
///
/// It is there for some days after its end; the order stays.
#[utoipa::path(get, path = "/v1/checkout/{id}", operation_id = "checkout-show-session", tag = "checkout",
    params(("id" = OrderId, Path)),
    responses((status = 200, description = "The session", body = SessionView)),
    extensions(("x-rialto-caller" = json!("shopper"))), security(("bearer" = [])))]
pub async fn show_session(checkouts: &Checkouts, shopper: Shopper, request: Request) -> Result<Response, Problem> {
    let id = request.path_id::<OrderId>("id")?;
    shown(&own(checkouts.load(id).await?, &shopper)?)
}

/// 200 with the session and its turn as entity tag.
pub(super) fn shown(checkout: &Checkout) -> Result<Response, Problem> {
    let session = checkout.session.as_ref().ok_or_else(Problem::not_found)?;
    Ok(respond::ok(&SessionView::of(checkout, session))?.etag(session.turn))
}
