//! What log-in and refresh share: the signing key, how long sessions live, and the answer.

use rialto_http::token::{AUDIENCE, Claims, Role as TokenRole, issuer};
use rialto_http::{Problem, Response, respond};
use rialto_kernel::{SessionId, SignedDuration, Timestamp};
use rialto_lambda::{Context, InitError, env};
use serde::Serialize;
use tokio::sync::OnceCell;
use utoipa::ToSchema;

use crate::Error;
use crate::crypto::SigningKey;
use crate::domain::{Lives, RefreshToken, Role, User, UserView};
use crate::store::SigningKeys;

/// How long an access token is good for, in seconds. It is not looked up: it lives on when its session has ended.
const TOKEN_LIFE_SECONDS: i64 = 15 * 60;
const TOKEN_TYPE: &str = "Bearer";

/// Makes tokens, with the signing key, which is read once a cold start.
#[derive(Debug)]
pub struct Issuer {
    keys: SigningKeys,
    key: OnceCell<SigningKey>,
    issuer: String,
    /// How long sessions live.
    pub(super) lives: Lives,
}

/// The tokens of a session and whose they are.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub struct Tokens {
    /// For the header `Authorization: Bearer ...`.
    access_token: String,
    /// For how many seconds the access token is good.
    #[schema(example = 900)]
    expires_in: i64,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// For `POST /v1/sessions/refresh`, once. A secret of 256 random bits; of no use as an access token.
    refresh_token: String,
    /// Whose they are.
    user: UserView,
}

impl Issuer {
    /// The stage's, with the lives that `SESSION_IDLE_SECONDS` and `SESSION_WHOLE_SECONDS` give.
    ///
    /// # Errors
    /// When a setting is missing or no number.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        let lives = Lives { idle: seconds("SESSION_IDLE_SECONDS")?, whole: seconds("SESSION_WHOLE_SECONDS")? };
        Ok(Self::new(SigningKeys::of(context), context.stage(), lives))
    }

    pub(super) fn new(keys: SigningKeys, stage: &str, lives: Lives) -> Self {
        Self { keys, key: OnceCell::new(), issuer: issuer(stage), lives }
    }

    pub(super) async fn key(&self) -> Result<&SigningKey, Error> {
        // Boxed, as it runs once and would make every request's future larger (and deeper than the compiler takes).
        self.key.get_or_try_init(|| Box::pin(self.read_key())).await
    }

    async fn read_key(&self) -> Result<SigningKey, Error> {
        let current = self.keys.current().await?.ok_or(Error::NoSigningKey)?;
        SigningKey::from_pem(&current.pem)
    }

    /// The tokens of a session of `user`, whose roles the access token carries as they are now.
    pub(super) async fn issue(&self, user: &User, refresh: &RefreshToken, now: Timestamp) -> Result<Tokens, Error> {
        let access_token = self.key().await?.sign(&self.claims(user, refresh.session_id, now))?;
        Ok(Tokens {
            access_token,
            expires_in: TOKEN_LIFE_SECONDS,
            token_type: TOKEN_TYPE,
            refresh_token: refresh.expose(),
            user: UserView::from(user),
        })
    }

    fn claims(&self, user: &User, sid: SessionId, now: Timestamp) -> Claims {
        let iat = now.as_second();
        Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: user.id,
            roles: user.roles.iter().copied().map(Into::into).collect(),
            seller_id: user.acts_for(),
            sid,
            iat,
            exp: iat.saturating_add(TOKEN_LIFE_SECONDS),
        }
    }
}

/// 201 with the tokens. The session is found among the person's, by its id.
pub(super) fn answer(session: SessionId, tokens: &Tokens) -> Result<Response, Problem> {
    respond::created(&format!("/v1/sessions/{session}"), tokens)
}

fn seconds(name: &str) -> Result<SignedDuration, InitError> {
    let number =
        env(name)?.parse().map_err(|_| InitError::Unusable { name: name.to_owned(), reason: "no number".into() })?;
    Ok(SignedDuration::from_secs(number))
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
