//! `checkout-sweep-sessions`: every minute, looks after checkouts that have not ended: sessions whose timer must have been
//! lost, decisions of which the workflow was not told, and runs that were lost themselves.
//!
//! Invariant: whatever ends a run before its time, its order ends: confirmed and complete, or undone.

use std::convert::Infallible;

use rialto_kernel::{OrderId, Timestamp};
use rialto_lambda::now;
use serde::Serialize;
use serde_json::Value;

use super::await_decision::Bedside;
use crate::{
    domain::{MOST_RUNS, Phase, Recovery, RunState, Session, Wish, recover},
    error::Error,
    store::{Again, Checkout, Checkouts},
    workflow::{Run, Woken},
};

/// What one sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Workflows that were woken.
    pub woken: u32,
    /// Checkouts for which a run was started, as their last one was lost.
    pub recovered: u32,
    /// Checkouts that had ended, or whose workflow is awake.
    pub settled: u32,
    /// What failed; the next sweep finds it again.
    pub failed: u32,
}

/// What was done for a checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    Woken,
    Recovered,
    Settled,
}

/// Sweeps once. What it is invoked with has no meaning.
///
/// # Errors
/// Never: failures are in the answer.
pub async fn sweep_sessions(bedside: &Bedside, _: Value) -> Result<Swept, Infallible> {
    let mut swept = Swept::default();
    for shard in Checkouts::shards() {
        if let Err(error) = sweep(bedside, shard, now(), &mut swept).await {
            tracing::warn!(error.message = %error, shard, "checkouts could not be read");
            swept.failed = swept.failed.saturating_add(1);
        }
    }
    let Swept { woken, recovered, settled, failed } = swept;
    tracing::info!(
        checkouts.woken = woken,
        checkouts.recovered = recovered,
        checkouts.settled = settled,
        checkouts.failed = failed,
        "swept"
    );
    Ok(swept)
}

async fn sweep(bedside: &Bedside, shard: u32, now: Timestamp, swept: &mut Swept) -> Result<(), Error> {
    let mut after = None;
    loop {
        let (due, next) = bedside.checkouts.due(shard, now, after).await?;
        for id in due {
            let count = match Box::pin(look_after(bedside, id, now)).await {
                Ok(Care::Woken) => &mut swept.woken,
                Ok(Care::Recovered) => &mut swept.recovered,
                Ok(Care::Settled) => &mut swept.settled,
                Err(error) => {
                    tracing::warn!(error.message = %error, order.id = %id, "a checkout could not be looked after");
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

async fn look_after(bedside: &Bedside, id: OrderId, now: Timestamp) -> Result<Care, Error> {
    let Some(mut checkout) = bedside.checkouts.load(id).await? else { return Ok(Care::Settled) };
    if checkout.session.is_some() {
        checkout = match bedside.checkouts.wish(id, Wish::TimeIsUp, now).await {
            Err(Error::Over(_)) => return Ok(Care::Settled),
            checkout => checkout?,
        };
    }
    if checkout.outcome.is_some() {
        return Ok(Care::Settled);
    }
    let attended = attend(bedside, &checkout, now).await;
    // One that fails makes way, so that it cannot use up the time of those behind it sweep after sweep.
    let again = attended.as_ref().map_or(Again::Soon, |(_, again)| *again);
    bedside.checkouts.look_again(&checkout, again, now).await?;
    attended.map(|(care, _)| care)
}

/// Does what there is to do for a checkout that has not ended, and says when to look again.
async fn attend(bedside: &Bedside, checkout: &Checkout, now: Timestamp) -> Result<(Care, Again), Error> {
    let id = checkout.order_id;
    Ok(match recover(&runs(bedside, id).await?, now) {
        Recovery::LeaveAlone => (wake(bedside, checkout.session.as_ref()).await?, Again::Later),
        Recovery::LookSoon => (Care::Settled, Again::Soon),
        Recovery::Start { number, lost } => {
            let run = Run::settling(checkout, lost).ok_or(Error::Lost)?;
            bedside.workflow.start_as(&run, number).await?;
            tracing::warn!(order.id = %id, run.number = number, run.lost = lost.name(), "a lost run is being settled");
            (Care::Recovered, Again::Soon)
        }
        Recovery::GiveUp => {
            tracing::error!(order.id = %id, "every run of this checkout was lost");
            (Care::Settled, Again::Later)
        }
    })
}

/// How the checkout's runs stand, up to the first that is not lost.
async fn runs(bedside: &Bedside, id: OrderId) -> Result<Vec<RunState>, Error> {
    let mut runs = Vec::new();
    for number in 1..=MOST_RUNS {
        let Some(state) = bedside.workflow.state_of(id, number).await? else { break };
        runs.push(state);
        if !matches!(state, RunState::Lost { .. }) {
            break;
        }
    }
    Ok(runs)
}

/// Wakes the workflow if it may sleep although there is something to do.
async fn wake(bedside: &Bedside, session: Option<&Session>) -> Result<Care, Error> {
    let mut care = Care::Settled;
    for token in session.filter(|session| session.phase != Phase::Open).iter().flat_map(|session| &session.tokens) {
        if bedside.workflow.wake(token).await? == Woken::Now {
            care = Care::Woken;
        }
    }
    Ok(care)
}

#[cfg(test)]
#[path = "sweep_tests.rs"]
mod tests;
