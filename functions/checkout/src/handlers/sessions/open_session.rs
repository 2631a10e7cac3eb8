//! `checkout-open-session`: shows the shopper what the workflow has priced and reserved, and lets them decide.

use rialto_kernel::{OrderId, Timestamp};
use rialto_lambda::now;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Decision, Failure, Phase, Quote, Session, Unfit, Wish},
    error::Error,
    handlers::PricedOrder,
    store::Checkouts,
};

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenSession {
    /// The order.
    pub order_id: OrderId,
    /// The turn that ends.
    pub turn: u64,
    /// What it costs.
    pub priced: PricedOrder,
    /// What is set aside.
    pub reservation: Reserved,
    /// Why that turn's decision could not be acted on.
    #[serde(default)]
    pub refusal: Option<Failure>,
}

/// What inventory said.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reserved {
    /// Until when it is set aside.
    pub expires_at: Timestamp,
}

/// Where a session stands, for the workflow.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// What to do next.
    pub action: Action,
    /// In which turn.
    pub turn: u64,
    /// For how long to sleep, when there is nothing to do.
    pub seconds: i64,
    /// A stored address that was chosen.
    pub address_id: Option<String>,
    /// What to pay with.
    pub payment_method_id: Option<String>,
}

/// What the workflow does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Wait for the shopper.
    Wait,
    /// Price it anew.
    Change,
    /// Price it anew, and have it paid if that is what was shown.
    Pay,
}

/// Safe to repeat: a turn ends once.
///
/// # Errors
/// [`Error::Unfit`] when it was given up or has expired, else what the database fails with.
pub async fn open_session(checkouts: &Checkouts, input: OpenSession) -> Result<Standing, Error> {
    let PricedOrder { lines, totals, shipping_address, shipping_option, .. } = input.priced;
    let quote = Box::new(Quote { lines, totals, shipping_address, shipping_option });
    let refusal = input.refusal.map(|failure| (failure.error.clone(), failure.detail()));
    let wish = Wish::Open { turn: input.turn, quote, expires_at: input.reservation.expires_at, refusal };
    let checkout = checkouts.wish(input.order_id, wish, now()).await?;
    standing(checkout.session.as_ref().ok_or(Error::Lost)?, now())
}

/// What there is to do in a session.
///
/// # Errors
/// [`Unfit::Cancelled`], [`Unfit::Expired`].
pub(super) fn standing(session: &Session, now: Timestamp) -> Result<Standing, Error> {
    let (action, address_id, payment_method_id) = match (session.phase, &session.decision) {
        (Phase::Cancelled, _) => return Err(Unfit::Cancelled.into()),
        (Phase::Expired, _) => return Err(Unfit::Expired.into()),
        (Phase::Changing, Some(Decision::Change { address_id, .. })) => (Action::Change, *address_id, None),
        (Phase::Paying, Some(Decision::Pay { address_id, payment_method_id, .. })) => {
            (Action::Pay, *address_id, Some(payment_method_id.clone()))
        }
        (Phase::Open, _) => (Action::Wait, None, None),
        _ => return Err(Error::Lost),
    };
    let left = session.expires_at.map_or(0, |end| end.as_millisecond().saturating_sub(now.as_millisecond()));
    // Rounded up, so that the time is over when the sleep is.
    let seconds = left.saturating_add(999).div_euclid(1000).max(1);
    Ok(Standing {
        action,
        turn: session.turn,
        seconds,
        address_id: address_id.map(|id| id.to_string()),
        payment_method_id,
    })
}
