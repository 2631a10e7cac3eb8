//! `POST /v1/sessions`

use rand::random;
use rialto_events::Envelope;
use rialto_events::types::GuestLoggedIn;
use rialto_http::{Anyone, Caller, GuestToken, Problem, Request, Response};
use rialto_kernel::{CartId, SessionId, Timestamp};
use rialto_lambda::{Context, InitError};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::tokens::{self, Issuer, Tokens};
use crate::Error;
use crate::crypto::{Verdict, hash_password, verify_password};
use crate::domain::{Email, GivenPassword, Name, RefreshToken, Secret, Session, User};
use crate::store::{Sessions, Users};

/// What logging in needs: the accounts, the sessions and the signing key.
#[derive(Debug)]
pub struct LogIn {
    users: Users,
    sessions: Sessions,
    issuer: Issuer,
}

/// Who wants in.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Credentials {
    /// As registered; capital letters make no difference.
    email: Email,
    /// As registered.
    password: GivenPassword,
    /// What the person calls the device, for the list of sessions.
    device: Option<Name>,
}

/// The cart of the guest who logs in.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "names the header for the contract")]
pub struct GuestCart {
    /// `cartToken` of the guest's cart, which then becomes part of the person's. The cookie `cart` serves as well.
    #[param(rename = "Cart-Token", max_length = 256)]
    cart_token: Option<String>,
}

impl LogIn {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        let (users, sessions) = (Users::of(context)?, Sessions::of(context)?);
        Ok(Self { users, sessions, issuer: Issuer::of(context)? })
    }

    /// The account, if the password is its own. An unknown e-mail costs the same work as a wrong password.
    async fn verified(&self, email: &Email, password: GivenPassword) -> Result<User, Error> {
        let found = self.users.find_by_email(email).await?;
        let hash = found.as_ref().map(|user| user.password_hash.clone());
        let verdict = verify_password(password.clone(), hash).await?;
        let user = found.filter(|_| verdict != Verdict::Wrong).ok_or(Error::InvalidCredentials)?;
        if verdict == Verdict::Outdated {
            self.users.strengthen(&user, &hash_password(password).await?).await?;
        }
        Ok(user)
    }

    /// A session that begins now, of the epoch at which the password was checked: none begins if a new password came between.
    async fn begin(
        &self,
        user: &User,
        device: Option<Name>,
        guest: Option<GuestToken>,
        now: Timestamp,
    ) -> Result<(SessionId, Tokens), Error> {
        let (family, secret) = (Secret::new(random()), Secret::new(random()));
        let token = RefreshToken { user_id: user.id, session_id: SessionId::draw(), family, secret };
        let tokens = self.issuer.issue(user, &token, now).await?;
        let news = guest.map(|guest| guest_logged_in(user, token.session_id, &guest, now)).transpose()?;
        let session = Session::begin(user, &token, device, self.issuer.lives, now);
        self.sessions.begin(&session, news.as_slice()).await?;
        if let Err(error) = self.sessions.end_surplus(user, now).await {
            // The session is there, and the next login looks again.
            tracing::warn!(user.id = %user.id, error = %error, "sessions that are too many could not be ended");
        }
        Ok((token.session_id, tokens))
    }
}

fn guest_logged_in(user: &User, session: SessionId, guest: &GuestToken, now: Timestamp) -> Result<Envelope, Error> {
    let news = GuestLoggedIn { user_id: user.id, cart_id: CartId::of_guest(guest.reveal()) };
    Ok(Envelope::of(&news, session, 1, now)?)
}

/// Logs a person in on a device.
///
/// The access token is good for 15 minutes and is not looked up: ending the session ends its refresh token at once, while
/// an access token lives out its time. The refresh token is good once, for 30 days, and the session at most 180 days. Of more
/// than 50 sessions those used longest ago end. Takes no `Idempotency-Key`, as the answer is a secret.
#[utoipa::path(
    post, path = "/v1/sessions", operation_id = "identity-log-in", tag = "identity",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    params(GuestCart),
    request_body = Credentials,
    responses(
        (status = 201, description = "The session", body = Tokens),
        (status = 401, description = "`INVALID_CREDENTIALS`"),
    ),
)]
pub async fn log_in(state: &LogIn, _: Anyone, request: Request) -> Result<Response, Problem> {
    let given: Credentials = request.json()?;
    let guest = request.guest_token()?;
    state.issuer.key().await?;
    let attempt = request.log_in_attempt(given.email.as_str()).await?;
    let user = state.verified(&given.email, given.password).await?;
    attempt.succeeded().await;
    let (session_id, tokens) = state.begin(&user, given.device, guest, request.now()).await?;
    tracing::info!(user.id = %user.id, session.id = %session_id, "user logged in");
    tokens::answer(session_id, &tokens)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use argon2::{Argon2, Params, PasswordHasher};
    use rialto_http::testing::request;
    use rialto_http::token::Verifier;
    use rialto_http::{Operator, Seller, Shopper, code};
    use rialto_kernel::UserId;
    use rialto_lambda::now;
    use serde_json::{Value, json};

    use super::super::grant_role;
    use super::super::testing::{LIVES, PASSWORD, issuer, json_of, registered, users};
    use super::*;
    use crate::crypto::public_keys;
    use crate::domain::{MOST_SESSIONS, PasswordHash};
    use crate::store::SigningKeys;

    async fn state(users: Users) -> LogIn {
        LogIn { sessions: Sessions::new(users.table().clone()), users, issuer: issuer().await }
    }

    fn credentials(email: &str, password: &str) -> Request {
        let body = json!({"email": email, "password": password, "device": "Phone"});
        request("POST", "/v1/sessions").json(&body).at(now()).build()
    }

    async fn session(state: &LogIn, email: &str) -> Value {
        let response = log_in(state, Anyone, credentials(email, PASSWORD)).await.unwrap();
        assert_eq!(response.status(), 201);
        json_of(&response)
    }

    async fn verifier(state: &LogIn, stage: &str) -> Verifier {
        let keys = public_keys([state.issuer.key().await.unwrap().public()]);
        Verifier::new(stage, serde_json::to_string(&keys).unwrap())
    }

    fn bearing(session: &Value) -> Request {
        let token = session["accessToken"].as_str().unwrap();
        request("GET", "/v1/me/addresses").header("authorization", &format!("Bearer {token}")).build()
    }

    #[tokio::test]
    async fn given_a_login_when_its_token_is_verified_then_it_is_that_shopper() {
        let state = state(users()).await;
        let ada = registered(&state.users, "ada@example.com").await;
        let session = session(&state, "Ada@example.com").await;
        let verifier = verifier(&state, "test").await;
        let shopper = Shopper::admit(&bearing(&session), &verifier).await.unwrap();
        assert_eq!(shopper.user_id, ada);
        assert_eq!((&session["tokenType"], &session["expiresIn"]), (&json!("Bearer"), &json!(900)));
        assert_eq!(session["user"]["id"], ada.to_string());
        let token = RefreshToken::parse(session["refreshToken"].as_str().unwrap()).unwrap();
        assert_eq!((token.user_id, token.session_id), (ada, shopper.session_id));
        let kept = state.sessions.find(ada, shopper.session_id).await.unwrap().unwrap();
        assert_eq!(kept.device, Some(Name::parse("Phone").unwrap()));
        let secret = token.expose().rsplit('.').next().unwrap().to_owned();
        for item in rialto_dynamo::testing::items(state.users.table()).await.unwrap() {
            assert!(!format!("{item:?}").contains(&secret), "only hashes are kept");
        }
        for problem in [
            Seller::admit(&bearing(&session), &verifier).await.unwrap_err(),
            Operator::admit(&bearing(&session), &verifier).await.unwrap_err(),
        ] {
            assert_eq!(problem.code(), code::FORBIDDEN);
        }
    }

    #[tokio::test]
    async fn given_a_seller_when_logged_in_then_the_token_names_the_seller() {
        let state = state(users()).await;
        registered(&state.users, "ada@example.com").await;
        let input = serde_json::from_value(
            json!({"email": "ada@example.com", "role": "seller", "by": "grace", "unverified": true}),
        )
        .unwrap();
        let granted = serde_json::to_value(grant_role(&state.users, input).await.unwrap()).unwrap();
        let session = session(&state, "ada@example.com").await;
        let seller = Seller::admit(&bearing(&session), &verifier(&state, "test").await).await.unwrap();
        assert_eq!(granted["sellerId"], seller.seller_id.to_string());
        assert_eq!(session["user"]["sellerId"], granted["sellerId"]);
    }

    #[tokio::test]
    async fn given_another_stage_or_key_or_a_past_time_when_verified_then_the_token_is_refused() {
        let state = state(users()).await;
        registered(&state.users, "ada@example.com").await;
        let session = session(&state, "ada@example.com").await;
        let other_key = self::state(users()).await;
        for verifier in [verifier(&state, "dev").await, verifier(&other_key, "test").await] {
            let problem = Shopper::admit(&bearing(&session), &verifier).await.unwrap_err();
            assert_eq!(problem.code(), code::INVALID_TOKEN);
        }
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        let long_ago = request("POST", "/v1/sessions").json(&body).build();
        let expired = json_of(&log_in(&state, Anyone, long_ago).await.unwrap());
        let problem = Shopper::admit(&bearing(&expired), &verifier(&state, "test").await).await.unwrap_err();
        assert_eq!(problem.code(), code::INVALID_TOKEN);
    }

    #[tokio::test]
    async fn given_an_unknown_email_or_a_wrong_password_when_logged_in_then_the_answers_are_equal() {
        let state = state(users()).await;
        registered(&state.users, "ada@example.com").await;
        let wrong = log_in(&state, Anyone, credentials("ada@example.com", "wrong password")).await.unwrap_err();
        let short = log_in(&state, Anyone, credentials("ada@example.com", "x")).await.unwrap_err();
        let unknown = log_in(&state, Anyone, credentials("eve@example.com", PASSWORD)).await.unwrap_err();
        assert_eq!(wrong.code(), code::INVALID_CREDENTIALS);
        assert_eq!(format!("{wrong:?}"), format!("{unknown:?}"));
        assert_eq!(format!("{wrong:?}"), format!("{short:?}"));
    }

    #[tokio::test]
    async fn given_a_hash_with_weaker_parameters_when_logged_in_then_it_is_made_anew() {
        let state = state(users()).await;
        let weak = Argon2::from(Params::new(8_192, 1, 1, None).unwrap());
        let hash: argon2::PasswordHash = weak.hash_password(PASSWORD.as_bytes()).unwrap();
        let (email, name) = (Email::parse("ada@example.com").unwrap(), Name::parse("Ada").unwrap());
        let ada = User::register(UserId::draw(), email, name, PasswordHash::from_phc(hash.to_string()), now());
        state.users.register(&ada).await.unwrap();
        session(&state, "ada@example.com").await;
        let stored = state.users.find(ada.id).await.unwrap().unwrap();
        assert!(stored.password_hash.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        session(&state, "ada@example.com").await;
        assert_eq!(state.users.find(ada.id).await.unwrap().unwrap(), stored, "once");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn given_more_logins_than_there_may_be_sessions_at_once_then_as_many_are_left_as_may_be() {
        for table in rialto_dynamo::testing::tables("identity").await.unwrap() {
            let state = std::sync::Arc::new(state(Users::new(table)).await);
            let ada = registered(&state.users, "ada@example.com").await;
            let ada = state.users.find(ada).await.unwrap().unwrap();
            let mut tasks = tokio::task::JoinSet::new();
            for n in 0..MOST_SESSIONS + 20 {
                let (state, ada) = (std::sync::Arc::clone(&state), ada.clone());
                let at = now() + rialto_kernel::SignedDuration::from_secs(i64::try_from(n).unwrap());
                tasks.spawn(async move { state.begin(&ada, None, None, at).await.unwrap().0 });
            }
            let begun = tasks.join_all().await;
            let kept = state.sessions.kept(ada.id).await.unwrap();
            assert_eq!((begun.len(), kept.len()), (MOST_SESSIONS + 20, MOST_SESSIONS));
            let last =
                state.begin(&ada, None, None, now() + rialto_kernel::SignedDuration::from_hours(1)).await.unwrap();
            assert!(state.sessions.find(ada.id, last.0).await.unwrap().is_some(), "the newest stays");
            assert_eq!(state.sessions.kept(ada.id).await.unwrap().len(), MOST_SESSIONS);
        }
    }

    #[tokio::test]
    async fn given_a_password_that_is_changed_between_its_check_and_the_session_then_there_is_none_and_no_token() {
        let state = state(users()).await;
        let ada = registered(&state.users, "ada@example.com").await;
        let checked = state.users.find(ada).await.unwrap().unwrap();
        state.sessions.end_all(ada).await.unwrap();
        assert!(matches!(state.begin(&checked, None, None, now()).await, Err(Error::Contention)));
        assert!(state.sessions.kept(ada).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn given_no_signing_key_when_logged_in_then_503() {
        let no_key = Issuer::new(SigningKeys::in_memory(), "test", LIVES);
        let state = LogIn { issuer: no_key, ..state(users()).await };
        let problem = log_in(&state, Anyone, credentials("ada@example.com", PASSWORD)).await.unwrap_err();
        assert_eq!(problem.code(), code::UNAVAILABLE);
    }

    #[tokio::test]
    async fn given_a_guest_with_a_cart_when_logged_in_then_the_cart_is_told_and_the_token_is_not() {
        let state = state(users()).await;
        let ada = registered(&state.users, "ada@example.com").await;
        let guest = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE";
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        for (header, value) in [("cart-token", guest.to_owned()), ("cookie", format!("cart={guest}"))] {
            let request = request("POST", "/v1/sessions").json(&body).header(header, &value).at(now()).build();
            let session = json_of(&log_in(&state, Anyone, request).await.unwrap());
            let token = RefreshToken::parse(session["refreshToken"].as_str().unwrap()).unwrap();
            let key = crate::store::session_key(ada, token.session_id);
            let row = rialto_dynamo::testing::item(state.users.table(), &key).await.unwrap().unwrap();
            let news: Value = serde_json::from_str(row["outbox"].as_l().unwrap()[0].as_s().unwrap()).unwrap();
            assert_eq!(news["type"], "GuestLoggedIn.v1");
            assert_eq!(news["data"], json!({"userId": ada, "cartId": CartId::of_guest(guest)}));
            assert!(!format!("{row:?}").contains(guest));
        }
        let without = session(&state, "ada@example.com").await;
        let token = RefreshToken::parse(without["refreshToken"].as_str().unwrap()).unwrap();
        let key = crate::store::session_key(ada, token.session_id);
        let row = rialto_dynamo::testing::item(state.users.table(), &key).await.unwrap().unwrap();
        assert!(!row.contains_key("outbox"));
    }
}
