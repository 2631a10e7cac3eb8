//! `GET /.well-known/jwks.json`

use jsonwebtoken::jwk::JwkSet;
use rialto_http::{Anyone, Caller, Problem, Request, Response, respond};
use rialto_kernel::{SignedDuration, Timestamp};
use rialto_lambda::{Context, InitError};
use tokio::sync::Mutex;

use crate::Error;
use crate::store::PublicKeys;

/// Anyone may ask at any rate, but the functions that verify tokens share the parameter's throughput.
const KEPT_FOR: SignedDuration = SignedDuration::from_secs(60);
const CACHE: &str = "public, max-age=300";

/// The published keys, read at most once a minute.
#[derive(Debug)]
pub struct ShowJwks {
    keys: PublicKeys,
    kept: Mutex<Option<(Timestamp, JwkSet)>>,
}

impl ShowJwks {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self::new(PublicKeys::of(context)?))
    }

    fn new(keys: PublicKeys) -> Self {
        Self { keys, kept: Mutex::new(None) }
    }

    async fn keys(&self, now: Timestamp) -> Result<JwkSet, Error> {
        let mut kept = self.kept.lock().await;
        if let Some((_, keys)) = kept.as_ref().filter(|(at, _)| now.duration_since(*at) < KEPT_FOR) {
            return Ok(keys.clone());
        }
        let keys = self.keys.read().await?.ok_or(Error::NoSigningKey)?;
        *kept = Some((now, keys.clone()));
        Ok(keys)
    }
}

/// The public keys that access tokens are signed with (RFC 7517): the current one and the one before it.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", operation_id = "identity-show-jwks", tag = "identity",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    responses((status = 200, description = "The key set", body = Object)),
)]
pub async fn show_jwks(state: &ShowJwks, _: Anyone, request: Request) -> Result<Response, Problem> {
    Ok(respond::ok(&state.keys(request.now()).await?)?.cache(CACHE))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_http::testing::request;
    use rialto_http::{code, header};
    use serde_json::json;

    use super::super::testing::json_of;
    use super::*;
    use crate::crypto::{SigningKey, public_keys};

    fn new_key() -> JwkSet {
        let key = SigningKey::from_pem(&SigningKey::generate().unwrap()).unwrap();
        public_keys([key.public()])
    }

    async fn shown(state: &ShowJwks, after: SignedDuration) -> Response {
        let request = request("GET", "/.well-known/jwks.json").at(Timestamp::UNIX_EPOCH + after).build();
        show_jwks(state, Anyone, request).await.unwrap()
    }

    #[tokio::test]
    async fn given_published_keys_when_shown_then_they_can_be_cached_and_are_read_once_a_minute() {
        let state = ShowJwks::new(PublicKeys::in_memory());
        let (first, second) = (new_key(), new_key());
        state.keys.publish(&first).await.unwrap();
        let response = shown(&state, SignedDuration::ZERO).await;
        assert_eq!(json_of(&response), json!(first));
        assert_eq!(response.headers()[header::CACHE_CONTROL], CACHE);
        state.keys.publish(&second).await.unwrap();
        assert_eq!(json_of(&shown(&state, SignedDuration::from_secs(59)).await), json!(first));
        assert_eq!(json_of(&shown(&state, SignedDuration::from_secs(60)).await), json!(second));
    }

    #[tokio::test]
    async fn given_no_published_keys_when_shown_then_503() {
        let state = ShowJwks::new(PublicKeys::in_memory());
        let problem = show_jwks(&state, Anyone, request("GET", "/.well-known/jwks.json").build()).await.unwrap_err();
        assert_eq!(problem.code(), code::UNAVAILABLE);
    }
}
