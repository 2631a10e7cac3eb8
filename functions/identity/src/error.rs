//! What identity can fail with, and what each failure is called outside.

use rialto_http::{Problem, code, header};
use rialto_lambda::{StepError, UNAVAILABLE};
use thiserror::Error as ThisError;

/// A failure of identity.
#[derive(Debug, ThisError)]
pub enum Error {
    /// The e-mail has an account: 409.
    #[error("the e-mail has an account")]
    EmailTaken,
    /// E-mail or password is wrong: 401, the same for both.
    #[error("e-mail or password is wrong")]
    InvalidCredentials,
    /// No such address, or another person's.
    #[error("there is no such address")]
    AddressNotFound,
    /// No account has the e-mail.
    #[error("there is no such person")]
    UserNotFound,
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
    /// The table failed.
    #[error("the table failed")]
    Table(#[from] rialto_dynamo::Error),
}

impl Error {
    pub(crate) fn vault(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Vault(Box::new(cause))
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::EmailTaken => Self::of(code::EMAIL_TAKEN),
            Error::InvalidCredentials => {
                Self::of(code::INVALID_CREDENTIALS).header(header::WWW_AUTHENTICATE, r#"Bearer realm="rialto""#)
            }
            Error::AddressNotFound | Error::UserNotFound => Self::not_found(),
            Error::Contention | Error::NoSigningKey | Error::Vault(_) => Self::unavailable(error),
            Error::Hash | Error::SigningKey => Self::internal(error),
            Error::Table(error) => error.into(),
        }
    }
}

impl StepError for Error {
    fn name(&self) -> &'static str {
        match self {
            Self::AddressNotFound => "AddressNotFound",
            Self::UserNotFound => "UserNotFound",
            _ => UNAVAILABLE,
        }
    }
}
