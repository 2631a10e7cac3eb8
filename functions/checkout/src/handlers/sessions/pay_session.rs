//! `checkout-pay-session`: the second of two steps.

use rialto_http::{Fault, Problem, Request, Response, Shopper, idempotency, respond};
use rialto_kernel::{AddressId, AddressInput, EventId, Money, OrderId, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{refusal, told, turned, unfit};
use crate::{
    domain::{Decision, Session, Unfit, Wish},
    error::Error,
    handlers::{
        answer::{answer, location},
        place_order::{Context, StartedOrder, check_address, check_method},
    },
};

/// With what to pay which session.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PaySession {
    /// The session.
    checkout_session_id: OrderId,
    /// A stored payment method of the shopper's own; with the sandbox gateway also one of its test tokens.
    #[schema(min_length = 4, max_length = 64, pattern = "^pm_[A-Za-z0-9_]+$", example = "pm_sandbox_approved")]
    payment_method_id: String,
    /// A stored address, unless the session has one or to change it.
    shipping_address_id: Option<AddressId>,
    /// Accepted for the gateway's checks; not kept.
    billing_address: Option<AddressInput>,
    /// What the client showed: a guard, never the price.
    expected_total: Option<Money>,
}

/// Pays a checkout of two steps.
///
/// The total that the session showed is charged, or nothing: when the address changes it, the answer is 409
/// `PRICE_CHANGED` with the new one, and the session is open again.
#[utoipa::path(post, path = "/v1/checkout/payment", operation_id = "checkout-pay-session", tag = "checkout",
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each payment")),
    request_body = PaySession,
    responses(
        (status = 201, description = "The order, CONFIRMED", body = ref("#/components/schemas/OrderView")),
        (status = 202, description = "Still running, or waiting for `nextAction`; the order is at `Location`", body = StartedOrder),
        (status = 402, description = "PAYMENT_DECLINED with a `reason`", body = rialto_http::ProblemBody),
        (status = 404, description = "No such session", body = rialto_http::ProblemBody),
        (status = 409, description = "PRICE_CHANGED, RESERVATION_EXPIRED, CHECKOUT_IN_PROGRESS while it is paid, ORDER_CANCELLED, LIMIT_REACHED after 20 refused payments, CONFLICT, IDEMPOTENCY_IN_FLIGHT", body = rialto_http::ProblemBody),
        (status = 422, description = "INVALID_VALUE, IDEMPOTENCY_MISMATCH", body = rialto_http::ProblemBody),
    ),
    extensions(("x-rialto-caller" = json!("shopper"))), security(("bearer" = [])))]
pub async fn pay_session(context: &Context, shopper: Shopper, request: Request) -> Result<Response, Problem> {
    let input: PaySession = request.json()?;
    check_method(&input.payment_method_id)?;
    check_address(input.billing_address.as_ref(), "/billingAddress")?;
    let now = request.now();
    idempotency::perform(context.checkouts.table(), &request, &shopper, EventId::draw(), async |by| {
        pay(context, &shopper, input, by, now).await
    })
    .await
}

async fn pay(
    context: &Context,
    shopper: &Shopper,
    input: PaySession,
    by: EventId,
    now: Timestamp,
) -> Result<Response, Problem> {
    let id = input.checkout_session_id;
    let before = context.session_of(shopper, id).await?.session.ok_or_else(Problem::not_found)?;
    let has_address = before.quote.is_some_and(|quote| quote.shipping_address.is_some());
    if before.turn > 0 && !has_address && input.shipping_address_id.is_none() {
        return Err(Problem::invalid("/shippingAddressId", Fault::Required, "say where to send the order"));
    }
    let decision = Decision::Pay {
        by,
        payment_method_id: input.payment_method_id,
        address_id: input.shipping_address_id,
        expected_total: input.expected_total,
    };
    let checkout = match context.decide(id, Wish::Decide { turn: None, decision }, now).await {
        Ok(checkout) => checkout,
        // The same payment, sent again when it was over.
        Err(Error::Over(checkout)) if checkout.session.as_ref().is_some_and(|session| session.is_paid_by(by)) => {
            *checkout
        }
        Err(Error::Unfit(Unfit::Refused)) => {
            let checkout = context.session_of(shopper, id).await?;
            let refused = checkout.session.as_ref().and_then(|session| session.refusal_by(by));
            return Err(refused.map_or_else(Problem::not_found, |refused| told(&checkout, refused)));
        }
        Err(error) => return Err(unfit(id, error)),
    };
    let turn = checkout.session.as_ref().map_or(0, |session: &Session| session.turn);
    let after = context.watch(id, |checkout| turned(checkout, turn) || checkout.next_action.is_some()).await?;
    if let Some(problem) = refusal(&after, turn) {
        return Err(problem);
    }
    match &after.outcome {
        Some(outcome) => answer(id, outcome),
        None => respond::accepted(&location(id), &StartedOrder::of(id, after.next_action)),
    }
}
