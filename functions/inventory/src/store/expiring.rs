//! Finding reservations whose time is up.

use futures::{StreamExt, stream};
use rialto_dynamo::{Position, Query};
use rialto_kernel::Timestamp;
use serde::Serialize;

use super::{Inventory, keys};
use crate::{
    domain::{Reservation, State, Turn},
    error::Error,
};

/// How many reservations are expired at the same time.
const AT_ONCE: usize = 8;
/// How many are read at a time.
const PAGE: usize = 100;

/// What one sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Swept {
    /// Reservations that this sweep ended.
    pub expired: u32,
    /// Reservations that someone else had ended, or that the lagging index still showed.
    pub settled: u32,
    /// Reservations and reads that failed; the next sweep finds them again.
    pub failed: u32,
}

impl Inventory {
    /// Gives back what is set aside by reservations whose time was up at `now`. Two sweeps at once do no harm. What fails
    /// is counted and logged, and does not keep the rest waiting.
    pub async fn expire_due(&self, now: Timestamp) -> Swept {
        let mut swept = Swept::default();
        for shard in 0..keys::EXPIRING_SHARDS {
            if let Err(error) = self.expire_shard(shard, now, &mut swept).await {
                tracing::warn!(error = %error, shard, "open reservations could not be read");
                swept.failed = swept.failed.saturating_add(1);
            }
        }
        swept
    }

    async fn expire_shard(&self, shard: u32, now: Timestamp, swept: &mut Swept) -> Result<(), Error> {
        let mut after: Option<Position> = None;
        loop {
            let due = Query::pk(keys::expiring(shard)).index(keys::INDEX).sk_le(now.to_string());
            let page = self.table.query::<Reservation>(due.limit(PAGE).after(after.take())).await?;
            let ended = stream::iter(page.items).map(|reservation| self.expire(reservation, now));
            let ended: Vec<_> = ended.buffer_unordered(AT_ONCE).collect().await;
            for count in ended {
                swept.expired = swept.expired.saturating_add(count.expired);
                swept.settled = swept.settled.saturating_add(count.settled);
                swept.failed = swept.failed.saturating_add(count.failed);
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn expire(&self, reservation: Reservation, now: Timestamp) -> Swept {
        let id = reservation.reservation_id;
        match self.turn(id, Turn::Expire, now).await {
            Ok(Some(State::Expired)) => Swept { expired: 1, ..Swept::default() },
            Ok(_) => Swept { settled: 1, ..Swept::default() },
            Err(error) => {
                tracing::warn!(error = %error, reservation.id = %id, "a reservation could not be expired");
                Swept { failed: 1, ..Swept::default() }
            }
        }
    }
}
