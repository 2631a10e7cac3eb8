//! `PATCH /v1/me`

use rialto_http::{Caller, Problem, Request, Response, Shopper, code, respond};

use super::show_me::Me;
use crate::domain::ProfileChange;
use crate::store::Users;

/// Changes name, phone and preferences; what is absent stays as it is.
#[utoipa::path(
    patch, path = "/v1/me", operation_id = "identity-change-me", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(("If-Match" = String, Header, description = "The `ETag` that was read")),
    request_body = ProfileChange,
    responses((status = 200, description = "The account and profile", body = Me), (status = 404, description = "`NOT_FOUND`: the account is erased")),
)]
pub async fn change_me(users: &Users, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let change: ProfileChange = request.json()?;
    let wanted = request.required_if_match()?;
    let user = users.find(caller.user_id).await?.ok_or_else(Problem::not_found)?;
    wanted.admit(user.profile.version)?;
    let edited = user.edited(change);
    if !users.save_profile(&edited).await? {
        return Err(Problem::of(code::PRECONDITION_FAILED));
    }
    Ok(respond::ok(&Me::from(&edited))?.etag(edited.profile.version))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_http::testing::request;
    use rialto_kernel::{SessionId, UserId};
    use serde_json::json;

    use super::super::show_me;
    use super::super::testing::{json_of, registered, users};
    use super::*;

    fn caller(user_id: UserId) -> Shopper {
        Shopper { user_id, session_id: SessionId::named(&["s"]) }
    }

    #[tokio::test]
    async fn given_two_edits_from_one_version_when_sent_at_once_then_one_wins_and_the_other_is_412() {
        let users = users();
        let ada = registered(&users, "ada@example.com").await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..8 {
            let users = users.clone();
            tasks.spawn(async move {
                let body = json!({"name": format!("Ada {n}"), "preferences": {"currency": "EUR"}});
                let edit = request("PATCH", "/v1/me").json(&body).header("if-match", "\"0\"").build();
                change_me(&users, caller(ada), edit).await.map_err(|problem| problem.code())
            });
        }
        let outcomes = tasks.join_all().await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(
            outcomes
                .iter()
                .all(|outcome| outcome.as_ref().map_or_else(|code| *code == code::PRECONDITION_FAILED, |_| true))
        );
        let me = show_me(&users, caller(ada), request("GET", "/v1/me").build()).await.unwrap();
        assert_eq!(
            (me.headers()["etag"].to_str().unwrap(), &json_of(&me)["preferences"]["currency"]),
            ("\"1\"", &json!("EUR"))
        );
        assert_eq!(json_of(&me)["email"], "ada@example.com");
    }

    #[tokio::test]
    async fn given_an_edit_of_what_is_not_the_persons_when_sent_then_it_is_refused() {
        let users = users();
        let ada = registered(&users, "ada@example.com").await;
        for (body, code) in [
            (json!({"roles": ["operator"]}), code::INVALID_BODY),
            (json!({"email": "eve@example.com"}), code::INVALID_BODY),
            (json!({"preferences": {"currency": "XXZ"}}), code::INVALID_VALUE),
            (json!({"preferences": {"notifications": {"orders": ["pigeon"]}}}), code::INVALID_VALUE),
            (json!({"phone": "1"}), code::INVALID_VALUE),
        ] {
            let edit = request("PATCH", "/v1/me").json(&body).header("if-match", "*").build();
            assert_eq!(change_me(&users, caller(ada), edit).await.unwrap_err().code(), code, "{body}");
        }
        let edit = request("PATCH", "/v1/me").json(&json!({})).build();
        assert_eq!(change_me(&users, caller(ada), edit).await.unwrap_err().code(), code::PRECONDITION_REQUIRED);
        let edit = request("PATCH", "/v1/me").json(&json!({})).header("if-match", "*").build();
        let nobody = caller(UserId::named(&["nobody"]));
        assert_eq!(change_me(&users, nobody, edit).await.unwrap_err().code(), code::NOT_FOUND);
    }
}
