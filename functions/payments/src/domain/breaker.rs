//! Whether a gateway that keeps failing is asked at all.

use rialto_kernel::Timestamp;

/// Failures in a row that open it.
const FAILURES: u32 = 5;
/// How long it stays open before one request may try.
const OPEN_MS: i64 = 30_000;

/// Opens after 5 failures in a row; after 30 s lets one request try, whose outcome closes or opens it again.
/// It only ever decides who is asked about a *new* payment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    tries_from_ms: i64,
}

impl Breaker {
    /// Whether a new payment may go to the gateway. Of those that ask after the pause, the first one may.
    pub fn admits(&mut self, now: Timestamp) -> bool {
        if self.failures < FAILURES {
            return true;
        }
        let now = now.as_millisecond();
        let may_try = now >= self.tries_from_ms;
        if may_try {
            self.tries_from_ms = now.saturating_add(OPEN_MS);
        }
        may_try
    }

    /// The gateway answered: any answer, a decline as well.
    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// The gateway did not answer, or said that it cannot.
    pub fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            self.tries_from_ms = now.as_millisecond().saturating_add(OPEN_MS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn given_five_failures_in_a_row_when_asked_then_it_is_open_until_one_may_try() {
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            breaker.failed(at(0));
            assert!(breaker.admits(at(0)));
        }
        breaker.failed(at(0));
        assert!(!breaker.admits(at(29)));
        assert_eq!((breaker.admits(at(30)), breaker.admits(at(31))), (true, false), "one tries");
        breaker.failed(at(32));
        assert!(!breaker.admits(at(61)), "it failed again");
        assert!(breaker.admits(at(62)));
        breaker.answered();
        assert!(breaker.admits(at(62)) && breaker.admits(at(62)));
    }

    #[test]
    fn given_failures_between_answers_when_asked_then_it_stays_closed() {
        let mut breaker = Breaker::default();
        for _ in 0..20 {
            breaker.failed(at(0));
            breaker.failed(at(0));
            breaker.answered();
        }
        assert!(breaker.admits(at(0)));
    }
}
