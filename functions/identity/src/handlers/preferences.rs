//! `GET` and `PUT /v1/me/preferences`

use rialto_http::{Caller, Problem, Request, Response, Shopper, code, respond};

use crate::domain::Preferences;
use crate::store::Users;

/// The caller's preferences, with the profile's version in `ETag`.
#[utoipa::path(
    get, path = "/v1/me/preferences", operation_id = "identity-show-preferences", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    responses((status = 200, description = "The preferences", body = Preferences), (status = 404, description = "`NOT_FOUND`: the account is erased")),
)]
pub async fn show_preferences(users: &Users, caller: Shopper, _: Request) -> Result<Response, Problem> {
    let user = users.find(caller.user_id).await?.ok_or_else(Problem::not_found)?;
    Ok(respond::ok(&user.profile.preferences)?.etag(user.profile.version))
}

/// Replaces the caller's preferences; what is absent becomes the default. `PATCH /v1/me` changes single ones.
#[utoipa::path(
    put, path = "/v1/me/preferences", operation_id = "identity-set-preferences", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(("If-Match" = String, Header, description = "The `ETag` that was read")),
    request_body = Preferences,
    responses((status = 200, description = "The preferences", body = Preferences), (status = 404, description = "`NOT_FOUND`: the account is erased")),
)]
pub async fn set_preferences(users: &Users, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let preferences: Preferences = request.json()?;
    let wanted = request.required_if_match()?;
    let user = users.find(caller.user_id).await?.ok_or_else(Problem::not_found)?;
    wanted.admit(user.profile.version)?;
    let edited = user.preferring(preferences);
    if !users.save_profile(&edited).await? {
        return Err(Problem::of(code::PRECONDITION_FAILED));
    }
    Ok(respond::ok(&edited.profile.preferences)?.etag(edited.profile.version))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_http::testing::request;
    use rialto_kernel::SessionId;
    use serde_json::json;

    use super::super::testing::{json_of, registered, users};
    use super::*;

    #[tokio::test]
    async fn given_preferences_when_replaced_then_what_is_absent_is_the_default_and_an_old_version_is_412() {
        let users = users();
        let ada = registered(&users, "ada@example.com").await;
        let caller = || Shopper { user_id: ada, session_id: SessionId::named(&["s"]) };
        let put = |body: &serde_json::Value, version: &str| {
            request("PUT", "/v1/me/preferences").json(body).header("if-match", version).build()
        };
        let first = json!({"language": "de", "currency": "EUR", "notifications": {"offers": ["push"]}});
        set_preferences(&users, caller(), put(&first, "\"0\"")).await.unwrap();
        let second = set_preferences(&users, caller(), put(&json!({"language": "fr"}), "\"1\"")).await.unwrap();
        let shown = show_preferences(&users, caller(), request("GET", "/v1/me/preferences").build()).await.unwrap();
        assert_eq!((json_of(&shown), &shown.headers()["etag"]), (json_of(&second), &second.headers()["etag"]));
        assert_eq!((&json_of(&shown)["language"], json_of(&shown).get("currency")), (&json!("fr"), None));
        assert_eq!(json_of(&shown)["notifications"]["offers"], json!([]));
        let late = set_preferences(&users, caller(), put(&first, "\"1\"")).await.unwrap_err();
        assert_eq!(late.code(), code::PRECONDITION_FAILED);
    }
}
