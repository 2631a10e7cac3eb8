//! Who does something that no person of the shop does.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A text that cannot name anyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must have 1 to {} printable ASCII characters", Actor::LONGEST)]
pub struct ActorError;

/// Who invokes a command: the ARN that `aws sts get-caller-identity` tells them. Theirs to say; that the invocation was theirs
/// is in CloudTrail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Actor(String);

impl Actor {
    /// The most characters: the longest ARN of a session is shorter.
    pub const LONGEST: usize = 256;

    /// # Errors
    /// When it is empty, too long, or has spaces at its ends or characters that are not printable ASCII.
    pub fn parse(text: &str) -> Result<Self, ActorError> {
        let fits = (1..=Self::LONGEST).contains(&text.len()) && text.trim() == text;
        let printable = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if fits && printable { Ok(Self(text.to_owned())) } else { Err(ActorError) }
    }
}

impl TryFrom<String> for Actor {
    type Error = ActorError;

    fn try_from(text: String) -> Result<Self, ActorError> {
        Self::parse(&text)
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> Self {
        actor.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_text_when_it_names_nobody_then_it_is_refused() {
        assert!(Actor::parse("arn:aws:sts::123456789012:assumed-role/Admin/grace@example.com").is_ok());
        for text in ["", " ", " grace", "grace\n", "gr\u{e1}ce", &"g".repeat(257)] {
            assert_eq!(Actor::parse(text), Err(ActorError), "{text:?}");
        }
    }
}
