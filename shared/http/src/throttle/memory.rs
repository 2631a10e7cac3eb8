//! Buckets in the memory of one sandbox.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{Quota, cell::Decision};

/// More sources than this are forgotten all at once: better to let some pass than to grow.
const MOST: usize = 4096;

/// When each source's bucket is full again.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<HashMap<String, i64>>);

impl Memory {
    pub(super) fn take(&self, source: &str, quota: Quota, now: i64) -> Decision {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let decision = quota.decide(buckets.get(source).copied(), now);
        if let Decision::Admitted { full_at } = decision {
            if buckets.len() >= MOST {
                buckets.retain(|_, full_at| *full_at > now);
            }
            if buckets.len() >= MOST {
                buckets.clear();
            }
            buckets.insert(source.to_owned(), full_at);
        }
        decision
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_one_source_over_its_quota_when_it_asks_then_it_waits_and_others_do_not() {
        let (memory, quota) = (Memory::default(), Quota { burst: 2, seconds: 2 });
        let passes = |source: &str, now| matches!(memory.take(source, quota, now), Decision::Admitted { .. });
        assert!(passes("a", 0) && passes("a", 0) && !passes("a", 0) && passes("b", 0));
        assert!(passes("a", 1000) && !passes("a", 1000));
    }

    #[test]
    fn given_more_sources_than_fit_when_they_ask_then_memory_stays_bounded() {
        let (memory, quota) = (Memory::default(), Quota { burst: 1, seconds: 60 });
        for source in 0..3 * MOST {
            memory.take(&source.to_string(), quota, 0);
        }
        assert!(memory.0.lock().is_ok_and(|buckets| buckets.len() <= MOST));
    }
}
