//! Login sessions.

use rialto_dynamo::{
    Check, Delete, Error as TableError, Page, Position, Put, Query, Read, Table, Update, Write, cond, to_value,
};
use rialto_events::{Envelope, OUTBOX, outbox};
use rialto_kernel::{SessionId, Timestamp, UserId};
use rialto_lambda::{Context, InitError};

use super::{SESSION, session_key, user_key, user_partition};
use crate::Error;
use crate::domain::{PasswordHash, Session, User, surplus};

/// Of a person's sessions, when there may be too many.
const LOOKED_AT: usize = 100;

/// Sessions in identity's table. Every finder takes whose they are.
#[derive(Debug, Clone)]
pub struct Sessions {
    table: Table,
}

/// What became of a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// The new token is the one that is good.
    Done,
    /// The token was not the one that is good any more. The session as it is now; `None` when it is gone.
    Beaten(Option<Box<Session>>),
    /// The token is still as good as it was, but the person's epoch is another: read both again.
    Overtaken,
}

impl Sessions {
    /// Sessions in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Sessions in the table that `IDENTITY_TABLE` names.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        context.table("IDENTITY_TABLE").map(Self::new)
    }

    /// Adds a new session, with what there is to tell of it, while its person is of its epoch.
    ///
    /// # Errors
    /// [`Error::Contention`] when the person's epoch has changed, or the person is gone; [`Error::Table`].
    pub async fn begin(&self, session: &Session, news: &[Envelope]) -> Result<(), Error> {
        let mut put = Put::new(&session_key(session.user_id, session.id), session)?.when(cond::absent("pk"));
        if !news.is_empty() {
            put = put.with(OUTBOX, outbox(news)?);
        }
        match self.table.transact(vec![put.into(), of_epoch(session.user_id, session.epoch)]).await {
            Err(error) if error.failed_conditions().contains(&1) => Err(Error::Contention),
            Err(error) if error.condition_failed() => {
                // Our own put, sent again because its answer was lost, meets itself.
                let found = error.failed_item::<Session>(0)?;
                if found.as_ref() == Some(session) { Ok(()) } else { Err(error.into()) }
            }
            outcome => Ok(outcome?),
        }
    }

    /// Ends the sessions of a person that are too many; answers how many that were. Of several at once the last to begin sees
    /// what all have added.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn end_surplus(&self, user: &User, now: Timestamp) -> Result<usize, Error> {
        let query = Query::pk(user_partition(user.id)).sk_begins(SESSION).limit(LOOKED_AT).strong();
        let oldest: Page<Session> = self.table.query(query).await?;
        let ended = surplus(oldest.items, user, now);
        for id in &ended {
            self.end(user.id, *id).await?;
        }
        Ok(ended.len())
    }

    /// A session of this person.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn find(&self, owner: UserId, id: SessionId) -> Result<Option<Session>, Error> {
        Ok(self.table.get(&session_key(owner, id), Read::Strong).await?)
    }

    /// Replaces the token of `before` by that of `after`, if it is still the one that is good and the person is still of the
    /// session's epoch. Of many at once for one token exactly one is done. A lost answer does not count against the person: the write is sent again, and if it
    /// finds its own new token in place, which nobody else can have drawn, it was the one.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn refresh(&self, before: &Session, after: &Session) -> Result<Refreshed, Error> {
        let outcome = match self.replace(before, after).await {
            Err(TableError::Unavailable(_)) => self.replace(before, after).await,
            outcome => outcome,
        };
        let error = match outcome {
            Ok(()) => return Ok(Refreshed::Done),
            Err(error) if error.condition_failed() => error,
            Err(error) => return Err(error.into()),
        };
        if error.failed_conditions() == [1] {
            return Ok(Refreshed::Overtaken);
        }
        let found: Option<Session> = error.failed_item(0)?;
        let ours = found.as_ref().is_some_and(|session| session.secret_hash == after.secret_hash);
        Ok(if ours { Refreshed::Done } else { Refreshed::Beaten(found.map(Box::new)) })
    }

    async fn replace(&self, before: &Session, after: &Session) -> Result<(), TableError> {
        let update = Update::of(session_key(before.user_id, before.id))
            .set("secretHash", after.secret_hash.as_str())
            .set("previousHash", before.secret_hash.as_str())
            .set("refreshedAt", to_value(&after.refreshed_at)?)
            .set("ttl", after.ends_at)
            .remove(OUTBOX)
            .when(cond::eq("secretHash", before.secret_hash.as_str()));
        self.table.transact(vec![update.into(), of_epoch(before.user_id, before.epoch)]).await
    }

    /// Ends a session of this person, if there is one: none of its tokens is good from then on, and none can bring it
    /// back, as a refresh needs its row.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn end(&self, owner: UserId, id: SessionId) -> Result<(), Error> {
        Ok(self.table.delete(Delete::of(session_key(owner, id))).await?)
    }

    /// Ends all sessions of this person that began before; in one write, however many there are.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn end_all(&self, owner: UserId) -> Result<(), Error> {
        // Counted twice if the SDK sends it again, which ends the same sessions.
        let update = Update::of(user_key(owner)).add("sessionEpoch", 1).add("version", 1).when(cond::exists("pk"));
        match self.table.update(update).await {
            Err(error) if !error.condition_failed() => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Gives `user` a new password, which ends all their sessions but `kept`.
    ///
    /// # Errors
    /// [`Error::SessionEnded`] when `kept` has ended; [`Error::Contention`] when another change came between;
    /// [`Error::Table`].
    pub async fn change_password(&self, user: &User, kept: SessionId, hash: &PasswordHash) -> Result<(), Error> {
        let (epoch, next) = (user.session_epoch, user.session_epoch.saturating_add(1));
        let account = Update::of(user_key(user.id))
            .set("passwordHash", hash.as_phc())
            .set("sessionEpoch", next)
            .add("version", 1)
            .when(cond::eq("sessionEpoch", epoch));
        let session =
            Update::of(session_key(user.id, kept)).set("epoch", next).remove(OUTBOX).when(cond::eq("epoch", epoch));
        match self.table.transact(vec![account.into(), session.into()]).await {
            Err(error) if error.failed_conditions().contains(&0) => Err(Error::Contention),
            Err(error) if error.condition_failed() => Err(Error::SessionEnded),
            outcome => Ok(outcome?),
        }
    }

    /// All sessions that are kept of this person, oldest first, also those that have ended and are not yet removed.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn kept(&self, owner: UserId) -> Result<Vec<Session>, Error> {
        Ok(self.table.query_all(Query::pk(user_partition(owner)).sk_begins(SESSION).strong()).await?)
    }

    /// A page of this person's sessions that have not ended, newest first.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn list(
        &self,
        owner: &User,
        now: Timestamp,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Page<Session>, Error> {
        let alive = cond::all([cond::eq("epoch", owner.session_epoch), cond::gt("ttl", now.as_second())]);
        let query = Query::pk(user_partition(owner.id)).sk_begins(SESSION).descending().filter(alive);
        Ok(self.table.query(query.limit(limit).after(after).strong()).await?)
    }
}

/// No token is given, and no session begun, of an epoch that has ended: a new password and a log-out everywhere come before
/// it or after it.
fn of_epoch(person: UserId, epoch: u64) -> Write {
    Check::of(user_key(person), cond::eq("sessionEpoch", epoch)).into()
}
