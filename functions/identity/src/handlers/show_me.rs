//! `GET /v1/me`

use rialto_http::{Caller, Problem, Request, Response, Shopper, respond};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Phone, Preferences, User, UserView};
use crate::store::Users;

/// A person's account and profile.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// The account.
    #[serde(flatten)]
    account: UserView,
    /// For messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    /// How the person wants to be treated.
    preferences: Preferences,
}

impl From<&User> for Me {
    fn from(user: &User) -> Self {
        let profile = user.profile.clone();
        Self { account: user.into(), phone: profile.phone, preferences: profile.preferences }
    }
}

/// The caller's own account and profile, with its version in `ETag`.
#[utoipa::path(
    get, path = "/v1/me", operation_id = "identity-show-me", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    responses((status = 200, description = "The account and profile", body = Me), (status = 404, description = "`NOT_FOUND`: the account is erased")),
)]
pub async fn show_me(users: &Users, caller: Shopper, _: Request) -> Result<Response, Problem> {
    let user = users.find(caller.user_id).await?.ok_or_else(Problem::not_found)?;
    Ok(respond::ok(&Me::from(&user))?.etag(user.profile.version))
}
