//! `POST /v1/sessions/refresh`

use rand::random;
use rialto_http::{Anyone, Caller, Problem, Request, Response};
use rialto_kernel::{SessionId, Timestamp};
use rialto_lambda::{Context, InitError};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use super::tokens::{self, Issuer, Tokens};
use crate::Error;
use crate::domain::{RefreshToken, Secret, Session, User, Worth};
use crate::store::{Refreshed, Sessions, Users};

const TRIES: usize = 5;

/// What refreshing needs: the accounts, the sessions and the signing key.
#[derive(Debug)]
pub struct RefreshSession {
    users: Users,
    sessions: Sessions,
    issuer: Issuer,
}

/// Which session is to go on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Refresh {
    /// Of the last answer that gave one.
    #[schema(value_type = String, max_length = 256)]
    refresh_token: SecretString,
}

impl RefreshSession {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        let (users, sessions) = (Users::of(context)?, Sessions::of(context)?);
        Ok(Self { users, sessions, issuer: Issuer::of(context)? })
    }

    /// The tokens that replace `shown`. They are of the person's epoch at the moment they become good: a new password comes
    /// before, and this session goes on or has ended with the others, or after, and ends it.
    async fn refresh(&self, shown: &RefreshToken, now: Timestamp) -> Result<(SessionId, Tokens), Error> {
        for _ in 0..TRIES {
            if let Some(done) = self.try_refresh(shown, now).await? {
                return Ok(done);
            }
        }
        Err(Error::Contention)
    }

    /// `None` when the person's epoch has changed since it was read. The person is read first: a session of a later epoch is one
    /// that has changed it, and one of an earlier epoch has ended.
    async fn try_refresh(&self, shown: &RefreshToken, now: Timestamp) -> Result<Option<(SessionId, Tokens)>, Error> {
        let user = self.users.find(shown.user_id).await?.ok_or(Error::InvalidRefreshToken)?;
        let session = self.sessions.find(user.id, shown.session_id).await?.ok_or(Error::InvalidRefreshToken)?;
        if session.epoch > user.session_epoch {
            return Ok(None);
        }
        self.admit(&session, shown, &user, now).await?;
        let next = shown.successor(Secret::new(random()));
        // Signed first: a refresh that cannot be answered must not spend the token.
        let tokens = self.issuer.issue(&user, &next, now).await?;
        match self.sessions.refresh(&session, &session.refresh(&next, self.issuer.lives, now)).await? {
            Refreshed::Done => Ok(Some((session.id, tokens))),
            Refreshed::Overtaken => Ok(None),
            Refreshed::Beaten(None) => Err(Error::InvalidRefreshToken),
            Refreshed::Beaten(Some(beaten_by)) if beaten_by.epoch > user.session_epoch => Ok(None),
            Refreshed::Beaten(Some(beaten_by)) => {
                self.admit(&beaten_by, shown, &user, now).await?;
                Err(Error::Contention)
            }
        }
    }

    /// Only the token that is good goes on; one that was used before ends the session, whoever used it first.
    async fn admit(&self, session: &Session, shown: &RefreshToken, user: &User, now: Timestamp) -> Result<(), Error> {
        match session.judge(shown, user, now) {
            Worth::Good => Ok(()),
            Worth::Superseded => Err(Error::RefreshSuperseded),
            Worth::Nothing => Err(Error::InvalidRefreshToken),
            Worth::Reused => {
                self.sessions.end(user.id, session.id).await?;
                tracing::warn!(user.id = %user.id, session.id = %session.id, "refresh token used twice: session ended");
                Err(Error::InvalidRefreshToken)
            }
        }
    }
}

/// Continues a session with new tokens; the roles are those of now.
///
/// A refresh token is good once. Of several refreshes at once with one token one gets the new tokens; the others, up to 10
/// seconds later, get 409 `REFRESH_SUPERSEDED`, and nothing is lost: use the answer of the one. Later, or with a token
/// older than the last one replaced, it is taken for theft: 401, and the session ends for all who hold a token of it.
#[utoipa::path(
    post, path = "/v1/sessions/refresh", operation_id = "identity-refresh-session", tag = "identity",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    request_body = Refresh,
    responses(
        (status = 201, description = "The session", body = Tokens),
        (status = 401, description = "`INVALID_REFRESH_TOKEN`"),
        (status = 409, description = "`REFRESH_SUPERSEDED`"),
    ),
)]
pub async fn refresh_session(state: &RefreshSession, _: Anyone, request: Request) -> Result<Response, Problem> {
    let given: Refresh = request.json()?;
    let shown = RefreshToken::parse(given.refresh_token.expose_secret()).ok_or(Error::InvalidRefreshToken)?;
    request.session_attempt(shown.session_id).await?;
    let (session_id, tokens) = state.refresh(&shown, request.now()).await?;
    tokens::answer(session_id, &tokens)
}

#[cfg(test)]
#[path = "refresh_session_tests.rs"]
mod tests;
