//! `checkout-settle-session`: what was decided while the workflow slept, whatever woke it: the shopper, its timer, or an
//! error. If nothing was and the time is up, the session ends here.

use rialto_kernel::OrderId;
use rialto_lambda::now;
use serde::Deserialize;

use super::open_session::{Standing, standing};
use crate::{domain::Wish, error::Error, store::Checkouts};

/// The step's input.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettleSession {
    /// The order.
    pub order_id: OrderId,
}

/// Safe to repeat.
///
/// # Errors
/// `SessionExpired`, `SessionCancelled`; else what the database fails with.
pub async fn settle_session(checkouts: &Checkouts, input: SettleSession) -> Result<Standing, Error> {
    let checkout = checkouts.wish(input.order_id, Wish::TimeIsUp, now()).await?;
    standing(checkout.session.as_ref().ok_or(Error::Lost)?, now())
}
