//! Time and the middle of it.

use std::{fs, thread, time::Duration};

/// What this thread has run so far.
pub(crate) fn cpu() -> Duration {
    // The kernel adds up a running thread's time when it is about to give way.
    thread::yield_now();
    let times = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts a thread's time");
    let nanos = times.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanos.expect("the time it has run comes first"))
}

/// The middle one; the mean of two. 0 of none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.get(middle), sorted.len() % 2) {
        (Some(one), 1) => *one,
        (Some(upper), _) => (upper + sorted.get(middle.saturating_sub(1)).unwrap_or(upper)) / 2.0,
        (None, _) => 0.0,
    }
}

/// The value below which so many of a hundred are. 0 of none.
pub(crate) fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or_default()
}

/// A count as a float, for ratios; exact up to 2^32.
pub(crate) fn float(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
