//! `POST /v1/users`

use rialto_http::{Anyone, Caller, Fault, Problem, Request, Response, StatusCode, code, idempotency, respond};
use rialto_kernel::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Error;
use crate::crypto::{Verdict, hash_password, verify_password};
use crate::domain::{Email, GivenPassword, Name, Password, PasswordHash, User, UserView};
use crate::store::{Registered, Users};

/// Who wants an account.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RegisterUser {
    /// Unique among all accounts; capital letters make no difference.
    email: Email,
    /// Any characters; but not a common password, nor the e-mail or the name.
    password: Password,
    /// What to call the person.
    name: Name,
}

/// What a repeated request has in common with the first, apart from the password, of which nothing is kept but the
/// account's own hash.
#[derive(Serialize)]
struct Told<'a> {
    email: &'a Email,
    name: &'a Name,
}

/// Makes an account for a shopper. An e-mail has at most one. A mail comes with a token that verifies the e-mail; logging
/// in does not wait for it.
#[utoipa::path(
    post, path = "/v1/users", operation_id = "identity-register-user", tag = "identity",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    params(idempotency::Accepted),
    request_body = RegisterUser,
    responses(
        (status = 201, description = "The account", body = UserView),
        (status = 409, description = "`EMAIL_TAKEN`"),
    ),
)]
pub async fn register_user(users: &Users, _: Anyone, request: Request) -> Result<Response, Problem> {
    let wanted: RegisterUser = request.json()?;
    let fit = wanted.password.fit_for(&wanted.email, &wanted.name);
    fit.map_err(|error| Problem::invalid("/password", Fault::NotAllowed, error.to_string()))?;
    let (now, email, password) = (request.now(), wanted.email.clone(), GivenPassword::from(wanted.password.clone()));
    request.register_attempt(email.as_str()).await?;
    let told = Told { email: &email, name: &wanted.name.clone() };
    let id = UserId::draw();
    let effect = |id| register(users, id, wanted, now);
    let response =
        idempotency::perform_with_secret_if_keyed(users.table(), &request, &told, email.as_str(), id, effect).await?;
    if response.status() == StatusCode::CREATED && response.headers().contains_key("idempotent-replayed") {
        let hash = users.find_by_email(&email).await?.map(|user| user.password_hash);
        same_password(password, hash).await?;
    }
    Ok(response)
}

async fn register(users: &Users, id: UserId, wanted: RegisterUser, now: Timestamp) -> Result<Response, Problem> {
    let password = GivenPassword::from(wanted.password);
    let hash = hash_password(password.clone()).await?;
    let user = User::register(id, wanted.email, wanted.name, hash, now);
    let user = match users.register(&user).await? {
        Registered::New => user,
        // An earlier run of this request made it and did not come to answer.
        Registered::Before(before) => {
            same_password(password, Some(before.password_hash.clone())).await?;
            *before
        }
        Registered::Taken => return Err(Error::EmailTaken.into()),
    };
    tracing::info!(user.id = %user.id, "user registered");
    respond::created("/v1/me", &UserView::from(&user))
}

/// That a repeated request has the password of the account that the first made; else it is another request.
async fn same_password(password: GivenPassword, hash: Option<PasswordHash>) -> Result<(), Problem> {
    match verify_password(password, hash).await? {
        Verdict::Wrong => Err(Problem::of(code::IDEMPOTENCY_MISMATCH)),
        Verdict::Right | Verdict::Outdated => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_dynamo::{Fault, Faults, Table};
    use rialto_http::testing::{RequestBuilder, request};
    use rialto_kernel::SignedDuration;
    use serde_json::{Value, json};

    use super::super::testing::{PASSWORD, json_of, registered, users};
    use super::*;

    fn wanted(email: &str, password: &str) -> RequestBuilder {
        post(&json!({"email": email, "password": password, "name": "Ada"}))
    }

    fn post(body: &Value) -> RequestBuilder {
        request("POST", "/v1/users").json(body)
    }

    async fn register(users: &Users, request: RequestBuilder) -> Result<Response, Problem> {
        register_user(users, Anyone, request.build()).await
    }

    #[tokio::test]
    async fn given_a_new_email_when_registered_then_201_with_the_person_and_no_secret() {
        let response = register(&users(), wanted("Ada@Example.com", PASSWORD)).await.unwrap();
        assert_eq!(response.status(), 201);
        let user = json_of(&response);
        assert_eq!((user["email"].as_str(), &user["roles"]), (Some("ada@example.com"), &json!(["shopper"])));
        assert_eq!((&user["createdAt"], &user["emailVerified"]), (&json!("1970-01-01T00:00:00Z"), &json!(false)));
        assert_eq!(response.headers()["location"], "/v1/me");
        assert!(!user.to_string().contains("argon2"));
    }

    #[tokio::test]
    async fn given_a_known_email_when_registered_again_then_409() {
        let users = users();
        registered(&users, "ada@example.com").await;
        let problem = register(&users, wanted("ADA@example.com", "another password")).await.unwrap_err();
        assert_eq!(problem.code(), code::EMAIL_TAKEN);
    }

    #[tokio::test]
    async fn given_bad_input_when_registered_then_the_problem_says_what_and_nothing_is_written() {
        let users = users();
        for (body, expected) in [
            (json!({"email": "ada@example.com", "password": "short", "name": "Ada"}), code::INVALID_VALUE),
            (json!({"email": "ada@example.com", "password": "a".repeat(129), "name": "Ada"}), code::INVALID_VALUE),
            (json!({"email": "ada@example.com", "password": "Password123", "name": "Ada"}), code::INVALID_VALUE),
            (
                json!({"email": "ada.lovelace@example.com", "password": "ada.Lovelace", "name": "Ada"}),
                code::INVALID_VALUE,
            ),
            (json!({"email": "nobody", "password": PASSWORD, "name": "Ada"}), code::INVALID_VALUE),
            (json!({"email": "ada@example.com", "password": PASSWORD, "name": " "}), code::INVALID_VALUE),
            (json!({"email": "ada@example.com", "password": PASSWORD}), code::INVALID_VALUE),
            (json!({"email": "ada@example.com", "password": 1234567890, "name": "Ada"}), code::INVALID_BODY),
            (
                json!({"email": "a@b.co", "password": PASSWORD, "name": "Ada", "roles": ["operator"]}),
                code::INVALID_BODY,
            ),
        ] {
            let problem = register(&users, post(&body)).await.unwrap_err();
            assert_eq!(problem.code(), expected, "{body}");
        }
        assert!(rialto_dynamo::testing::items(users.table()).await.unwrap().is_empty());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn given_twenty_requests_for_one_email_at_once_then_one_account_is_made_and_19_get_409() {
        let users = users();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let users = users.clone();
            tasks.spawn(async move { register(&users, wanted("ada@example.com", PASSWORD)).await });
        }
        let outcomes = tasks.join_all().await;
        let made = outcomes.iter().filter(|outcome| outcome.as_ref().is_ok_and(|response| response.status() == 201));
        let taken =
            outcomes.iter().filter(|outcome| matches!(outcome, Err(problem) if problem.code() == code::EMAIL_TAKEN));
        assert_eq!((made.count(), taken.count()), (1, 19));
        assert_eq!(rialto_dynamo::testing::items(users.table()).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn given_a_key_when_the_request_is_repeated_then_the_answer_is_too_and_another_password_is_422() {
        let users = users();
        let keyed = |password| wanted("ada@example.com", password).header("idempotency-key", "5f0c2a7e");
        let first = register(&users, keyed(PASSWORD)).await.unwrap();
        let second = register(&users, keyed(PASSWORD)).await.unwrap();
        assert_eq!(first.body(), second.body());
        assert_eq!(second.headers()["idempotent-replayed"], "true");
        let problem = register(&users, keyed("another password")).await.unwrap_err();
        assert_eq!(problem.code(), code::IDEMPOTENCY_MISMATCH);
    }

    #[tokio::test]
    async fn given_a_key_that_a_stranger_uses_when_another_registers_then_neither_meets_the_other() {
        let users = users();
        let keyed = |email| wanted(email, PASSWORD).header("idempotency-key", "1");
        let first = register(&users, keyed("ada@example.com")).await.unwrap();
        let second = register(&users, keyed("bob@example.com")).await.unwrap();
        assert_eq!((first.status(), second.status()), (StatusCode::CREATED, StatusCode::CREATED));
        assert!(!second.headers().contains_key("idempotent-replayed"));
    }

    #[tokio::test]
    async fn given_two_passwords_under_one_key_when_the_rows_are_compared_then_the_key_says_nothing_of_them() {
        let mut rows = Vec::new();
        for password in [PASSWORD, "another password"] {
            let users = users();
            register(&users, wanted("ada@example.com", password).header("idempotency-key", "k")).await.unwrap();
            let items = rialto_dynamo::testing::items(users.table()).await.unwrap();
            let kept = items.iter().find(|item| item["pk"].as_s().is_ok_and(|pk| pk.starts_with("IDEM#"))).unwrap();
            rows.push((kept["pk"].clone(), kept["fingerprint"].clone()));
        }
        assert_eq!(rows[0], rows[1]);
    }

    #[tokio::test]
    async fn given_a_death_after_the_account_was_made_when_repeated_then_it_is_the_same_account() {
        // The third write would store the answer.
        let faults = Faults::new().at(3, Fault::NotApplied);
        let users = Users::new(Table::in_memory("identity").with_faults(faults));
        let keyed = || wanted("ada@example.com", PASSWORD).header("idempotency-key", "5f0c2a7e");
        let first = register(&users, keyed()).await.unwrap();
        let later = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(1);
        let second = register(&users, keyed().at(later)).await.unwrap();
        assert_eq!((second.status(), first.body()), (StatusCode::CREATED, second.body()));
    }

    #[tokio::test]
    async fn given_a_death_after_the_account_was_made_when_repeated_with_another_password_then_it_is_another_request() {
        let faults = Faults::new().at(3, Fault::NotApplied);
        let users = Users::new(Table::in_memory("identity").with_faults(faults));
        let keyed = |password| wanted("ada@example.com", password).header("idempotency-key", "5f0c2a7e");
        register(&users, keyed(PASSWORD)).await.unwrap();
        let later = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(1);
        let problem = register(&users, keyed("another password").at(later)).await.unwrap_err();
        assert_eq!(problem.code(), code::IDEMPOTENCY_MISMATCH);
    }
}
