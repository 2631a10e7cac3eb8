//! Mails with tokens: that one is wanted, and what its token is kept as.

use rialto_dynamo::{Delete, Put, Read, Table, Update, Write, cond};
use rialto_events::{Envelope, OUTBOX, outbox};
use rialto_kernel::{Timestamp, UserId};
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};

use super::{mail_key, mail_token_key, user_key};
use crate::Error;
use crate::domain::{MailToken, PasswordHash, Purpose, User};

/// For how long it is kept that a mail was asked for, in seconds: until the relay has surely told it.
const ASKED_KEPT_SECONDS: i64 = 24 * 60 * 60;

/// Rows about mails in identity's table.
#[derive(Debug, Clone)]
pub struct Mails {
    table: Table,
}

/// What a token's row says: it is good for the account as it was when the mail was sent.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenRow {
    email_digest: String,
    epoch: u64,
    ttl: i64,
}

impl Mails {
    /// Mails in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Mails in the table that `IDENTITY_TABLE` names.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        context.table("IDENTITY_TABLE").map(Self::new)
    }

    /// Notes that a mail is wanted, and tells `news` of it. Without news the same is written and nothing comes of it, so
    /// that the time does not tell whether there is such a person.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn ask(
        &self,
        user: UserId,
        purpose: Purpose,
        news: Option<Envelope>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let news: Vec<_> = news.into_iter().collect();
        let put = Put::of(mail_key(user, purpose)).with(OUTBOX, outbox(&news)?);
        Ok(self.table.put(put.with("ttl", now.as_second().saturating_add(ASKED_KEPT_SECONDS))).await?)
    }

    /// Keeps the token of a mail that is about to be sent to `user`. Tokens sent before stay good.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn keep(&self, user: &User, purpose: Purpose, token: &MailToken, now: Timestamp) -> Result<(), Error> {
        let ttl = now.as_second().saturating_add(purpose.life().as_secs());
        let row = TokenRow { email_digest: user.email.digest(), epoch: user.session_epoch, ttl };
        Ok(self.table.put(Put::new(&mail_token_key(token, purpose), &row)?).await?)
    }

    /// The account a token is good for; `None` when it is unknown, expired or spent, or the e-mail, or for
    /// [`Purpose::ResetPassword`] the password, is another since.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn holder(&self, token: &MailToken, purpose: Purpose, now: Timestamp) -> Result<Option<User>, Error> {
        let row: Option<TokenRow> = self.table.get(&mail_token_key(token, purpose), Read::Strong).await?;
        let user: Option<User> = self.table.get(&user_key(token.user_id), Read::Strong).await?;
        let good = |row: TokenRow, user: User| {
            let as_it_was = row.email_digest == user.email.digest()
                && (purpose == Purpose::VerifyEmail || row.epoch == user.session_epoch);
            (as_it_was && row.ttl > now.as_second()).then_some(user)
        };
        Ok(row.zip(user).and_then(|(row, user)| good(row, user)))
    }

    /// Spends a token to verify `holder`'s e-mail. `false`: it was spent, or the e-mail changed, meanwhile.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn verify_email(&self, token: &MailToken, holder: &User, now: Timestamp) -> Result<bool, Error> {
        let verified = Update::of(user_key(holder.id))
            .set("emailVerified", true)
            .add("version", 1)
            .when(cond::eq("email", holder.email.as_str()));
        self.spend(token, Purpose::VerifyEmail, verified, now).await
    }

    /// Spends a token for a new password, which ends all sessions and every other such token, and shows that the e-mail is
    /// the person's. `false`: it was spent, or e-mail or password changed, meanwhile.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn reset_password(
        &self,
        token: &MailToken,
        holder: &User,
        hash: &PasswordHash,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let unchanged = [cond::eq("email", holder.email.as_str()), cond::eq("sessionEpoch", holder.session_epoch)];
        let reset = Update::of(user_key(holder.id))
            .set("passwordHash", hash.as_phc())
            .set("sessionEpoch", holder.session_epoch.saturating_add(1))
            .set("emailVerified", true)
            .add("version", 1)
            .when(cond::all(unchanged));
        self.spend(token, Purpose::ResetPassword, reset, now).await
    }

    async fn spend(&self, token: &MailToken, purpose: Purpose, effect: Update, now: Timestamp) -> Result<bool, Error> {
        let spent = Delete::of(mail_token_key(token, purpose)).when(cond::gt("ttl", now.as_second()));
        match self.table.transact(vec![Write::Delete(spent), effect.into()]).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
