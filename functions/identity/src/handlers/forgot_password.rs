//! `POST /v1/passwords/forgot`

use rialto_events::Envelope;
use rialto_events::types::PasswordResetRequested;
use rialto_http::{Anyone, Caller, Problem, Request, Response, StatusCode, respond};
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Error;
use crate::domain::{Email, Purpose};
use crate::store::{Mails, Users};

/// What asking for a mail needs: the accounts and the mails.
#[derive(Debug)]
pub struct AskForMail {
    pub(super) users: Users,
    pub(super) mails: Mails,
}

/// Whose password was forgotten.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ForgotPassword {
    /// As registered.
    email: Email,
}

/// The same for everybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct Asked {
    /// Always `ACCEPTED`.
    #[schema(example = "ACCEPTED")]
    status: &'static str,
}

impl AskForMail {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self { users: Users::of(context)?, mails: Mails::of(context)? })
    }
}

/// 202: a mail will come, if there is anyone to get it.
pub(super) fn asked() -> Result<Response, Problem> {
    respond::json(StatusCode::ACCEPTED, &Asked { status: "ACCEPTED" })
}

/// Sends a mail with a token for a new password, if the e-mail has an account. The answer and the work are the same
/// if it has none.
#[utoipa::path(
    post, path = "/v1/passwords/forgot", operation_id = "identity-forgot-password", tag = "identity",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    request_body = ForgotPassword,
    responses((status = 202, description = "Accepted", body = Asked)),
)]
pub async fn forgot_password(state: &AskForMail, _: Anyone, request: Request) -> Result<Response, Problem> {
    let given: ForgotPassword = request.json()?;
    request.mail_attempt(given.email.as_str()).await?;
    let now = request.now();
    let found = state.users.find_by_email(&given.email).await?.map(|user| user.id);
    let id = found.unwrap_or_else(|| Users::nobody(&given.email));
    let version = u64::try_from(now.as_millisecond()).unwrap_or_default();
    let news = Envelope::of(&PasswordResetRequested { user_id: id }, id, version, now).map_err(Error::from)?;
    state.mails.ask(id, Purpose::ResetPassword, found.map(|_| news), now).await?;
    asked()
}
