//! `PUT /v1/me/password`

use rialto_http::{Caller, Fault, Problem, Request, Response, Shopper, respond};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Devices;
use crate::Error;
use crate::crypto::{Verdict, hash_password, verify_password};
use crate::domain::{GivenPassword, Password};

/// The password so far and the one from now on.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangePassword {
    /// The one so far.
    old: GivenPassword,
    /// The one from now on: 10 to 128 characters, not a common one, not one's e-mail or name.
    new: Password,
}

/// Changes the password and ends all other sessions of the person.
#[utoipa::path(
    put, path = "/v1/me/password", operation_id = "identity-change-password", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    request_body = ChangePassword,
    responses((status = 204, description = "Changed"), (status = 422, description = "`WRONG_PASSWORD`")),
)]
pub async fn change_password(state: &Devices, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let given: ChangePassword = request.json()?;
    let user = state.users.find(caller.user_id).await?.ok_or(Error::SessionEnded)?;
    let attempt = request.password_attempt(&whose(&caller)).await?;
    if verify_password(given.old, Some(user.password_hash.clone())).await? == Verdict::Wrong {
        return Err(Error::WrongPassword.into());
    }
    attempt.succeeded().await;
    let fit = given.new.fit_for(&user.email, &user.name);
    fit.map_err(|error| Problem::invalid("/new", Fault::NotAllowed, error.to_string()))?;
    let hash = hash_password(given.new.into()).await?;
    state.sessions.change_password(&user, caller.session_id, &hash).await?;
    tracing::info!(user.id = %user.id, "password changed");
    Ok(respond::no_content())
}

/// Whose tries at the password of an account they are logged in to are counted together: those of one session.
pub(super) fn whose(caller: &Shopper) -> String {
    format!("{} {}", caller.user_id, caller.session_id)
}
