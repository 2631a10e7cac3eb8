//! Days, as they begin in UTC.

use std::{fmt, str::FromStr};

use rialto_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

const SECONDS: i64 = 86_400;

/// A day from midnight to midnight UTC, written `2026-11-20`. The number counts days since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(i64);

/// A text that is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be a day such as 2026-11-20")]
pub struct NoDay;

impl Day {
    /// The day of a time.
    #[must_use]
    pub fn of(time: Timestamp) -> Self {
        Self(time.as_second().div_euclid(SECONDS))
    }

    /// So many days before.
    #[must_use]
    pub fn before(self, days: i64) -> Self {
        Self(self.0.saturating_sub(days))
    }

    /// How many days later than `other` it is.
    #[must_use]
    pub fn since(self, other: Self) -> i64 {
        self.0.saturating_sub(other.0)
    }

    /// The second (since 1970) in which it has been over for so many days.
    #[must_use]
    pub fn over_for(self, days: i64) -> i64 {
        self.0.saturating_add(1).saturating_add(days).saturating_mul(SECONDS)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begins = Timestamp::from_second(self.0.saturating_mul(SECONDS)).map_err(|_| fmt::Error)?;
        write!(f, "{}", begins.strftime("%F"))
    }
}

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let begins: Option<Timestamp> = if plain { format!("{text}T00:00:00Z").parse().ok() } else { None };
        begins.map(Self::of).ok_or(NoDay)
    }
}

impl TryFrom<String> for Day {
    type Error = NoDay;

    fn try_from(text: String) -> Result<Self, NoDay> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_a_day_when_written_then_it_reads_back_and_rubbish_is_refused() {
        let day: Day = "2026-11-20".parse().unwrap();
        assert_eq!((day.to_string(), day.before(20).to_string()), ("2026-11-20".to_owned(), "2026-10-31".to_owned()));
        assert_eq!(day.since(day.before(3)), 3);
        let times = ["2026-11-20T00:00:00Z", "2026-11-20T23:59:59.999Z"].map(|text| text.parse::<Timestamp>().unwrap());
        assert_eq!(times.map(Day::of), [day, day]);
        assert_eq!(Timestamp::from_second(day.over_for(0)).unwrap().to_string(), "2026-11-21T00:00:00Z");
        for text in ["", "2026-11-31", "2026-13-01", "20-11-2026", "2026-11-2", "2026-11-20T", "+026-11-20", "today"] {
            assert_eq!(text.parse::<Day>(), Err(NoDay), "{text}");
        }
    }
}
