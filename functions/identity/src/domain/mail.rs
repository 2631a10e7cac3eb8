//! Mails that ask a person to show that an address is theirs.

use std::fmt;

use rialto_kernel::{SignedDuration, UserId};

use super::Email;
use super::secret::Secret;

/// What a mail's token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To say that the e-mail is the person's.
    VerifyEmail,
    /// To choose a new password.
    ResetPassword,
}

impl Purpose {
    /// How long its tokens are good.
    #[must_use]
    pub fn life(self) -> SignedDuration {
        match self {
            Self::VerifyEmail => SignedDuration::from_hours(24),
            Self::ResetPassword => SignedDuration::from_hours(1),
        }
    }
}

/// The token in a mail: whose it is, in the clear, and a secret. `Debug` shows only whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct MailToken {
    /// The person.
    pub user_id: UserId,
    /// What only the mail says.
    pub secret: Secret,
}

impl MailToken {
    /// Reads what a client sent; `None` when it cannot be a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (user_id, secret) = text.split_once('.')?;
        Some(Self { user_id: user_id.parse().ok()?, secret: Secret::parse(secret)? })
    }

    /// The text, for the mail.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{}.{}", self.user_id, self.secret.expose())
    }
}

impl fmt::Debug for MailToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailToken({})", self.user_id)
    }
}

/// A mail as it is sent, plain text. Nothing in it was written by a visitor: a name there would let anyone send
/// their words to anyone in ours.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: Email,
    /// The subject.
    pub subject: &'static str,
    /// The text.
    pub text: String,
}

impl Mail {
    /// The mail that brings a token. The link's token is behind `#`, which browsers send to no server.
    #[must_use]
    pub fn with_token(to: Email, purpose: Purpose, token: &MailToken, web_address: &str) -> Self {
        let token = token.expose();
        let (subject, text) = match purpose {
            Purpose::VerifyEmail => (
                "Is this your e-mail address?",
                format!(
                    "Open this link to say that this is your e-mail address. It works once, for 24 hours.\n\n\
                     {web_address}/verify-email#token={token}\n\n\
                     If you made no account with Rialto, do nothing.\n"
                ),
            ),
            Purpose::ResetPassword => (
                "A new password",
                format!(
                    "Open this link to choose a new password. It works once, for one hour.\n\n\
                     {web_address}/reset-password#token={token}\n\n\
                     If you did not ask for this, do nothing: your password stays as it is.\n"
                ),
            ),
        };
        Self { to, subject, text }
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mail({})", self.subject)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn token() -> MailToken {
        MailToken { user_id: UserId::named(&["ada"]), secret: Secret::new([3; 32]) }
    }

    #[test]
    fn given_a_token_when_written_and_read_then_it_is_the_same_and_nothing_else_is_one() {
        let text = token().expose();
        assert_eq!(MailToken::parse(&text), Some(token()));
        for text in ["", ".", &text[..79], &format!("{text}="), &text.replace("usr", "ses")] {
            assert_eq!(MailToken::parse(text), None, "{text}");
        }
    }

    #[test]
    fn given_a_mail_when_written_then_the_link_has_the_token_behind_the_hash_and_debug_shows_neither() {
        let to = Email::parse("ada@example.com").unwrap();
        for purpose in [Purpose::VerifyEmail, Purpose::ResetPassword] {
            let mail = Mail::with_token(to.clone(), purpose, &token(), "https://shop.example");
            assert!(mail.text.contains(&format!("#token={}\n", token().expose())), "{}", mail.text);
            let shown = format!("{mail:?} {:?}", token());
            assert!(!shown.contains("example.com") && !shown.contains(&token().secret.expose()), "{shown}");
        }
    }
}
