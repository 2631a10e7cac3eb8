//! E-mail addresses.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use utoipa::ToSchema;

/// A text that is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be an e-mail address such as ada@example.com, at most {} characters", Email::LONGEST)]
pub struct EmailError;

/// An e-mail address in its one spelling: trimmed and in lower case, so that nobody registers twice by a capital letter.
///
/// What counts is the "valid e-mail address" of the HTML standard with at least two labels in the domain; quoted local
/// parts and address literals are refused. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = "email", max_length = 254, example = "ada@example.com")]
pub struct Email(String);

impl Email {
    /// The most characters an address can have in SMTP (RFC 5321 with erratum 1690).
    pub const LONGEST: usize = 254;
    const LONGEST_LOCAL: usize = 64;
    const LONGEST_LABEL: usize = 63;

    /// # Errors
    /// When the text is not an e-mail address.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let address = text.trim().to_ascii_lowercase();
        let (local, domain) = address.split_once('@').ok_or(EmailError)?;
        let fits = address.len() <= Self::LONGEST && (1..=Self::LONGEST_LOCAL).contains(&local.len());
        let labelled = domain.contains('.') && domain.split('.').all(is_label);
        if fits && labelled && local.bytes().all(is_local) { Ok(Self(address)) } else { Err(EmailError) }
    }

    /// The address itself: for the person's own eyes and for mail, never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the address, so that keys (which turn up in traces and errors) do not spell it out.
    #[must_use]
    pub fn digest(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes()))
    }
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_label(label: &str) -> bool {
    (1..=Email::LONGEST_LABEL).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl TryFrom<String> for Email {
    type Error = EmailError;
    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email([redacted])")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_two_spellings_when_parsed_then_they_are_one_address_with_one_digest() {
        let (a, b) = (Email::parse(" Ada@Example.COM ").unwrap(), Email::parse("ada@example.com").unwrap());
        assert_eq!(a, b);
        assert_eq!(a.digest(), b.digest());
        assert_ne!(a.digest(), Email::parse("ada@example.org").unwrap().digest());
    }

    #[test]
    fn given_no_address_when_parsed_then_it_is_refused() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long = format!("a@{}.com", ["b".repeat(62), "c".repeat(62), "d".repeat(62), "e".repeat(62)].join("."));
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@example",
            "ada@@example.com",
            "a b@example.com",
            "ada@-x.com",
            "ada@x-.com",
            "ada@.com",
            "ada@example.com.",
            "ada\u{0}@example.com",
            "\"a\"@example.com",
            "ada@[127.0.0.1]",
            "ada@exam_ple.com",
            "ada@ex\u{e4}mple.com",
            &long_local,
            &long,
        ] {
            assert_eq!(Email::parse(text), Err(EmailError), "{text}");
        }
    }

    #[test]
    fn given_unusual_but_valid_addresses_when_parsed_then_they_are_taken() {
        for text in ["a@b.co", "first.last+tag@sub.example.co.uk", "o'brien@example.com", "x@123.com"] {
            assert!(Email::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn given_an_address_when_debugged_then_it_does_not_show() {
        assert_eq!(format!("{:?}", Email::parse("ada@example.com").unwrap()), "Email([redacted])");
    }
}
