//! `checkout-change-session`.

use rialto_http::{Fault, Problem, Request, Response, Shopper, respond};
use rialto_kernel::{AddressId, OrderId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SessionView, location, refusal, show_session::shown, turned, unfit};
use crate::{
    domain::{Decision, ShippingOption, Wish},
    error::Error,
    handlers::place_order::Context,
};

/// What is to be different.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeSession {
    /// Another stored address.
    shipping_address_id: Option<AddressId>,
    /// Another option.
    shipping_option: Option<ShippingOption>,
}

/// Changes address or shipping option, with new totals.
///
/// The prices of the goods and what is set aside stay.
#[utoipa::path(patch, path = "/v1/checkout/{id}", operation_id = "checkout-change-session", tag = "checkout",
    params(("id" = OrderId, Path), ("If-Match" = String, Header, description = "The session's entity tag")),
    request_body = ChangeSession,
    responses(
        (status = 200, description = "The session with its new totals", body = SessionView),
        (status = 202, description = "Still being changed; it is at `Location`", body = SessionView),
        (status = 409, description = "CHECKOUT_IN_PROGRESS while it is paid, RESERVATION_EXPIRED, ORDER_CANCELLED, LIMIT_REACHED after 100 changes, CONFLICT", body = rialto_http::ProblemBody),
        (status = 422, description = "INVALID_VALUE: no such address, or not sent there so", body = rialto_http::ProblemBody),
    ),
    extensions(("x-rialto-caller" = json!("shopper"))), security(("bearer" = [])))]
pub async fn change_session(context: &Context, shopper: Shopper, request: Request) -> Result<Response, Problem> {
    let id = request.path_id::<OrderId>("id")?;
    let input: ChangeSession = request.json()?;
    if input.shipping_address_id.is_none() && input.shipping_option.is_none() {
        return Err(Problem::invalid("", Fault::Required, "give shippingAddressId, shippingOption or both"));
    }
    let seen = request.required_if_match()?;
    let before = context.session_of(&shopper, id).await?.session.ok_or_else(Problem::not_found)?;
    seen.admit(before.turn)?;
    let decision = Decision::Change { address_id: input.shipping_address_id, option: input.shipping_option };
    let wish = Wish::Decide { turn: Some(before.turn), decision };
    let decided = context.decide(id, wish, request.now()).await.map_err(|error| unfit(id, error))?;
    let turn = decided.session.ok_or(Error::Lost)?.turn;
    let after = context.watch(id, |checkout| turned(checkout, turn)).await?;
    if let Some(problem) = refusal(&after, turn) {
        return Err(problem);
    }
    if after.outcome.is_some() {
        return Err(unfit(id, Error::Over(Box::new(after))));
    }
    match &after.session {
        Some(session) if session.turn <= turn => respond::accepted(&location(id), &SessionView::of(&after, session)),
        _ => shown(&after),
    }
}
