//! The arithmetic of a token bucket, as the generic cell rate algorithm: the whole state is one time.
//!
//! The state is when the bucket will be full again. A request moves it on by one token's refill; what would move it further
//! ahead than a whole bucket's refill is refused. So within any `t` at most `burst + t / refill` requests pass.

use super::Quota;

/// What a bucket says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Let it through; the bucket is full again at `full_at`.
    Admitted { full_at: i64 },
    /// Ask again in so many milliseconds.
    Refused { wait: i64 },
}

impl Quota {
    /// Decides at `now` about a bucket that is full at `full_at`; both in epoch milliseconds.
    pub(super) fn decide(self, full_at: Option<i64>, now: i64) -> Decision {
        let from = full_at.unwrap_or(now).max(now);
        let wait = from.saturating_sub(self.latest(now));
        if wait > 0 {
            Decision::Refused { wait }
        } else {
            Decision::Admitted { full_at: from.saturating_add(self.refill()) }
        }
    }

    /// The latest `full_at` that leaves a token to take.
    pub(super) fn latest(self, now: i64) -> i64 {
        now.saturating_add(self.refill().saturating_mul(i64::from(self.burst.saturating_sub(1))))
    }

    /// How many more would pass at `now`.
    pub(super) fn remaining(self, full_at: i64, now: i64) -> i64 {
        let room = self.latest(now).saturating_sub(full_at.max(now));
        room.div_euclid(self.refill()).saturating_add(1).max(0)
    }

    /// Milliseconds until one token is back.
    pub(super) fn refill(self) -> i64 {
        let whole = i64::from(self.seconds).saturating_mul(1000);
        whole.checked_div(i64::from(self.burst)).unwrap_or(whole).max(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn admitted(quota: Quota, times: &[i64]) -> Vec<i64> {
        let mut full_at = None;
        let mut passed = Vec::new();
        for now in times {
            if let Decision::Admitted { full_at: next } = quota.decide(full_at, *now) {
                full_at = Some(next);
                passed.push(*now);
            }
        }
        passed
    }

    #[test]
    fn given_a_full_bucket_when_emptied_then_each_refill_lets_one_through() {
        let quota = Quota { burst: 3, seconds: 30 };
        assert_eq!(
            admitted(quota, &[0, 0, 0, 0, 9_999, 10_000, 10_001, 40_000, 40_000]),
            [0, 0, 0, 10_000, 40_000, 40_000]
        );
        assert_eq!(quota.decide(Some(30_000), 0), Decision::Refused { wait: 10_000 });
        assert_eq!((quota.remaining(0, 0), quota.remaining(10_000, 0), quota.remaining(30_000, 0)), (3, 2, 0));
    }

    proptest! {
        #[test]
        fn given_any_arrivals_when_decided_then_no_span_lets_more_through_than_burst_and_refills(
            burst in 1u32..20, seconds in 1u32..100, gaps in prop::collection::vec(0i64..20_000, 1..200),
        ) {
            let quota = Quota { burst, seconds };
            let times: Vec<i64> = gaps.iter().scan(0, |at, gap| { *at += gap; Some(*at) }).collect();
            let passed = admitted(quota, &times);
            for (from, start) in passed.iter().enumerate() {
                for (to, end) in passed.iter().enumerate().skip(from) {
                    let most = i64::from(burst) + (end - start) / quota.refill();
                    prop_assert!(i64::try_from(to - from).unwrap() < most + 1);
                }
            }
        }

        #[test]
        fn given_a_refusal_when_waited_for_as_long_as_it_says_then_it_passes_and_a_millisecond_less_does_not(
            burst in 1u32..20, seconds in 1u32..100, ahead in 0i64..1_000_000,
        ) {
            let quota = Quota { burst, seconds };
            if let Decision::Refused { wait } = quota.decide(Some(ahead), 0) {
                let at = |now| matches!(quota.decide(Some(ahead), now), Decision::Admitted { .. });
                prop_assert!(at(wait) && !at(wait - 1));
            }
        }
    }
}
