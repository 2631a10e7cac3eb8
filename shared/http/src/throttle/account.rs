//! Buckets of the account or session that is named, and tries at its password.

use rialto_kernel::{SessionId, Timestamp};

use super::{Bucket, Throttle, source_of, stored, stored::known_until, too_many};
use crate::{problem::Problem, request::Request, throttle::cell::Decision};

/// A try at a password, counted as a failure until [`Attempt::succeeded`].
#[derive(Debug)]
#[must_use]
pub struct Attempt<'r> {
    throttle: &'r Throttle,
    now: Timestamp,
    /// What it took a token from.
    taken: Vec<(Bucket, String)>,
}

impl Request {
    /// Counts a try to log in to an account, named by its e-mail whether or not there is one, before the password is looked at:
    /// so tries at once are counted each.
    ///
    /// # Errors
    /// 429 when the account has had too many failures from this source, or from all sources that are new to it; 503 when
    /// that cannot be known.
    pub async fn log_in_attempt(&self, account: &str) -> Result<Attempt<'_>, Problem> {
        let mut attempt = Attempt::of(self);
        let known = attempt.take(Bucket::LogInPair, self.pair(account)).await?;
        if known.is_some_and(|until| until <= self.now().as_second())
            && let Err(problem) = attempt.take(Bucket::LogInAccount, account.to_owned()).await
        {
            // It was not tried, so it is no failure of this source.
            attempt.give_back(None).await;
            return Err(problem);
        }
        Ok(attempt)
    }

    /// Counts a try at the password of someone who is logged in, before it is looked at. Strangers can take nothing from this
    /// bucket, so it asks neither for the source nor for what happens to the account elsewhere.
    ///
    /// # Errors
    /// 429 when there were too many failures; 503 when that cannot be known.
    pub async fn password_attempt(&self, whose: &str) -> Result<Attempt<'_>, Problem> {
        let mut attempt = Attempt::of(self);
        attempt.take(Bucket::PasswordCaller, whose.to_owned()).await?;
        Ok(attempt)
    }

    /// Counts a mail to an account, named by its e-mail whether or not there is one.
    ///
    /// # Errors
    /// 429 when it has had too many.
    pub async fn mail_attempt(&self, account: &str) -> Result<(), Problem> {
        self.throttle.take(Bucket::ForgotAccount, account, self.now()).await.map(|_| ())
    }

    /// Counts a try to register an account, named by its e-mail whether or not there is one.
    ///
    /// # Errors
    /// 429 when there were too many.
    pub async fn register_attempt(&self, account: &str) -> Result<(), Problem> {
        self.throttle.take(Bucket::RegisterAccount, account, self.now()).await.map(|_| ())
    }

    /// Counts a try to refresh a session, whoever tries.
    ///
    /// # Errors
    /// 429 when there were too many.
    pub async fn session_attempt(&self, session: SessionId) -> Result<(), Problem> {
        self.throttle.take(Bucket::RefreshSession, &session.to_string(), self.now()).await.map(|_| ())
    }

    /// Makes this source known to the account, and forgets its failures there, since the person has shown to be its owner by
    /// other means than the password: a token from a mail. No bucket is asked: it must work while the account is attacked.
    pub async fn source_is_known(&self, account: &str) {
        let Some(table) = &self.throttle.table else { return };
        let (bucket, pair) = (Bucket::LogInPair, self.pair(account));
        // A failure leaves the source as unknown as it was.
        if let Err(error) = stored::make_known(table, bucket, &pair, self.now()).await {
            tracing::warn!(error.message = %error, limit = bucket.name(), "source not made known");
        }
    }

    /// An account and this source.
    fn pair(&self, account: &str) -> String {
        format!("{account} {}", source_of(self.source_ip()))
    }
}

impl<'r> Attempt<'r> {
    fn of(request: &'r Request) -> Self {
        Self { throttle: &request.throttle, now: request.now(), taken: Vec::new() }
    }

    /// The password was right: nothing is counted; a source that logged in is known to the account for 30 days.
    pub async fn succeeded(self) {
        self.give_back(Some(known_until(self.now))).await;
    }

    /// Until when the source is known; `None` where there are no limits.
    async fn take(&mut self, bucket: Bucket, whose: String) -> Result<Option<i64>, Problem> {
        let (Some(quota), Some(table)) = (self.throttle.quotas.of(bucket), &self.throttle.table) else {
            return Ok(None);
        };
        let taken = stored::take(table, bucket, &whose, quota, self.now.as_millisecond()).await;
        let taken = taken.map_err(Problem::unavailable)?;
        match taken.decision {
            Decision::Admitted { .. } => {
                self.taken.push((bucket, whose));
                Ok(Some(taken.known_until))
            }
            Decision::Refused { wait } => Err(too_many(bucket, quota, wait)),
        }
    }

    async fn give_back(&self, known_until: Option<i64>) {
        let Some(table) = &self.throttle.table else { return };
        for (bucket, whose) in &self.taken {
            let Some(quota) = self.throttle.quotas.of(*bucket) else { continue };
            let known_until = known_until.filter(|_| *bucket == Bucket::LogInPair);
            if let Err(error) = stored::give_back(table, *bucket, whose, quota, known_until).await {
                tracing::warn!(error.message = %error, limit = bucket.name(), "attempt not settled");
            }
        }
    }
}
