//! `checkout-sweep-sessions`: every minute, looks after sessions whose timer must have been lost, and decisions of which
//! the workflow was not told.

use std::convert::Infallible;

use rialto_kernel::{OrderId, Timestamp};
use rialto_lambda::now;
use serde::Serialize;
use serde_json::Value;

use super::await_decision::Bedside;
use crate::{
    domain::{Phase, Wish},
    error::Error,
    store::Checkouts,
    workflow::Woken,
};

/// What one sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Workflows that were woken.
    pub woken: u32,
    /// Sessions that had ended, or whose workflow is awake.
    pub settled: u32,
    /// What failed; the next sweep finds it again.
    pub failed: u32,
}

/// Sweeps once. What it is invoked with has no meaning.
///
/// # Errors
/// Never: failures are in the answer.
pub async fn sweep_sessions(bedside: &Bedside, _: Value) -> Result<Swept, Infallible> {
    let mut swept = Swept::default();
    for shard in Checkouts::shards() {
        if let Err(error) = sweep(bedside, shard, now(), &mut swept).await {
            tracing::warn!(error.message = %error, shard, "sessions could not be read");
            swept.failed = swept.failed.saturating_add(1);
        }
    }
    let Swept { woken, settled, failed } = swept;
    tracing::info!(sessions.woken = woken, sessions.settled = settled, sessions.failed = failed, "swept");
    Ok(swept)
}

async fn sweep(bedside: &Bedside, shard: u32, now: Timestamp, swept: &mut Swept) -> Result<(), Error> {
    let mut after = None;
    loop {
        let (due, next) = bedside.checkouts.due(shard, now, after).await?;
        for id in due {
            let count = match look_after(bedside, id, now).await {
                Ok(true) => &mut swept.woken,
                Ok(false) => &mut swept.settled,
                Err(error) => {
                    tracing::warn!(error.message = %error, order.id = %id, "a session could not be looked after");
                    &mut swept.failed
                }
            };
            *count = count.saturating_add(1);
        }
        after = next;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Whether its workflow slept although there was something to do.
async fn look_after(bedside: &Bedside, id: OrderId, now: Timestamp) -> Result<bool, Error> {
    let session = match bedside.checkouts.wish(id, Wish::TimeIsUp, now).await {
        Ok(checkout) => checkout.session.ok_or(Error::Lost)?,
        Err(Error::Over(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    match session.token {
        Some(token) if session.phase != Phase::Open => Ok(bedside.workflow.wake(&token).await? == Woken::Now),
        _ => Ok(false),
    }
}
