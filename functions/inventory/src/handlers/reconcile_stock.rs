//! Every quarter of an hour: compares stock and ledger, a part of the offers at a time, all of them once a day.

use std::time::{Duration, Instant};

use rialto_kernel::SignedDuration;
use rialto_lambda::now;
use serde_json::Value;

use crate::{
    error::Error,
    store::{Inventory, Pass},
};

/// How often all offers are gone through.
const EVERY: SignedDuration = SignedDuration::from_hours(24);
/// How long one invocation works; a page more must fit into the function's time-out.
const WORKS: Duration = Duration::from_secs(240);

/// Goes on where the last one stopped, and answers how far the pass has come. What it is invoked with has no meaning.
///
/// # Errors
/// [`Error::BooksDiffer`] when there are new findings, so that the function's alarm goes off; they are written down by
/// then, and the next invocation goes on behind them. [`Error::Contended`] and those of the table: as well.
pub async fn reconcile_stock(inventory: &Inventory, _: Value) -> Result<Pass, Error> {
    reconcile(inventory, EVERY).await
}

pub(super) async fn reconcile(inventory: &Inventory, every: SignedDuration) -> Result<Pass, Error> {
    let began = Instant::now();
    let mut found = 0_u64;
    loop {
        let (pass, new) = inventory.reconcile_page(every, now()).await?;
        found = found.saturating_add(new);
        if pass.finished || began.elapsed() > WORKS {
            let Pass { offers, busy, finished, .. } = pass;
            tracing::info!(
                pass.offers = offers,
                pass.busy = busy,
                pass.finished = finished,
                findings = found,
                "reconciled"
            );
            return if found > 0 { Err(Error::BooksDiffer { found }) } else { Ok(pass) };
        }
    }
}
