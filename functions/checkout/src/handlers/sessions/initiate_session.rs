//! `checkout-initiate-session`: the first of two steps.

use rialto_http::{
    Problem, Request, Response, Shopper, header,
    idempotency::{Begun, begin},
    respond,
};
use rialto_kernel::{AddressId, CartId, OrderId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SessionView, location, turned};
use crate::{
    domain::{Outcome, Session, ShippingOption},
    handlers::{
        answer,
        place_order::{Context, Ids},
    },
    store::{Checkout, Checkouts},
    workflow::Run,
};

/// What to buy, and where to send it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InitiateSession {
    /// The shopper's own cart.
    cart_id: CartId,
    /// A stored address. Without it there is neither shipping nor tax yet, and it is wanted for the payment.
    shipping_address_id: Option<AddressId>,
    /// How it is sent; `standard` unless said.
    #[serde(default)]
    shipping_option: ShippingOption,
}

/// Prices and reserves what is in the cart.
///
/// The stock is set aside and the cart is held until `expiresAt`, the payment, or `DELETE`.
#[utoipa::path(post, path = "/v1/checkout/initiate", operation_id = "checkout-initiate-session", tag = "checkout",
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each session")),
    request_body = InitiateSession,
    responses(
        (status = 201, description = "The session, OPEN", body = SessionView),
        (status = 202, description = "Still being opened; it is at `Location`", body = SessionView),
        (status = 404, description = "No such cart", body = rialto_http::ProblemBody),
        (status = 409, description = "OUT_OF_STOCK, OFFER_UNAVAILABLE, CHECKOUT_IN_PROGRESS, ORDER_CANCELLED, IDEMPOTENCY_IN_FLIGHT", body = rialto_http::ProblemBody),
        (status = 422, description = "INVALID_VALUE, CART_EMPTY, MIXED_CURRENCIES, IDEMPOTENCY_MISMATCH", body = rialto_http::ProblemBody),
    ),
    extensions(("x-rialto-caller" = json!("shopper"))), security(("bearer" = [])))]
pub async fn initiate_session(context: &Context, shopper: Shopper, request: Request) -> Result<Response, Problem> {
    let input: InitiateSession = request.json()?;
    let drawn = Ids::draw();
    let checkout = Checkout {
        shopper_id: Some(shopper.user_id),
        cart_id: Some(input.cart_id),
        reservation_id: Some(drawn.reservation_id),
        payment_id: Some(drawn.payment_id),
        shipping_option: input.shipping_option,
        session: Some(Session::opening()),
        ..Checkout::of(drawn.order_id)
    };
    let first = Checkouts::open(&checkout, shopper.user_id, request.now())?;
    let running = match begin(context.checkouts.table(), &request, &shopper, drawn, first).await? {
        Begun::Running(running) => running,
        Begun::Replayed(response) => return Ok(response),
        Begun::Refused(error) => return Err(error.into()),
    };
    let ids = running.ids.clone();
    let run = Run {
        order_id: ids.order_id,
        shopper_id: shopper.user_id,
        cart_id: input.cart_id,
        reservation_id: ids.reservation_id,
        payment_id: ids.payment_id,
        payment_method_id: None,
        address_id: input.shipping_address_id,
        lost: None,
    };
    running.complete(open(context, &run).await).await
}

async fn open(context: &Context, run: &Run) -> Result<Response, Problem> {
    context.workflow.start(run).await.map_err(Problem::unavailable)?;
    let checkout = context.watch(run.order_id, |checkout| turned(checkout, 0)).await?;
    let session = checkout.session.as_ref().ok_or_else(Problem::not_found)?;
    let view = SessionView::of(&checkout, session);
    match &checkout.outcome {
        Some(Outcome::Refused { error, detail }) if session.turn == 0 => {
            let problem = answer::problem(run.order_id, error, detail);
            let other = detail.get("orderId").and_then(|id| id.as_str()).and_then(|id| id.parse().ok());
            match other {
                Some(other) if error == "CheckoutInProgress" => in_progress(context, other, problem).await,
                _ => Err(problem),
            }
        }
        _ if session.turn == 0 => respond::accepted(&location(run.order_id), &view),
        _ => Ok(respond::created(&location(run.order_id), &view)?.etag(session.turn)),
    }
}

/// Names the other checkout's session, when it is one, where it can be paid or given up.
async fn in_progress(context: &Context, other: OrderId, problem: Problem) -> Result<Response, Problem> {
    let is_session = context.checkouts.load(other).await?.is_some_and(|checkout| checkout.session.is_some());
    Err(if is_session { problem.header(header::LOCATION, &location(other)) } else { problem })
}
