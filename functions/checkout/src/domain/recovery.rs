//! What is to be done about a checkout that has not ended, by how its runs stand.
//!
//! The first run is named by the order, each further one by the order and its number. A further one settles what the one
//! before has left: it completes an order that is confirmed and undoes every other. It is started only when the one before is
//! lost for certain, and a name is taken once, so that of any two at most one runs.

use rialto_kernel::{SignedDuration, Timestamp};

/// Longer than any step of a lost run may still be under way: a function ends within half of it.
const AT_REST: SignedDuration = SignedDuration::from_secs(60);
/// How many runs a checkout can have. When all are lost an operator has been alarmed as often.
pub const MOST_RUNS: usize = 5;

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// It is under way.
    Running,
    /// It came to its end.
    Succeeded,
    /// It was stopped, failed or ran out of time before it was at an end.
    Lost {
        /// In which way.
        how: Loss,
        /// When.
        at: Timestamp,
    },
}

/// How a run was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// It was never started, or nobody knows.
    NeverStarted,
    /// It failed.
    Failed,
    /// It ran out of time.
    TimedOut,
    /// It was stopped.
    Aborted,
}

impl Loss {
    /// As the next run's input tells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NeverStarted => "NEVER_STARTED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// It is under way.
    LeaveAlone,
    /// Its last run was lost a moment ago, and a step of it may be under way yet: look again soon.
    LookSoon,
    /// Start the run of this number, counted from 1, to settle what the one before has left.
    Start {
        /// The run's number.
        number: usize,
        /// How the one before was lost.
        lost: Loss,
    },
    /// All runs that it can have were lost.
    GiveUp,
}

/// Decides by the runs that there are, in their order. None of them is after one that is not lost.
#[must_use]
pub fn recover(runs: &[RunState], now: Timestamp) -> Recovery {
    match runs.last() {
        None => Recovery::Start { number: 1, lost: Loss::NeverStarted },
        Some(RunState::Running | RunState::Succeeded) => Recovery::LeaveAlone,
        Some(RunState::Lost { at, .. }) if now.duration_since(*at) < AT_REST => Recovery::LookSoon,
        Some(RunState::Lost { .. }) if runs.len() >= MOST_RUNS => Recovery::GiveUp,
        Some(RunState::Lost { how, .. }) => Recovery::Start { number: runs.len().saturating_add(1), lost: *how },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_how_its_runs_stand_when_a_checkout_is_looked_at_then_the_next_run_begins_only_when_all_before_are_lost() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let aborted = RunState::Lost { how: Loss::Aborted, at: at(100) };
        let failed = RunState::Lost { how: Loss::Failed, at: at(100) };
        for (runs, second, expected) in [
            (vec![], 100, Recovery::Start { number: 1, lost: Loss::NeverStarted }),
            (vec![RunState::Running], 1_000_000, Recovery::LeaveAlone),
            (vec![RunState::Succeeded], 1_000_000, Recovery::LeaveAlone),
            (vec![aborted], 100, Recovery::LookSoon),
            (vec![aborted], 159, Recovery::LookSoon),
            (vec![aborted], 160, Recovery::Start { number: 2, lost: Loss::Aborted }),
            (vec![aborted, RunState::Running], 1_000_000, Recovery::LeaveAlone),
            (vec![aborted, failed], 160, Recovery::Start { number: 3, lost: Loss::Failed }),
            (vec![aborted; 4], 160, Recovery::Start { number: 5, lost: Loss::Aborted }),
            (vec![aborted; 5], 160, Recovery::GiveUp),
        ] {
            assert_eq!(recover(&runs, at(second)), expected, "{runs:?} at {second}");
        }
    }
}
