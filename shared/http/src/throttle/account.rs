//! Log-ins: buckets of the account that is named.

use rialto_kernel::Timestamp;

use super::{Bucket, Throttle, source_of, stored, stored::KNOWN_SECONDS, too_many};
use crate::{problem::Problem, request::Request, throttle::cell::Decision};

/// A try to log in to an account, counted as a failure until [`Attempt::succeeded`].
#[derive(Debug)]
#[must_use]
pub struct Attempt<'r> {
    throttle: &'r Throttle,
    account: String,
    pair: String,
    now: Timestamp,
    /// Whether the account's bucket for new sources was asked.
    new_source: bool,
}

impl Request {
    /// Counts a try to log in to an account, named by its e-mail whether or not there is one, before the password is looked at:
    /// so tries at once are counted each.
    ///
    /// # Errors
    /// 429 when the account has had too many failures from this source, or from all sources that are new to it; 503 when
    /// that cannot be known.
    pub async fn log_in_attempt(&self, account: &str) -> Result<Attempt<'_>, Problem> {
        let pair = format!("{account} {}", source_of(self.source_ip()));
        let mut attempt =
            Attempt { throttle: &self.throttle, account: account.to_owned(), pair, now: self.now(), new_source: false };
        let known = attempt.take(Bucket::LogInPair).await?.is_none_or(|until| until > self.now().as_second());
        if !known {
            attempt.new_source = true;
            if let Err(problem) = attempt.take(Bucket::LogInAccount).await {
                // It was not tried, so it is no failure of this source.
                attempt.give_back(Bucket::LogInPair, None).await;
                return Err(problem);
            }
        }
        Ok(attempt)
    }

    /// Counts a mail to an account, named by its e-mail whether or not there is one.
    ///
    /// # Errors
    /// 429 when it has had too many.
    pub async fn mail_attempt(&self, account: &str) -> Result<(), Problem> {
        self.throttle.take(Bucket::ForgotAccount, account, self.now()).await.map(|_| ())
    }

    /// Makes this source known to the account, since the person has shown to be its owner by other means than the password:
    /// a token from a mail.
    pub async fn source_is_known(&self, account: &str) {
        // A refusal or failure leaves the source as unknown as it was.
        if let Ok(attempt) = self.log_in_attempt(account).await {
            attempt.succeeded().await;
        }
    }
}

impl Attempt<'_> {
    /// The password was right: nothing is counted, and the source is known to the account for 30 days.
    pub async fn succeeded(self) {
        let until = self.now.as_second().saturating_add(KNOWN_SECONDS);
        self.give_back(Bucket::LogInPair, Some(until)).await;
        if self.new_source {
            self.give_back(Bucket::LogInAccount, None).await;
        }
    }

    /// Until when the source is known; `None` where there are no limits.
    async fn take(&self, bucket: Bucket) -> Result<Option<i64>, Problem> {
        let (Some(quota), Some(table)) = (self.throttle.quotas.of(bucket), &self.throttle.table) else {
            return Ok(None);
        };
        let taken = stored::take(table, bucket, self.whose(bucket), quota, self.now.as_millisecond()).await;
        let taken = taken.map_err(Problem::unavailable)?;
        match taken.decision {
            Decision::Admitted { .. } => Ok(Some(taken.known_until)),
            Decision::Refused { wait } => Err(too_many(bucket, quota, wait)),
        }
    }

    async fn give_back(&self, bucket: Bucket, known_until: Option<i64>) {
        let (Some(quota), Some(table)) = (self.throttle.quotas.of(bucket), &self.throttle.table) else { return };
        if let Err(error) = stored::give_back(table, bucket, self.whose(bucket), quota, known_until).await {
            tracing::warn!(error.message = %error, limit = bucket.name(), "attempt not settled");
        }
    }

    fn whose(&self, bucket: Bucket) -> &str {
        if bucket == Bucket::LogInAccount { &self.account } else { &self.pair }
    }
}
