//! `checkout-cancel-session`.

use rialto_http::{Problem, Request, Response, Shopper, respond};
use rialto_kernel::OrderId;

use super::{SessionView, location, unfit};
use crate::{
    domain::{Outcome, Wish},
    error::Error,
    handlers::place_order::Context,
    store::Checkout,
};

/// Gives a checkout up.
///
/// What was set aside is released and the cart is the shopper's again. Giving up what has ended unpaid is success.
#[utoipa::path(delete, path = "/v1/checkout/{id}", operation_id = "checkout-cancel-session", tag = "checkout",
    params(("id" = OrderId, Path)),
    responses(
        (status = 204, description = "Given up, and undone"),
        (status = 202, description = "Given up, and being undone", body = SessionView),
        (status = 409, description = "CHECKOUT_IN_PROGRESS while it is paid, CONFLICT when it was", body = rialto_http::ProblemBody),
    ),
    extensions(("x-rialto-caller" = json!("shopper"))), security(("bearer" = [])))]
pub async fn cancel_session(context: &Context, shopper: Shopper, request: Request) -> Result<Response, Problem> {
    let id = request.path_id::<OrderId>("id")?;
    context.session_of(&shopper, id).await?;
    match context.decide(id, Wish::GiveUp, request.now()).await {
        Ok(_) => {}
        Err(Error::Over(checkout)) => return ended(*checkout),
        Err(error) => return Err(unfit(id, error)),
    }
    ended(context.watch(id, |checkout| checkout.outcome.is_some()).await?)
}

fn ended(checkout: Checkout) -> Result<Response, Problem> {
    match (&checkout.outcome, &checkout.session) {
        (Some(Outcome::Refused { .. }), _) => Ok(respond::no_content()),
        (None, Some(session)) => respond::accepted(&location(checkout.order_id), &SessionView::of(&checkout, session)),
        _ => Err(unfit(checkout.order_id, Error::Over(Box::new(checkout)))),
    }
}
