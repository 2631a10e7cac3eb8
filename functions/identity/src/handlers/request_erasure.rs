//! `POST /v1/me/erasure`

use rialto_http::{Caller, Problem, Request, Response, Shopper, code, respond};
use rialto_kernel::{ErasureId, SignedDuration};
use rialto_lambda::{Context, InitError};
use serde::Deserialize;
use utoipa::ToSchema;

use super::change_password::whose;
use super::erase_person::again_after;
use crate::Error;
use crate::crypto::{Verdict, verify_password};
use crate::domain::{GivenPassword, Role};
use crate::store::{Erasure, Erasures, Users};

/// What the erasure of an account needs.
#[derive(Debug)]
pub struct RequestErasure {
    users: Users,
    erasures: Erasures,
    /// After how long the services look again.
    again_after: SignedDuration,
}

impl RequestErasure {
    /// # Errors
    /// When a setting is missing, or `ERASURE_AGAIN_SECONDS` is no number.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self::new(Users::of(context)?, Erasures::of(context)?, again_after()?))
    }

    pub(super) fn new(users: Users, erasures: Erasures, again_after: SignedDuration) -> Self {
        Self { users, erasures, again_after }
    }
}

/// That it is really the person.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ConfirmErasure {
    /// Their password.
    password: GivenPassword,
}

/// Erases the account and, everywhere, the person's data.
///
/// At once the e-mail is free, nobody can log in and no session goes on. Addresses, payment methods, cart and exports are
/// removed; orders lose name and address and keep what the records of sales must hold. Answers kept for an
/// `Idempotency-Key` end after a day, and the histories of workflows, where a checkout's address is, after 90 days.
/// `Location` says how far it has come, without a token. Sellers and operators give their role back first.
#[utoipa::path(
    post, path = "/v1/me/erasure", operation_id = "identity-request-erasure", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    request_body = ConfirmErasure,
    responses(
        (status = 202, description = "The account is gone, the rest is going", body = Erasure),
        (status = 404, description = "`NOT_FOUND`"),
        (status = 409, description = "`CONFLICT`: sells, or runs the marketplace"),
        (status = 422, description = "`WRONG_PASSWORD`"),
    ),
)]
pub async fn request_erasure(state: &RequestErasure, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let given: ConfirmErasure = request.json()?;
    let Some(user) = state.users.find(caller.user_id).await? else {
        // The same request again: the token outlives the account by minutes.
        let before = state.erasures.begun_by(caller.user_id).await?.ok_or_else(Problem::not_found)?;
        return respond::accepted(&location(&before), &before);
    };
    let attempt = request.password_attempt(&whose(&caller)).await?;
    if verify_password(given.password, Some(user.password_hash.clone())).await? == Verdict::Wrong {
        return Err(Error::WrongPassword.into());
    }
    attempt.succeeded().await;
    if user.roles.iter().any(|role| *role != Role::Shopper) {
        return Err(Problem::of(code::CONFLICT).detail("Give the role back first: ask the marketplace's operator."));
    }
    let again_at = request.now() + state.again_after;
    let erasure = match state.erasures.begin(&user, ErasureId::draw(), request.now(), again_at).await {
        // Of two at once the other was first.
        Err(Error::Contention) => state.erasures.begun_by(user.id).await?.ok_or(Error::Contention)?,
        outcome => outcome?,
    };
    tracing::info!(user.id = %user.id, "account erased");
    respond::accepted(&location(&erasure), &erasure)
}

/// Erases the account and, everywhere, the person's data
///
/// The same as `POST /v1/me/erasure`.
#[utoipa::path(
    delete, path = "/v1/me", operation_id = "identity-request-erasure-of-me", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME)), ("x-rialto-function" = json!("identity-request-erasure"))),
    request_body = ConfirmErasure,
    responses(
        (status = 202, description = "The account is gone, the rest is going", body = Erasure),
        (status = 404, description = "`NOT_FOUND`"),
        (status = 409, description = "`CONFLICT`: sells, or runs the marketplace"),
        (status = 422, description = "`WRONG_PASSWORD`"),
    ),
)]
#[expect(dead_code, reason = "names the route for the contract; `request_erasure` answers it")]
fn request_erasure_of_me(_: &RequestErasure, _: Shopper, _: Request) {}

fn location(erasure: &Erasure) -> String {
    format!("/v1/erasures/{}", erasure.id)
}

#[cfg(test)]
#[path = "erasure_tests.rs"]
mod tests;
