//! Time and chance, behind one door: what ids, waits between attempts and handlers' times are made of.
//!
//! A simulation gives its thread a clock and a seed of its own here (the feature `testing`), so that a run can be had again.
//! Secrets do not come from here: they are drawn from `rand` where they are made, and no seed leads to them.

#[cfg(feature = "testing")]
pub mod testing;

use jiff::Timestamp;
use uuid::Uuid;

/// The current time.
#[must_use]
pub fn now() -> Timestamp {
    #[cfg(feature = "testing")]
    if let Some(now) = testing::source().map(|source| source.now()) {
        return now;
    }
    Timestamp::now()
}

/// A random number from 0 to `most`, both included.
#[must_use]
pub fn up_to(most: u64) -> u64 {
    #[cfg(feature = "testing")]
    if let Some(source) = testing::source() {
        return testing::up_to(&*source, most);
    }
    rand::random_range(0..=most)
}

/// A random number.
#[must_use]
pub fn number() -> u128 {
    #[cfg(feature = "testing")]
    if let Some(source) = testing::source() {
        return testing::number(&*source);
    }
    rand::random()
}

/// A UUIDv7: the time, then chance.
#[must_use]
pub fn uuid() -> Uuid {
    #[cfg(feature = "testing")]
    if let Some(source) = testing::source() {
        return testing::uuid(&*source);
    }
    Uuid::now_v7()
}
