//! `POST /v1/passwords/reset`

use rialto_http::{Anyone, Caller, Fault, Problem, Request, Response, respond};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Error;
use crate::crypto::hash_password;
use crate::domain::{MailToken, Password, Purpose};
use crate::store::Mails;

/// What the mail said, and the new password.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ResetPassword {
    /// The token of the link.
    #[schema(value_type = String, max_length = 256)]
    token: SecretString,
    /// 10 to 128 characters, not a common one, not one's e-mail or name.
    password: Password,
}

/// Sets a new password by the token of a mail, which is good once, for an hour, while e-mail and password are what they
/// were. Ends all sessions of the person.
#[utoipa::path(
    post, path = "/v1/passwords/reset", operation_id = "identity-reset-password", tag = "identity",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    request_body = ResetPassword,
    responses((status = 204, description = "Set"), (status = 422, description = "`INVALID_MAIL_TOKEN`")),
)]
pub async fn reset_password(mails: &Mails, _: Anyone, request: Request) -> Result<Response, Problem> {
    let given: ResetPassword = request.json()?;
    let now = request.now();
    let token = MailToken::parse(given.token.expose_secret()).ok_or(Error::InvalidMailToken)?;
    let holder = mails.holder(&token, Purpose::ResetPassword, now).await?.ok_or(Error::InvalidMailToken)?;
    let fit = given.password.fit_for(&holder.email, &holder.name);
    fit.map_err(|error| Problem::invalid("/password", Fault::NotAllowed, error.to_string()))?;
    let hash = hash_password(given.password.into()).await?;
    if !mails.reset_password(&token, &holder, &hash, now).await? {
        return Err(Error::InvalidMailToken.into());
    }
    // Guessing by others must not keep out who has the mailbox.
    request.source_is_known(holder.email.as_str()).await;
    tracing::info!(user.id = %holder.id, "password reset");
    Ok(respond::no_content())
}
