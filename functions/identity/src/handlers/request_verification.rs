//! `POST /v1/me/verification-mail`

use rialto_events::Envelope;
use rialto_events::types::EmailVerificationRequested;
use rialto_http::{Caller, Problem, Request, Response, Shopper};

use super::AskForMail;
use super::forgot_password::{Asked, asked};
use crate::Error;
use crate::domain::Purpose;

/// Sends the mail that verifies the person's e-mail once more. None comes if it is verified. Mails to one account are limited,
/// whichever they are.
#[utoipa::path(
    post, path = "/v1/me/verification-mail", operation_id = "identity-request-verification", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    responses((status = 202, description = "Accepted", body = Asked)),
)]
pub async fn request_verification(state: &AskForMail, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let (id, now) = (caller.user_id, request.now());
    let user = state.users.find(id).await?.ok_or(Error::SessionEnded)?;
    if !user.email_verified {
        request.mail_attempt(user.email.as_str()).await?;
        let version = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let news = Envelope::of(&EmailVerificationRequested { user_id: id }, id, version, now).map_err(Error::from)?;
        state.mails.ask(id, Purpose::VerifyEmail, Some(news), now).await?;
    }
    asked()
}
