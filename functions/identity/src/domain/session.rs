//! Login sessions and the refresh tokens that continue them.
//!
//! A token names its session in the clear and holds two secrets: the session's own, the same in each of its tokens, and
//! one that is new with each token. Who shows the session's secret held a token of it once; if the other one is spent,
//! that token was used before, by them or by a thief. Who does not show it is a stranger, and can end nothing.

use std::fmt;

use rialto_kernel::{SessionId, SignedDuration, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::secret::{Secret, SecretHash};
use super::{Name, User};

/// For how long after a refresh the token it replaced is only superseded: long enough for two requests of one client
/// that were on their way at once.
pub const GRACE: SignedDuration = SignedDuration::from_secs(10);

/// A refresh token. `Debug` shows only whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The person.
    pub user_id: UserId,
    /// Their session.
    pub session_id: SessionId,
    /// The secret of all tokens of the session.
    pub family: Secret,
    /// The secret of this token.
    pub secret: Secret,
}

impl RefreshToken {
    /// Reads what a client sent; `None` when it cannot be a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let token = Self {
            user_id: parts.next()?.parse().ok()?,
            session_id: parts.next()?.parse().ok()?,
            family: Secret::parse(parts.next()?)?,
            secret: Secret::parse(parts.next()?)?,
        };
        parts.next().is_none().then_some(token)
    }

    /// The text, for its owner's eyes only.
    #[must_use]
    pub fn expose(&self) -> String {
        [self.user_id.to_string(), self.session_id.to_string(), self.family.expose(), self.secret.expose()].join(".")
    }

    /// The token that replaces this one.
    #[must_use]
    pub fn successor(&self, secret: Secret) -> Self {
        Self { secret, ..self.clone() }
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RefreshToken({} {})", self.user_id, self.session_id)
    }
}

/// How long sessions live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lives {
    /// From the last refresh.
    pub idle: SignedDuration,
    /// From the login.
    pub whole: SignedDuration,
}

/// A login session, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The session: `sid` of its access tokens.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// What the person calls the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<Name>,
    /// [`User::session_epoch`] at the login. The session has ended once the person's is another.
    pub epoch: u64,
    /// Of the secret that all its tokens share.
    pub family_hash: SecretHash,
    /// Of the one token that is good.
    pub secret_hash: SecretHash,
    /// Of the token before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_hash: Option<SecretHash>,
    /// When the person logged in.
    pub created_at: Timestamp,
    /// When the token that is good was drawn.
    pub refreshed_at: Timestamp,
    /// When the session ends unless it is refreshed, in epoch seconds.
    #[serde(rename = "ttl")]
    pub ends_at: i64,
}

/// What a refresh token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// It is the one that is good.
    Good,
    /// Its successor was drawn within [`GRACE`].
    Superseded,
    /// It was used before: end the session.
    Reused,
    /// The session has ended, or the token is not of it.
    Nothing,
}

impl Session {
    /// A session that begins with this token.
    #[must_use]
    pub fn begin(user: &User, token: &RefreshToken, device: Option<Name>, lives: Lives, now: Timestamp) -> Self {
        Self {
            id: token.session_id,
            user_id: user.id,
            device,
            epoch: user.session_epoch,
            family_hash: token.family.hash(),
            secret_hash: token.secret.hash(),
            previous_hash: None,
            created_at: now,
            refreshed_at: now,
            ends_at: ends_at(now, now, lives),
        }
    }

    /// What `token`, which names this session, is worth to the person as they are.
    #[must_use]
    pub fn judge(&self, token: &RefreshToken, user: &User, now: Timestamp) -> Worth {
        let ended = self.epoch != user.session_epoch || now.as_second() >= self.ends_at;
        if ended || self.family_hash != token.family.hash() {
            return Worth::Nothing;
        }
        let shown = token.secret.hash();
        if self.secret_hash == shown {
            return Worth::Good;
        }
        let just_replaced = self.previous_hash == Some(shown) && now.duration_since(self.refreshed_at) < GRACE;
        if just_replaced { Worth::Superseded } else { Worth::Reused }
    }

    /// The session once `next` has replaced the token that is good.
    #[must_use]
    pub fn refresh(&self, next: &RefreshToken, lives: Lives, now: Timestamp) -> Self {
        Self {
            secret_hash: next.secret.hash(),
            previous_hash: Some(self.secret_hash.clone()),
            refreshed_at: now,
            ends_at: ends_at(self.created_at, now, lives),
            ..self.clone()
        }
    }
}

/// The most sessions a person has at a time.
pub const MOST_SESSIONS: usize = 50;

/// Those of a person's sessions that are to end so that no more than [`MOST_SESSIONS`] are left: ended ones first, then those
/// that were used longest ago. All who look at the same sessions choose the same.
#[must_use]
pub fn surplus(mut sessions: Vec<Session>, user: &User, now: Timestamp) -> Vec<SessionId> {
    let many = sessions.len().saturating_sub(MOST_SESSIONS);
    let alive = |session: &Session| session.epoch == user.session_epoch && session.ends_at > now.as_second();
    sessions.sort_by_key(|session| (alive(session), session.refreshed_at, session.id));
    sessions.iter().take(many).map(|session| session.id).collect()
}

fn ends_at(begun: Timestamp, now: Timestamp, lives: Lives) -> i64 {
    let (idle, whole) = (lives.idle.as_secs(), lives.whole.as_secs());
    now.as_second().saturating_add(idle).min(begun.as_second().saturating_add(whole))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::super::{Email, PasswordHash};
    use super::*;

    const LIVES: Lives =
        Lives { idle: SignedDuration::from_hours(30 * 24), whole: SignedDuration::from_hours(180 * 24) };

    fn ada() -> User {
        let (email, name) = (Email::parse("ada@example.com").unwrap(), Name::parse("Ada").unwrap());
        User::register(UserId::named(&["ada"]), email, name, PasswordHash::from_phc("$"), Timestamp::UNIX_EPOCH)
    }

    fn token() -> RefreshToken {
        let (family, secret) = (Secret::new([7; 32]), Secret::new([1; 32]));
        RefreshToken { user_id: ada().id, session_id: SessionId::named(&["s"]), family, secret }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn session() -> Session {
        Session::begin(&ada(), &token(), None, LIVES, at(0))
    }

    fn next(n: u8) -> RefreshToken {
        token().successor(Secret::new([n; 32]))
    }

    #[test]
    fn given_a_token_when_written_and_read_then_it_is_the_same_and_its_debug_form_has_no_secret() {
        let text = token().expose();
        assert_eq!(RefreshToken::parse(&text), Some(token()));
        assert_eq!(text.len(), 161);
        assert!(!format!("{:?}", token()).contains(&Secret::new([7; 32]).expose()));
    }

    #[test]
    fn given_a_text_that_is_no_token_when_read_then_it_is_none() {
        let text = token().expose();
        let (cut, longer) = (&text[..160], format!("{text}."));
        for text in ["", "...", cut, &longer, &format!("{text}A"), &text.to_uppercase(), &text.replace('.', ",")] {
            assert_eq!(RefreshToken::parse(text), None, "{text}");
        }
    }

    #[test]
    fn given_a_refresh_when_tokens_are_shown_then_only_the_newest_is_good_and_the_last_one_has_a_short_grace() {
        let refreshed = session().refresh(&next(2), LIVES, at(100));
        assert_eq!(refreshed.judge(&next(2), &ada(), at(100)), Worth::Good);
        assert_eq!(refreshed.judge(&token(), &ada(), at(109)), Worth::Superseded);
        assert_eq!(refreshed.judge(&token(), &ada(), at(110)), Worth::Reused);
        let twice = refreshed.refresh(&next(3), LIVES, at(101));
        assert_eq!(twice.judge(&token(), &ada(), at(101)), Worth::Reused, "not the one just before");
        assert_eq!(twice.judge(&next(2), &ada(), at(101)), Worth::Superseded);
    }

    #[test]
    fn given_a_stranger_who_knows_the_ids_when_a_token_is_made_up_then_it_is_worth_nothing_and_ends_nothing() {
        let made_up = RefreshToken { family: Secret::new([8; 32]), ..token() };
        assert_eq!(session().judge(&made_up, &ada(), at(0)), Worth::Nothing);
        let with_a_right_half = RefreshToken { family: Secret::new([8; 32]), secret: Secret::new([9; 32]), ..token() };
        assert_eq!(session().judge(&with_a_right_half, &ada(), at(0)), Worth::Nothing);
    }

    #[test]
    fn given_refreshes_when_the_session_ages_then_the_idle_life_slides_and_the_whole_life_does_not() {
        let day = 24 * 60 * 60;
        let mut session = session();
        assert_eq!(session.ends_at, 30 * day);
        for n in 1..=9_u8 {
            let now = at(i64::from(n) * 20 * day - i64::from(n == 9));
            assert_eq!(session.judge(&next(n), &ada(), now), Worth::Good, "{n}");
            session = session.refresh(&next(n + 1), LIVES, now);
        }
        assert_eq!(session.ends_at, 180 * day);
        assert_eq!(session.judge(&next(10), &ada(), at(180 * day - 1)), Worth::Good);
        assert_eq!(session.judge(&next(10), &ada(), at(180 * day)), Worth::Nothing);
    }

    #[test]
    fn given_more_sessions_than_there_may_be_then_ended_ones_go_first_and_one_that_is_used_stays_however_old() {
        let named = |n: usize| SessionId::named(&[&n.to_string()]);
        let second = |n: usize| at(i64::try_from(n).unwrap());
        let mut all: Vec<_> = (0..MOST_SESSIONS + 3)
            .map(|n| Session { id: named(n), created_at: second(n), refreshed_at: second(n), ..session() })
            .collect();
        all[0].refreshed_at = at(1_000);
        all[9].epoch = 7;
        assert_eq!(surplus(all.clone(), &ada(), at(2_000)), [named(9), named(1), named(2)]);
        all[40].ends_at = 2_000;
        assert_eq!(surplus(all.clone(), &ada(), at(2_000)), [named(9), named(40), named(1)]);
        assert_eq!(surplus(all[..MOST_SESSIONS].to_vec(), &ada(), at(2_000)), []);
    }

    #[test]
    fn given_a_person_whose_sessions_were_ended_when_a_token_is_shown_then_it_is_worth_nothing() {
        let later = User { session_epoch: 1, ..ada() };
        assert_eq!(session().judge(&token(), &later, at(0)), Worth::Nothing);
    }
}
