//! `GET /v1/payments/{id}`

use rialto_http::{Caller, Operator, Problem, Request, Response, respond};
use rialto_kernel::{Money, OrderId, PaymentId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::refund_payment::RefundView;
use crate::{
    domain::{GatewayName, Payment, State},
    store::{Payments, Tried},
};

/// A payment, for operators.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Payment)]
pub struct PaymentView {
    /// Its id.
    id: PaymentId,
    /// What it pays for.
    order_id: OrderId,
    /// Where it stands.
    state: State,
    /// How much; absent when it was given up before it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    /// Who was asked.
    gateway: GatewayName,
    /// The gateway's id of it, once known.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// The last refusal, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What of a bank transfer has come so far, in minor units.
    received: i64,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    begun_at: Timestamp,
    /// What was given back, or was to be, with why the gateway refused it.
    refunds: Vec<RefundView>,
    /// Every question to a gateway and what came of it, by time. Looks that found an answer are left out.
    attempts: Vec<AttemptView>,
}

/// A question to a gateway.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttemptView {
    /// Who was asked.
    gateway: GatewayName,
    /// What: `authorise`, `capture`, `void`, `refund` or `look_up`.
    #[schema(example = "authorise")]
    operation: String,
    /// `ok`, the code of a refusal, or that nobody knows: `unknown`, `not_reached`, `rate_limited`, `transient`.
    #[schema(example = "INSUFFICIENT_FUNDS")]
    outcome: String,
    /// When its outcome was written down.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Shows a payment with every attempt and every refund.
#[utoipa::path(
    get, path = "/v1/payments/{id}", operation_id = "payments-show-payment", tag = "payments",
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
    params(("id" = PaymentId, Path)),
    responses((status = 200, description = "The payment", body = PaymentView)),
)]
pub async fn show_payment(payments: &Payments, _: Operator, request: Request) -> Result<Response, Problem> {
    let id = request.path_id::<PaymentId>("id")?;
    let payment = payments.load(id).await?.ok_or_else(Problem::not_found)?;
    respond::ok(&view(payment, payments.attempts(id).await?))
}

fn view(payment: Payment, attempts: Vec<Tried>) -> PaymentView {
    let Payment { payment_id: id, order_id, state, amount, gateway, reference, reason, received, begun_at, .. } =
        payment;
    let refunds = payment.refunds.into_iter().map(|(refund_id, refund)| RefundView::of(id, refund_id, refund));
    let attempts = attempts.into_iter().map(|Tried { attempt, at }| AttemptView {
        gateway: attempt.gateway,
        operation: attempt.operation,
        outcome: attempt.outcome,
        at,
    });
    PaymentView {
        id,
        order_id,
        state,
        amount,
        gateway,
        reference,
        reason,
        received,
        begun_at,
        refunds: refunds.collect(),
        attempts: attempts.collect(),
    }
}
