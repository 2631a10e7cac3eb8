//! Buckets in the service's table.

use rialto_dynamo::{Error, Key, Table, Update, cond};
use rialto_kernel::Timestamp;
use serde::Deserialize;

use super::{Bucket, Quota, cell::Decision, digest};

/// How often a decision is made again because others took from the bucket meanwhile.
const ATTEMPTS: u32 = 4;
/// How long a source that logged in is known to the account, and so how long its row is kept.
pub(super) const KNOWN_SECONDS: i64 = 30 * 24 * 60 * 60;

/// A bucket's row.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    /// Epoch milliseconds.
    full_at: Option<i64>,
    /// Epoch seconds; only of an account's bucket for one source.
    #[serde(default)]
    known_until: i64,
}

/// A decision, and whether the source is known to the account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) decision: Decision,
    pub(super) known_until: i64,
}

pub(super) fn key(bucket: Bucket, whose: &str) -> Key {
    Key::new(format!("LIMIT#{}#{}", bucket.name(), digest(whose)), "LIMIT")
}

/// Takes a token: first as if the bucket were full, which it mostly is, and then as the row that was met says.
pub(super) async fn take(table: &Table, bucket: Bucket, whose: &str, quota: Quota, now: i64) -> Result<Taken, Error> {
    let mut met = Row::default();
    for _ in 0..ATTEMPTS {
        if let decision @ Decision::Refused { .. } = quota.decide(met.full_at, now) {
            return Ok(Taken { decision, known_until: met.known_until });
        }
        let full = met.full_at.is_none_or(|full_at| full_at <= now);
        let update = Update::of(key(bucket, whose)).set("ttl", expires(bucket, quota, now));
        let update = if full {
            let unused = cond::any([cond::absent("fullAt"), cond::le("fullAt", now)]);
            update.set("fullAt", now.saturating_add(quota.refill())).when(unused)
        } else {
            // Added to, not set: two at once each move it.
            update.add("fullAt", quota.refill()).when(cond::between("fullAt", now.saturating_add(1), quota.latest(now)))
        };
        match table.update_returning::<Row>(update).await {
            Ok(row) => {
                let decision = Decision::Admitted { full_at: row.full_at.unwrap_or(now) };
                return Ok(Taken { decision, known_until: row.known_until });
            }
            Err(error) if error.condition_failed() => met = error.failed_item(0)?.unwrap_or_default(),
            Err(error) => return Err(error),
        }
    }
    Ok(Taken { decision: Decision::Refused { wait: quota.refill() }, known_until: met.known_until })
}

/// Puts a token back; `known_until` also makes the source known.
pub(super) async fn give_back(
    table: &Table,
    bucket: Bucket,
    whose: &str,
    quota: Quota,
    known_until: Option<i64>,
) -> Result<(), Error> {
    let update = Update::of(key(bucket, whose)).subtract("fullAt", quota.refill()).when(cond::exists("fullAt"));
    let update = match known_until {
        Some(until) => update.set("knownUntil", until).set("ttl", until),
        None => update,
    };
    match table.update(update).await {
        Err(error) if error.condition_failed() => Ok(()),
        written => written,
    }
}

/// Makes a source known whatever its bucket holds, and fills the bucket.
pub(super) async fn make_known(table: &Table, bucket: Bucket, whose: &str, now: Timestamp) -> Result<(), Error> {
    let until = known_until(now);
    let update = Update::of(key(bucket, whose)).set("fullAt", now.as_millisecond());
    table.update(update.set("knownUntil", until).set("ttl", until)).await
}

/// Until when a source that logs in now is known, in epoch seconds.
pub(super) fn known_until(now: Timestamp) -> i64 {
    now.as_second().saturating_add(KNOWN_SECONDS)
}

fn expires(bucket: Bucket, quota: Quota, now: i64) -> i64 {
    let kept = if bucket == Bucket::LogInPair { KNOWN_SECONDS } else { i64::from(quota.seconds) };
    now.div_euclid(1000).saturating_add(kept).saturating_add(60)
}
