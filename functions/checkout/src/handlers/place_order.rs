//! `checkout-place-order`: accepts an order and waits a moment for its outcome.

use std::time::Duration;

use rialto_http::{
    Fault, Problem, Request, Response, Shopper,
    idempotency::{Begun, begin},
    respond,
};
use rialto_kernel::{Address, AddressId, AddressInput, CartId, Money, OrderId, PaymentId, ReservationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{answer, location};
use crate::{
    domain::{NextAction, ShippingOption},
    store::{Checkout, Checkouts},
    workflow::{Run, Workflow},
};

/// How often the checkout's own row is read while waiting.
pub(super) const POLL_EVERY: Duration = Duration::from_millis(100);

/// What the route works with.
#[derive(Debug)]
pub struct Context {
    /// The checkouts.
    pub checkouts: Checkouts,
    /// The workflow.
    pub workflow: Workflow,
    /// How long to wait for the outcome before answering 202.
    pub wait: Duration,
}

/// What to buy, where to send it and how it is paid.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlaceOrder {
    /// The shopper's own cart.
    cart_id: CartId,
    /// A stored address; either this or `shippingAddress`.
    #[serde(alias = "addressId")]
    shipping_address_id: Option<AddressId>,
    /// An address for this order only.
    shipping_address: Option<AddressInput>,
    /// Accepted for the gateway's checks; not kept.
    billing_address: Option<AddressInput>,
    /// A stored payment method of the shopper's own; with the sandbox gateway also one of its test tokens.
    #[schema(min_length = 4, max_length = 64, pattern = "^pm_[A-Za-z0-9_]+$", example = "pm_sandbox_approved")]
    payment_method_id: String,
    /// How it is sent; `standard` unless said.
    #[serde(default)]
    shipping_option: ShippingOption,
    /// What the client showed: a guard, never the price.
    expected_total: Option<Money>,
}

/// An order whose checkout is still running.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StartedOrder {
    id: OrderId,
    /// Always `CREATED`.
    #[schema(example = "CREATED")]
    status: &'static str,
    /// What the shopper has to do for the payment to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_action: Option<NextAction>,
}

impl StartedOrder {
    pub(super) fn of(id: OrderId, next_action: Option<NextAction>) -> Self {
        Self { id, status: "CREATED", next_action }
    }
}

/// The ids of what a checkout creates.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ids {
    pub(super) order_id: OrderId,
    pub(super) reservation_id: ReservationId,
    pub(super) payment_id: PaymentId,
}

impl Ids {
    pub(super) fn draw() -> Self {
        Self { order_id: OrderId::draw(), reservation_id: ReservationId::draw(), payment_id: PaymentId::draw() }
    }
}

/// Buys what is in the cart.
///
/// The stock is reserved, the payment authorised and captured, and the order confirmed; or all of it is undone. A total
/// other than `expectedTotal` is 409 with the new one, and nothing is reserved.
#[utoipa::path(post, path = "/v1/orders/checkout", operation_id = "checkout-place-order", tag = "checkout",
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, new for each order")),
    request_body = PlaceOrder,
    responses(
        (status = 201, description = "The order, CONFIRMED", body = ref("#/components/schemas/OrderView")),
        (status = 202, description = "Still running, or waiting for `nextAction`; the order is at `Location`", body = StartedOrder),
        (status = 402, description = "PAYMENT_DECLINED with a `reason`", body = rialto_http::ProblemBody),
        (status = 404, description = "No such cart", body = rialto_http::ProblemBody),
        (status = 409, description = "OUT_OF_STOCK, PRICE_CHANGED, OFFER_UNAVAILABLE, CHECKOUT_IN_PROGRESS, ORDER_CANCELLED, RESERVATION_EXPIRED, IDEMPOTENCY_IN_FLIGHT", body = rialto_http::ProblemBody),
        (status = 422, description = "INVALID_VALUE, CART_EMPTY, MIXED_CURRENCIES, IDEMPOTENCY_MISMATCH", body = rialto_http::ProblemBody),
    ),
    extensions(("x-rialto-caller" = json!("shopper"))), security(("bearer" = [])))]
pub async fn place_order(context: &Context, shopper: Shopper, request: Request) -> Result<Response, Problem> {
    let input: PlaceOrder = request.json()?;
    let shipping_address = input.check()?;
    let drawn = Ids::draw();
    let checkout = Checkout {
        shopper_id: Some(shopper.user_id),
        cart_id: Some(input.cart_id),
        reservation_id: Some(drawn.reservation_id),
        payment_id: Some(drawn.payment_id),
        expected_total: input.expected_total,
        shipping_address,
        shipping_option: input.shipping_option,
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
        payment_method_id: Some(input.payment_method_id),
        address_id: input.shipping_address_id,
        lost: None,
    };
    running.complete(follow(context, &run).await).await
}

impl PlaceOrder {
    /// The address that came with the request, checked like the rest of it.
    fn check(&self) -> Result<Option<Address>, Problem> {
        let both = "give either shippingAddressId or shippingAddress, not both";
        match (&self.shipping_address_id, &self.shipping_address) {
            (None, None) => {
                return Err(Problem::invalid("/shippingAddressId", Fault::Required, "say where to send the order"));
            }
            (Some(_), Some(_)) => return Err(Problem::invalid("/shippingAddress", Fault::NotAllowed, both)),
            _ => {}
        }
        check_method(&self.payment_method_id)?;
        check_address(self.billing_address.as_ref(), "/billingAddress")?;
        check_address(self.shipping_address.as_ref(), "/shippingAddress")
    }
}

pub(super) fn check_method(id: &str) -> Result<(), Problem> {
    let token = id.strip_prefix("pm_").unwrap_or_default();
    if (1..=61).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Ok(());
    }
    Err(Problem::invalid("/paymentMethodId", Fault::Malformed, "must be a payment method's id, such as pm_..."))
}

pub(super) fn check_address(input: Option<&AddressInput>, pointer: &str) -> Result<Option<Address>, Problem> {
    let address = input.cloned().map(AddressInput::check).transpose();
    address.map_err(|errors| Problem::address(pointer, &errors))
}

async fn follow(context: &Context, run: &Run) -> Result<Response, Problem> {
    context.workflow.start(run).await.map_err(Problem::unavailable)?;
    let settled = |checkout: &Checkout| checkout.outcome.is_some() || checkout.next_action.is_some();
    let checkout = context.watch(run.order_id, settled).await?;
    match &checkout.outcome {
        Some(outcome) => answer(run.order_id, outcome),
        None => respond::accepted(&location(run.order_id), &StartedOrder::of(run.order_id, checkout.next_action)),
    }
}
