//! `POST /v1/payments/{id}/refunds`

use rialto_http::{Caller, Fault, Operator, Problem, Request, Response, StatusCode, idempotency, respond};
use rialto_kernel::{Money, PaymentId, RefundId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Context, refunding};
use crate::{
    domain::{NotRefundable, Payment, Refund, RefundLine, RefundReason, RefundState},
    error::Error,
    queue::{Queue, Work},
};

/// What the route works with.
#[derive(Debug, Clone)]
pub struct Refunds {
    /// Books and gateways.
    pub context: Context,
    /// Where a refund is followed up.
    pub queue: Queue,
}

/// What to give back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundPayment {
    /// How much; without it the sum of the lines, or without these all that is left.
    amount: Option<Money>,
    /// For which lines; with `amount` they must sum to it.
    #[serde(default)]
    #[schema(max_items = 40)]
    lines: Vec<RefundLine>,
    /// Why.
    reason: RefundReason,
}

/// A refund.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundView {
    /// Its id.
    id: RefundId,
    /// Of which payment.
    payment_id: PaymentId,
    /// How much.
    amount: Money,
    /// For which lines.
    lines: Vec<RefundLine>,
    /// Why.
    reason: RefundReason,
    /// How far it is: `started` until the gateway has answered for certain.
    state: RefundState,
    /// Why the gateway refused, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
}

impl RefundView {
    pub(super) fn of(payment_id: PaymentId, id: RefundId, refund: Refund) -> Self {
        let Refund { amount, lines, reason, state, refusal, .. } = refund;
        Self { id, payment_id, amount, lines, reason, state, refusal }
    }
}

/// Gives a captured payment back, whole, in part or by line.
///
/// Never more than was captured, nor more for a line than was paid for it, however many ask at once. While the gateway's answer is unknown the amount counts as
/// given back, the answer is 503, and the refund is followed up until its outcome is certain; a repeat under the same key
/// goes on with it.
#[utoipa::path(
    post, path = "/v1/payments/{id}/refunds", operation_id = "payments-refund-payment", tag = "payments",
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
    params(("id" = PaymentId, Path), idempotency::Required),
    request_body = RefundPayment,
    responses(
        (status = 201, description = "Given back", body = RefundView),
        (status = 202, description = "The gateway has taken it, and gives it back later", body = RefundView),
        (status = 409, description = "`NOT_REFUNDABLE`, with `refundable` where less can be given back, and `offerId` where that is about a line"),
    ),
)]
pub async fn refund_payment(refunds: &Refunds, operator: Operator, request: Request) -> Result<Response, Problem> {
    let input: RefundPayment = request.json()?;
    if let Some(index) = input.lines.iter().position(|line| line.amount.amount() <= 0) {
        return Err(Problem::invalid(format!("/lines/{index}/amount"), Fault::OutOfRange, "must be more than nothing"));
    }
    if input.lines.len() > MOST_LINES {
        return Err(Problem::invalid("/lines", Fault::OutOfRange, "at most 40 lines"));
    }
    let (id, now) = (request.path_id::<PaymentId>("id")?, request.now());
    let payments = &refunds.context.payments;
    idempotency::perform(payments.table(), &request, &operator, RefundId::draw(), async |refund_id| {
        let wanted = |payment: &Payment| {
            let (lines, reason) = (input.lines.clone(), input.reason);
            let amount = amount_of(&input, payment)?;
            let by = Some(operator.user_id);
            Ok(Refund { amount, lines, reason, state: RefundState::Started, refusal: None, by, at: now })
        };
        // Before it is begun, so that a crash at any point after that is followed up.
        refunds.queue.send(&Work::Refund { payment_id: id, refund_id }).await?;
        let payment = refunding::begin(payments, id, refund_id, wanted, now).await?;
        // While the outcome is unknown the answer is 503: a repeat under the key goes on with the same refund.
        let refund = refunding::conclude(&refunds.context, &payment, refund_id, true, now).await?;
        answer(id, refund_id, refund)
    })
    .await
}

const MOST_LINES: usize = 40;

fn amount_of(input: &RefundPayment, payment: &Payment) -> Result<Money, Error> {
    let left = payment.refundable()?;
    match input.amount {
        Some(amount) => Ok(amount),
        None if input.lines.is_empty() => Ok(left),
        None => Money::sum(left.currency(), input.lines.iter().map(|line| line.amount))
            .map_err(|_| Error::NotRefundable(NotRefundable::Misfit)),
    }
}

fn answer(payment_id: PaymentId, id: RefundId, refund: Refund) -> Result<Response, Problem> {
    let status = match refund.state {
        RefundState::Settled => StatusCode::CREATED,
        RefundState::Started => StatusCode::ACCEPTED,
        RefundState::Refused => {
            let reason = refund.refusal.unwrap_or_default();
            return Err(Problem::of(rialto_http::code::NOT_REFUNDABLE).with("reason", reason));
        }
    };
    respond::json(status, &RefundView::of(payment_id, id, refund))
}
