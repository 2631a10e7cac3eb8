//! Waiting between attempts.

use std::future::Future;
use std::time::Duration;

use crate::backend::Failure;
use crate::error::Error;

const TRIES: u32 = 10;
const BASE_MILLIS: u64 = 10;
const CAP_MILLIS: u64 = 500;

/// Full jitter: before attempt n a random time up to `BASE * 2^n`, at most the cap. All tries together wait about 1 s,
/// at most 2.2 s.
pub(crate) struct Backoff {
    pauses: u32,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { pauses: 0 }
    }

    /// Waits before the next attempt; false, without waiting, if there is none left.
    pub(crate) async fn pause(&mut self) -> bool {
        if self.pauses + 1 >= TRIES {
            return false;
        }
        let longest = BASE_MILLIS.saturating_mul(1 << self.pauses).min(CAP_MILLIS);
        self.pauses += 1;
        tokio::time::sleep(Duration::from_millis(rialto_chance::up_to(longest))).await;
        true
    }
}

/// Attempts until the answer is no conflict or throttling, or the tries are used up.
pub(crate) async fn retried<T, F, A>(table: &str, mut attempt: F) -> Result<T, Error>
where
    F: FnMut() -> A,
    A: Future<Output = Result<T, Failure>>,
{
    let mut backoff = Backoff::new();
    loop {
        match attempt().await {
            Err(failure) if failure.is_worth_retrying() && backoff.pause().await => {
                tracing::debug!(table.name = table, table.pauses = backoff.pauses, "table busy");
            }
            outcome => return Ok(outcome?),
        }
    }
}
