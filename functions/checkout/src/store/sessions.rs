//! The sessions of checkouts in two steps.
//!
//! Invariant: a session changes only from the state that its change was decided on, and not after the checkout's end
//! (condition: `version` as read, no `outcome`). So of payment, expiry and giving up one wins, and the others read it.

use std::time::Duration;

use rialto_dynamo::{Update, cond, to_value};
use rialto_kernel::{OrderId, Timestamp};

use super::{
    Checkout, Checkouts, key,
    underway::{GRACE, shard},
};
use crate::{
    domain::{Phase, Session, Wish},
    error::Error,
};

const ATTEMPTS: u64 = 25;

impl Checkouts {
    /// Changes a session as wished, and answers with the checkout as it is then.
    ///
    /// # Errors
    /// [`Error::Unfit`]; [`Error::Over`] when the checkout has ended; [`Error::Lost`] when it is no session or gone;
    /// [`Error::Busy`] when others were always faster.
    pub async fn wish(&self, id: OrderId, wish: Wish, now: Timestamp) -> Result<Checkout, Error> {
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(Duration::from_millis(rialto_lambda::up_to(attempt.saturating_mul(4)))).await;
            }
            let checkout = self.load(id).await?.ok_or(Error::Lost)?;
            let session = checkout.session.as_ref().ok_or(Error::Lost)?;
            if checkout.outcome.is_some() {
                return Err(Error::Over(Box::new(checkout)));
            }
            let Some(after) = session.after(wish.clone(), now)? else { return Ok(checkout) };
            if let Some(saved) = self.save(&checkout, after, now).await? {
                return Ok(saved);
            }
        }
        Err(Error::Busy)
    }

    async fn save(&self, checkout: &Checkout, after: Session, now: Timestamp) -> Result<Option<Checkout>, Error> {
        let id = checkout.order_id;
        let update = Update::of(key(id))
            .set("session", to_value(&after)?)
            .set("version", checkout.version.saturating_add(1))
            .set("gsi1pk", shard(id))
            .set("gsi1sk", look_after(&after, now).to_string())
            .when(cond::all([cond::eq("version", checkout.version), cond::absent("outcome")]));
        match self.table.update(update).await {
            Ok(()) => {
                let version = checkout.version.saturating_add(1);
                Ok(Some(Checkout { session: Some(after), version, ..checkout.clone() }))
            }
            Err(error) if error.condition_failed() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// An open session when its timer must have been lost; a decided one when whoever decided must have failed to wake the
/// workflow.
fn look_after(session: &Session, now: Timestamp) -> Timestamp {
    let from = if session.phase == Phase::Open { session.expires_at.unwrap_or(now) } else { now };
    from.saturating_add(GRACE).unwrap_or(now)
}
