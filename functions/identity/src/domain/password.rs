//! Passwords as people type them, and what is stored of them.

use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::{Email, Name};

/// A password that cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// Too short.
    #[error("must have at least {} characters", Password::SHORTEST)]
    TooShort,
    /// Too long.
    #[error("must have at most {} characters", Password::LONGEST)]
    TooLong,
    /// On the list of those that are tried first.
    #[error("is one of the most common passwords")]
    TooCommon,
    /// The person's own e-mail or name.
    #[error("must not be your e-mail or name")]
    Personal,
}

/// See `common_passwords.md` for where they come from.
const COMMON: &str = include_str!("common_passwords.txt");

/// A password someone chooses: 10 to 128 characters of any kind, as NIST SP 800-63B has it (length and nothing else;
/// each code point counts as one character; Unicode in form NFKC, so that two keyboards type the same password), and none
/// of the most common ones, in whatever case.
///
/// `Debug` shows nothing of it and its memory is wiped.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(try_from = "SecretString")]
#[schema(value_type = String, format = "password", min_length = 10, max_length = 128, example = "correct horse battery")]
pub struct Password(SecretString);

impl Password {
    /// The fewest characters.
    pub const SHORTEST: usize = 10;
    /// The most characters.
    pub const LONGEST: usize = 128;

    /// # Errors
    /// When the text is shorter or longer than allowed, or common.
    pub fn choose(text: &SecretString) -> Result<Self, PasswordError> {
        let given = GivenPassword::read(text)?;
        if given.0.expose_secret().chars().count() < Self::SHORTEST {
            return Err(PasswordError::TooShort);
        }
        let lower: SecretString = given.0.expose_secret().to_lowercase().into();
        if COMMON.lines().any(|common| common == lower.expose_secret()) {
            return Err(PasswordError::TooCommon);
        }
        Ok(Self(given.0))
    }

    /// That it may be this person's: it is neither their e-mail, nor the part before the `@`, nor their name, in whatever
    /// case.
    ///
    /// # Errors
    /// [`PasswordError::Personal`].
    pub fn fit_for(&self, email: &Email, name: &Name) -> Result<(), PasswordError> {
        let lower: SecretString = self.0.expose_secret().to_lowercase().into();
        let local = email.as_str().split('@').next().unwrap_or_default();
        let personal = [email.as_str(), local, &name.as_str().to_lowercase()].contains(&lower.expose_secret());
        if personal { Err(PasswordError::Personal) } else { Ok(()) }
    }
}

impl TryFrom<SecretString> for Password {
    type Error = PasswordError;
    fn try_from(text: SecretString) -> Result<Self, PasswordError> {
        Self::choose(&text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}

/// A password someone claims to have. It may be shorter than can be chosen, which makes it wrong, not malformed;
/// longer than [`Password::LONGEST`] is refused before any work is spent on it.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(try_from = "SecretString")]
#[schema(value_type = String, format = "password", max_length = 128, example = "correct horse battery")]
pub struct GivenPassword(SecretString);

impl GivenPassword {
    /// # Errors
    /// [`PasswordError::TooLong`].
    pub fn read(text: &SecretString) -> Result<Self, PasswordError> {
        if text.expose_secret().chars().count() > Password::LONGEST {
            return Err(PasswordError::TooLong);
        }
        let normalised = ComposingNormalizerBorrowed::new_nfkc().normalize(text.expose_secret()).into_owned();
        if normalised.chars().count() > Password::LONGEST {
            return Err(PasswordError::TooLong);
        }
        Ok(Self(normalised.into()))
    }

    /// What is hashed.
    #[must_use]
    pub(crate) fn expose(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

impl TryFrom<SecretString> for GivenPassword {
    type Error = PasswordError;
    fn try_from(text: SecretString) -> Result<Self, PasswordError> {
        Self::read(&text)
    }
}

impl From<Password> for GivenPassword {
    fn from(password: Password) -> Self {
        Self(password.0)
    }
}

impl fmt::Debug for GivenPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GivenPassword([redacted])")
    }
}

/// A password's argon2id hash as a PHC string: algorithm, version, parameters, salt and hash. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a PHC string as it is.
    #[must_use]
    pub fn from_phc(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The PHC string.
    #[must_use]
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn choose(text: &str) -> Result<Password, PasswordError> {
        Password::choose(&text.into())
    }

    #[test]
    fn given_a_length_when_chosen_then_10_to_128_characters_pass_whatever_they_are() {
        assert_eq!(choose("123456789").unwrap_err(), PasswordError::TooShort);
        assert!(choose("1 3 5 7 9 ").is_ok());
        assert!(choose("          ").is_ok(), "no rule of composition");
        assert!(choose(&"\u{1f600}".repeat(10)).is_ok(), "code points count, not bytes");
        assert!(choose(&"\u{1f600}".repeat(128)).is_ok());
        assert_eq!(choose(&"a".repeat(129)).unwrap_err(), PasswordError::TooLong);
    }

    #[test]
    fn given_a_common_password_when_chosen_then_it_is_refused_in_whatever_case_but_may_still_be_given() {
        for text in ["1234567890", "password123", "PASSWORD123", "qwertyuiop", "\u{ff11}234567890"] {
            assert_eq!(choose(text).unwrap_err(), PasswordError::TooCommon, "{text}");
            assert!(GivenPassword::read(&text.into()).is_ok());
        }
        assert!(COMMON.lines().all(|line| line.len() >= Password::SHORTEST && line == line.to_lowercase()));
        assert!(COMMON.lines().count() > 2_000);
    }

    #[test]
    fn given_ones_own_email_or_name_when_chosen_then_it_is_refused() {
        let (email, name) =
            (Email::parse("ada.lovelace@example.com").unwrap(), Name::parse("Augusta Ada King").unwrap());
        for text in ["Ada.Lovelace@example.com", "ada.lovelace", "AUGUSTA ada king"] {
            assert_eq!(choose(text).unwrap().fit_for(&email, &name), Err(PasswordError::Personal), "{text}");
        }
        assert_eq!(choose("augusta ada queen").unwrap().fit_for(&email, &name), Ok(()));
    }

    #[test]
    fn given_two_ways_to_type_a_letter_when_read_then_they_are_one_password() {
        let composed = choose("caf\u{e9} au lait").unwrap();
        let decomposed = choose("cafe\u{301} au lait").unwrap();
        assert_eq!(composed.0.expose_secret(), decomposed.0.expose_secret());
    }

    #[test]
    fn given_a_text_that_grows_when_normalised_then_the_limit_still_holds() {
        assert_eq!(choose(&"\u{fdfa}".repeat(128)).unwrap_err(), PasswordError::TooLong);
    }

    #[test]
    fn given_a_short_password_at_login_when_read_then_it_is_only_wrong() {
        assert!(GivenPassword::read(&"x".into()).is_ok());
    }

    #[test]
    fn given_secrets_when_debugged_then_they_do_not_show() {
        let password = choose("correct horse battery").unwrap();
        let shown =
            format!("{password:?} {:?} {:?}", GivenPassword::from(password.clone()), PasswordHash::from_phc("$x$"));
        assert_eq!(shown, "Password([redacted]) GivenPassword([redacted]) PasswordHash([redacted])");
    }
}
