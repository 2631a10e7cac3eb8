//! What `make mutants` drops or weakens, one at a time, to see which test notices: every condition that is built by
//! [`crate::cond`] and attached to a write, and every decision that is marked by [`guard`].
//!
//! It acts only in builds with the feature `mutants`, which only that command asks for, and there only by two environment
//! variables:
//!
//! - `RIALTO_MUTANT=<how>@<site>`: what happens (`dropped`: a condition that always holds, a guard that never refuses;
//!   `weaker`: a condition that lets a little more through; `never`: an alternative that never holds) at which place.
//! - `RIALTO_MUTANT_SITES=<file>`: each place that is met is appended, with the thread, and so the test, that met it.
//!
//! A place is `<file>:<line>:<column>` of the call.

#[cfg(feature = "mutants")]
mod active;

use crate::cond::{Cond, Node};

/// `refuses`, as it is. Marks a decision that keeps an invariant and is no condition of a write.
#[must_use]
#[inline]
#[track_caller]
pub fn guard(refuses: bool) -> bool {
    #[cfg(feature = "mutants")]
    let refuses = refuses & !active::is_dropped(&active::caller());
    refuses
}

/// Whether the mutant without the thing at `site` runs: for what is not Rust, such as a workflow's `Catch`. Never in a build
/// without the feature.
#[must_use]
#[inline]
pub fn is_dropped(site: &str) -> bool {
    #[cfg(feature = "mutants")]
    return active::is_dropped(site);
    #[cfg(not(feature = "mutants"))]
    {
        let _ = site;
        false
    }
}

/// The condition that was built by the caller of the caller.
#[inline]
#[track_caller]
pub(crate) fn built(node: Node) -> Cond {
    #[cfg(feature = "mutants")]
    let node = active::condition(&active::caller(), node);
    Cond(node)
}

/// The condition that the caller of the caller attaches to a write.
#[inline]
#[track_caller]
pub(crate) fn attached(condition: Cond) -> Cond {
    #[cfg(feature = "mutants")]
    let condition = Cond(active::condition(&active::caller(), condition.0));
    condition
}
