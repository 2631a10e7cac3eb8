//! What people call themselves and their devices.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

/// A text that cannot be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must have 1 to {} characters and no control characters", Name::LONGEST)]
pub struct NameError;

/// A name of a person or of a device of theirs: 1 to 100 characters, trimmed. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 100, example = "Ada Lovelace")]
pub struct Name(String);

impl Name {
    /// The most characters.
    pub const LONGEST: usize = 100;

    /// # Errors
    /// When nothing is left after trimming, or it is too long or has control characters.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = text.trim();
        let fits = (1..=Self::LONGEST).contains(&name.chars().count());
        if fits && !name.chars().any(char::is_control) { Ok(Self(name.to_owned())) } else { Err(NameError) }
    }

    /// The name itself: for the person's own eyes, never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_text_when_parsed_then_only_a_printable_name_of_1_to_100_characters_passes() {
        assert!(Name::parse(" Ada Lovelace ").is_ok());
        assert!(Name::parse(&"\u{6c34}".repeat(100)).is_ok());
        for text in ["", "   ", "a\nb", &"a".repeat(101)] {
            assert_eq!(Name::parse(text), Err(NameError), "{text:?}");
        }
    }
}
