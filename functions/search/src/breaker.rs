//! Keeps away from a cluster that is down, so that a search costs an error and not a time-out.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

const FAILURES_IN_A_ROW: u32 = 2;
const REST: Duration = Duration::from_secs(5);

/// Closed until two calls in a row have failed; then open for 5 s, after which one call is let through to try. Clones
/// share its state.
#[derive(Debug, Clone, Default)]
pub(crate) struct Breaker(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    /// Lets a call through.
    ///
    /// # Errors
    /// How long it stays open.
    pub(crate) fn admit(&self, now: Instant) -> Result<(), Duration> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.open_until {
            None => Ok(()),
            Some(end) if now < end => Err(end.duration_since(now)),
            Some(_) => {
                state.open_until = now.checked_add(REST);
                Ok(())
            }
        }
    }

    /// Takes note of how a call went.
    pub(crate) fn note(&self, succeeded: bool, now: Instant) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if succeeded {
            *state = State::default();
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES_IN_A_ROW {
            state.open_until = now.checked_add(REST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_failures_when_calls_go_on_then_it_opens_tries_once_and_closes_again() {
        let (breaker, start) = (Breaker::default(), Instant::now());
        let at = |millis: u64| start + Duration::from_millis(millis);
        breaker.note(false, at(0));
        assert_eq!(breaker.admit(at(1)), Ok(()), "one failure is bad luck");
        breaker.note(false, at(1));
        assert_eq!(breaker.admit(at(2)), Err(Duration::from_millis(4_999)));
        assert_eq!(breaker.admit(at(5_001)), Ok(()), "one tries");
        assert!(breaker.admit(at(5_002)).is_err(), "the others wait for it");
        breaker.note(false, at(5_100));
        assert!(breaker.admit(at(10_000)).is_err(), "one failed try opens it again");
        assert_eq!(breaker.admit(at(10_101)), Ok(()));
        breaker.note(true, at(10_200));
        breaker.note(false, at(10_201));
        assert_eq!(breaker.admit(at(10_202)), Ok(()), "a success forgets what was before");
    }
}
