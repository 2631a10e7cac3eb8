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
    /// One of these versions. A foreign tag matches none.
    Versions(Vec<u64>),
    /// Nothing: only weak tags, which are for caches (RFC 9110, 13.1.1).
    Weak,
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
            Self::Weak => Err(Problem::of(code::PRECONDITION_FAILED).detail(
                "a weak entity tag is for caches and matches no version: send the strong one of what is changed",
            )),
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
        let strong = |tag: &str| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok();
        let versions: Vec<u64> = tags.clone().filter_map(strong).collect();
        let is_weak = versions.is_empty() && tags.clone().any(|tag| tag.starts_with("W/\""));
        Ok(if is_weak { Self::Weak } else { Self::Versions(versions) })
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
        let told = |header: &str| {
            let refusal = header.parse::<IfMatch>().unwrap().admit(7).unwrap_err();
            let body: serde_json::Value = serde_json::from_slice(refusal.respond("/", "r").body()).unwrap();
            (refusal.status().as_u16(), body["detail"].as_str().is_some_and(|detail| detail.contains("weak")))
        };
        assert_eq!((told("W/\"7\""), told("\"6\", W/\"7\"")), ((412, true), (412, false)));
        assert!(admits("W/\"6\", \"7\"", 7));
    }
}
