//! What identity can fail with, and what each failure is called outside.

use rialto_http::{Problem, code, header};
use rialto_lambda::{StepError, UNAVAILABLE};
use thiserror::Error as ThisError;

use crate::store::MOST_ADDRESSES;

/// A failure of identity.
#[derive(Debug, ThisError)]
pub enum Error {
    /// The e-mail has an account: 409.
    #[error("the e-mail has an account")]
    EmailTaken,
    /// E-mail or password is wrong: 401, the same for both.
    #[error("e-mail or password is wrong")]
    InvalidCredentials,
    /// The refresh token is unknown, expired, revoked or used before: 401.
    #[error("the refresh token is worth nothing")]
    InvalidRefreshToken,
    /// The refresh token was replaced a moment ago: 409.
    #[error("the refresh token was just used")]
    RefreshSuperseded,
    /// The session of the access token has ended: 401.
    #[error("the session has ended")]
    SessionEnded,
    /// The token of a mail is unknown, expired, spent, or of an e-mail or password since changed: 422.
    #[error("the token from the mail is worth nothing")]
    InvalidMailToken,
    /// The old password is wrong: 422.
    #[error("the old password is wrong")]
    WrongPassword,
    /// No such address, or another person's.
    #[error("there is no such address")]
    AddressNotFound,
    /// The person keeps as many addresses as they can.
    #[error("there are as many addresses as there can be")]
    TooManyAddresses,
    /// No account has the e-mail.
    #[error("there is no such person")]
    UserNotFound,
    /// The account's e-mail may be somebody else's: nobody has shown it to be theirs.
    #[error("the e-mail is not verified")]
    EmailNotVerified,
    /// The person was changed by others at each try: 503.
    #[error("the person is being changed by others")]
    Contention,
    /// A password could not be hashed, or a stored hash not be read.
    #[error("a password could not be hashed or its hash not be read")]
    Hash,
    /// A key could not be made or read, or nothing be signed with it. Says nothing of the key.
    #[error("the signing key could not be made, read or used")]
    SigningKey,
    /// No signing key has been made for this stage.
    #[error("there is no signing key: invoke identity-rotate-signing-key once")]
    NoSigningKey,
    /// Secrets Manager or the Parameter Store failed.
    #[error("the vault failed")]
    Vault(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The mail service failed.
    #[error("the mail service failed: {0}")]
    Mail(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An event could not be written or read.
    #[error("a malformed event")]
    Event(#[from] rialto_events::MalformedEvent),
    /// The export bucket failed.
    #[error(transparent)]
    Archives(#[from] rialto_person::ArchivesError),
    /// An archive could not be packed.
    #[error("an archive could not be packed")]
    Archive(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The table failed.
    #[error("the table failed")]
    Table(#[from] rialto_dynamo::Error),
}

impl Error {
    pub(crate) fn vault(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Vault(Box::new(cause))
    }

    pub(crate) fn archive(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Archive(Box::new(cause))
    }

    pub(crate) fn mail(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Mail(Box::new(cause))
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::EmailTaken => Self::of(code::EMAIL_TAKEN),
            Error::InvalidCredentials => {
                Self::of(code::INVALID_CREDENTIALS).header(header::WWW_AUTHENTICATE, r#"Bearer realm="rialto""#)
            }
            Error::TooManyAddresses => Self::of(code::LIMIT_REACHED).with("limit", MOST_ADDRESSES),
            Error::InvalidRefreshToken => {
                Self::of(code::INVALID_REFRESH_TOKEN).header(header::WWW_AUTHENTICATE, r#"Bearer realm="rialto""#)
            }
            Error::RefreshSuperseded => Self::of(code::REFRESH_SUPERSEDED),
            Error::SessionEnded => Self::of(code::INVALID_TOKEN)
                .detail("the session has ended")
                .header(header::WWW_AUTHENTICATE, r#"Bearer realm="rialto", error="invalid_token""#),
            Error::InvalidMailToken => Self::of(code::INVALID_MAIL_TOKEN),
            Error::WrongPassword => Self::of(code::WRONG_PASSWORD),
            Error::AddressNotFound | Error::UserNotFound => Self::not_found(),
            Error::EmailNotVerified => Self::of(code::CONFLICT).detail("the e-mail is not verified"),
            Error::Contention | Error::NoSigningKey | Error::Vault(_) | Error::Mail(_) | Error::Archives(_) => {
                Self::unavailable(error)
            }
            Error::Hash | Error::SigningKey | Error::Event(_) | Error::Archive(_) => Self::internal(error),
            Error::Table(error) => error.into(),
        }
    }
}

impl StepError for Error {
    fn name(&self) -> &'static str {
        match self {
            Self::AddressNotFound => "AddressNotFound",
            Self::UserNotFound => "UserNotFound",
            Self::EmailNotVerified => "EmailNotVerified",
            _ => UNAVAILABLE,
        }
    }
}
