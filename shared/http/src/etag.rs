//! Versions of resources in `ETag` and `If-Match`.

use std::{fmt, str::FromStr};

use crate::{code, problem::Problem};

/// The strong entity tag of a version: `"7"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityTag(pub u64);

impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

/// What a request's `If-Match` lets through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever the version.
    Any,
    /// One of these versions. A weak or foreign tag matches none.
    Versions(Vec<u64>),
}

impl IfMatch {
    /// Lets `version` through, or fails with 412. The write that follows still needs a condition on the version.
    ///
    /// # Errors
    /// `PRECONDITION_FAILED` when the version is another one.
    pub fn admit(&self, version: u64) -> Result<(), Problem> {
        match self {
            Self::Any => Ok(()),
            Self::Versions(versions) if versions.contains(&version) => Ok(()),
            Self::Versions(_) => Err(Problem::of(code::PRECONDITION_FAILED)),
        }
    }
}

impl FromStr for IfMatch {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        let tags = text.split(',').map(str::trim);
        let versions = tags.filter_map(|tag| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()).collect();
        Ok(Self::Versions(versions))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_if_match_when_the_version_is_another_then_412() {
        let admits = |header: &str, version| header.parse::<IfMatch>().unwrap().admit(version).is_ok();
        assert!(admits(&EntityTag(7).to_string(), 7));
        assert!(admits("*", 7));
        assert!(admits("\"6\", \"7\"", 7));
        for header in ["\"6\"", "W/\"7\"", "7", "", "\"v7\""] {
            assert!(!admits(header, 7), "{header}");
        }
    }
}
