//! The checkouts that have not ended, by when to look after them.
//!
//! Invariant: a checkout is in the index from its opening until it has an outcome, so none whose run is lost stays unseen.

use rialto_dynamo::{Position, Query, Update, cond};
use rialto_kernel::{OrderId, SignedDuration, Timestamp};
use serde::Deserialize;

use super::{Checkout, Checkouts, key};
use crate::error::Error;

/// Spreads the index's writes. Raising it needs no migration while the sweeper reads all shards.
const SHARDS: u32 = 4;
const PAGE: usize = 100;
/// How long after its opening, its life, or a decision, a checkout is looked after: longer than whoever opens it works.
pub(super) const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// A checkout is looked after when it is twice as old as it was the last time, and at the latest after this.
const LONGEST: SignedDuration = SignedDuration::from_mins(30);

/// What the index has of a checkout.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Due {
    order_id: OrderId,
}

/// When to look again after a checkout that was looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// In a minute.
    Soon,
    /// When it is twice as old, which is at the latest in half an hour.
    Later,
}

impl Checkouts {
    /// A page of the checkouts in a shard that are to be looked after by `now`, from a lagging index.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn due(
        &self,
        shard: u32,
        now: Timestamp,
        after: Option<Position>,
    ) -> Result<(Vec<OrderId>, Option<Position>), Error> {
        let due = Query::pk(partition(shard)).index("gsi1").sk_le(now.to_string()).limit(PAGE).after(after);
        let page = self.table.query::<Due>(due).await?;
        Ok((page.items.into_iter().map(|due| due.order_id).collect(), page.next))
    }

    /// Has a checkout looked after again, unless it was changed since it was read, which sets a time of its own.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn look_again(&self, checkout: &Checkout, again: Again, now: Timestamp) -> Result<(), Error> {
        let age = checkout.begun_at.map_or(LONGEST, |begun| now.duration_since(begun));
        let pause = match again {
            Again::Soon => GRACE,
            Again::Later => age.clamp(GRACE, LONGEST),
        };
        let update = Update::of(key(checkout.order_id))
            .set("gsi1sk", now.saturating_add(pause).unwrap_or(now).to_string())
            .when(cond::all([cond::eq("version", checkout.version), cond::absent("outcome"), cond::exists("gsi1pk")]));
        match self.table.update(update).await {
            Err(error) if !error.condition_failed() => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The shards of the index.
    pub fn shards() -> std::ops::Range<u32> {
        0..SHARDS
    }
}

/// When to look first after a checkout that is opened now.
pub(super) fn first_look(now: Timestamp) -> Timestamp {
    now.saturating_add(GRACE).unwrap_or(now)
}

fn partition(shard: u32) -> String {
    format!("UNDERWAY#{shard}")
}

/// By the id's last hexadecimal digit, which is random.
pub(super) fn shard(id: OrderId) -> String {
    let digit = id.to_string().chars().next_back().and_then(|digit| digit.to_digit(16));
    partition(digit.unwrap_or_default() % SHARDS)
}
