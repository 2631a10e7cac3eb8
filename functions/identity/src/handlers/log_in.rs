//! `POST /v1/sessions`

use rialto_http::token::{AUDIENCE, Claims, Role as TokenRole, issuer};
use rialto_http::{Anyone, Caller, Problem, Request, Response, StatusCode, respond};
use rialto_kernel::{SessionId, Timestamp};
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use utoipa::ToSchema;

use crate::Error;
use crate::crypto::{SigningKey, Verdict, hash_password, verify_password};
use crate::domain::{Email, GivenPassword, Name, Role, User, UserView};
use crate::store::{SigningKeys, Users};

/// How long an access token is good for, in seconds.
const TOKEN_LIFE_SECONDS: i64 = 15 * 60;
const TOKEN_TYPE: &str = "Bearer";

/// What logging in needs: the accounts, and the signing key, read once a cold start.
#[derive(Debug)]
pub struct LogIn {
    users: Users,
    keys: SigningKeys,
    key: OnceCell<SigningKey>,
    issuer: String,
}

/// Who wants in.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Credentials {
    /// As registered; capital letters make no difference.
    email: Email,
    /// As registered.
    password: GivenPassword,
    /// What the person calls the device.
    #[serde(rename = "device")]
    _device: Option<Name>,
}

/// An access token and whose it is. There is no refresh token: log in again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// For the header `Authorization: Bearer ...`.
    access_token: String,
    /// For how many seconds it is good.
    #[schema(example = 900)]
    expires_in: i64,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Whose it is.
    user: UserView,
}

impl LogIn {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self::new(Users::of(context)?, SigningKeys::of(context), context.stage()))
    }

    fn new(users: Users, keys: SigningKeys, stage: &str) -> Self {
        Self { users, keys, key: OnceCell::new(), issuer: issuer(stage) }
    }

    async fn key(&self) -> Result<&SigningKey, Error> {
        // Boxed, as it runs once and would make every request's future larger (and deeper than the compiler takes).
        self.key.get_or_try_init(|| Box::pin(self.read_key())).await
    }

    async fn read_key(&self) -> Result<SigningKey, Error> {
        let current = self.keys.current().await?.ok_or(Error::NoSigningKey)?;
        SigningKey::from_pem(&current.pem)
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

    fn claims(&self, user: &User, sid: SessionId, now: Timestamp) -> Claims {
        let iat = now.as_second();
        Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: user.id,
            roles: user.roles.iter().copied().map(Into::into).collect(),
            seller_id: user.seller_id,
            sid,
            iat,
            exp: iat.saturating_add(TOKEN_LIFE_SECONDS),
        }
    }
}

impl From<Role> for TokenRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Shopper => Self::Shopper,
            Role::Seller => Self::Seller,
            Role::Operator => Self::Operator,
        }
    }
}

/// Logs a person in: an access token for 15 minutes. Takes no `Idempotency-Key`, as the answer is a secret.
#[utoipa::path(
    post, path = "/v1/sessions", operation_id = "identity-log-in", tag = "identity",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    request_body = Credentials,
    responses(
        (status = 201, description = "The session", body = Session),
        (status = 401, description = "`INVALID_CREDENTIALS`"),
    ),
)]
pub async fn log_in(state: &LogIn, _: Anyone, request: Request) -> Result<Response, Problem> {
    let given: Credentials = request.json()?;
    let key = state.key().await?;
    let user = state.verified(&given.email, given.password).await?;
    let session_id = SessionId::draw();
    let access_token = key.sign(&state.claims(&user, session_id, request.now()))?;
    tracing::info!(user.id = %user.id, session.id = %session_id, "user logged in");
    let user = UserView::from(&user);
    let session = Session { access_token, expires_in: TOKEN_LIFE_SECONDS, token_type: TOKEN_TYPE, user };
    respond::json(StatusCode::CREATED, &session)
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
    use super::super::testing::{PASSWORD, json_of, registered, users};
    use super::*;
    use crate::crypto::public_keys;
    use crate::domain::PasswordHash;

    async fn state(users: Users) -> LogIn {
        let keys = SigningKeys::in_memory();
        keys.replace(None, &SigningKey::generate().unwrap()).await.unwrap();
        LogIn::new(users, keys, "test")
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
        let keys = public_keys([state.key().await.unwrap().public()]);
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
        assert_eq!(session.as_object().unwrap().len(), 4, "no refresh token");
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
        let input = serde_json::from_value(json!({"email": "ada@example.com", "role": "seller"})).unwrap();
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

    #[tokio::test]
    async fn given_no_signing_key_when_logged_in_then_503() {
        let state = LogIn::new(users(), SigningKeys::in_memory(), "test");
        let problem = log_in(&state, Anyone, credentials("ada@example.com", PASSWORD)).await.unwrap_err();
        assert_eq!(problem.code(), code::UNAVAILABLE);
    }
}
