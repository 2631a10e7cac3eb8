//! `POST /v1/users/verify-email`

use rialto_http::{Anyone, Caller, Problem, Request, Response, respond};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Error;
use crate::domain::{MailToken, Purpose};
use crate::store::Mails;

/// What the mail said.
#[derive(Debug, Deserialize, ToSchema)]
pub struct VerifyEmail {
    /// The token of the link.
    #[schema(value_type = String, max_length = 256)]
    token: SecretString,
}

/// Verifies an e-mail by the token of a mail, which is good once, for 24 hours, while the e-mail is the account's.
#[utoipa::path(
    post, path = "/v1/users/verify-email", operation_id = "identity-verify-email", tag = "identity",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    request_body = VerifyEmail,
    responses((status = 204, description = "Verified"), (status = 422, description = "`INVALID_MAIL_TOKEN`")),
)]
pub async fn verify_email(mails: &Mails, _: Anyone, request: Request) -> Result<Response, Problem> {
    let given: VerifyEmail = request.json()?;
    let now = request.now();
    let token = MailToken::parse(given.token.expose_secret()).ok_or(Error::InvalidMailToken)?;
    let holder = mails.holder(&token, Purpose::VerifyEmail, now).await?.ok_or(Error::InvalidMailToken)?;
    if !mails.verify_email(&token, &holder, now).await? {
        return Err(Error::InvalidMailToken.into());
    }
    tracing::info!(user.id = %holder.id, "e-mail verified");
    Ok(respond::no_content())
}
