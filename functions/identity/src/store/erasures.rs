//! Erasures of people: an account that is gone, and what has become of the rest.

use std::collections::BTreeMap;

use rialto_dynamo::{Delete, Key, Position, Put, Query, Read, Table, Update, cond, to_value};
use rialto_events::types::{PersonErased, PersonErasureRequested};
use rialto_events::{Envelope, OUTBOX, outbox};
use rialto_kernel::{ErasureId, ExportId, Timestamp, UserId};
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CLOSED, EXPORT, email_key, erased_key, erasure_key, export_key, user_key, user_partition};
use crate::Error;
use crate::domain::User;

/// For how long a person's own token still finds the erasure it began, in seconds: longer than any lives.
const FOUND_BY_ITS_PERSON_SECONDS: i64 = 24 * 60 * 60;
/// Of one person, by one run of the erasure's step.
pub(crate) const ERASED_AT_ONCE: usize = 50;

/// How far an erasure has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ErasureState {
    /// The account is gone; the services are at it.
    Erasing,
    /// All is gone, but for what the law keeps.
    Erased,
}

/// An erasure, as its person may follow it. It says nothing of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Erasure {
    /// The erasure.
    pub id: ErasureId,
    /// How far it has come.
    pub state: ErasureState,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub requested_at: Timestamp,
    /// When it had ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub erased_at: Option<Timestamp>,
    /// What each service removed or anonymised, in rows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rows: BTreeMap<String, u64>,
}

/// Which erasure ended an account.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Began {
    erasure_id: ErasureId,
    ttl: i64,
}

/// The key of a row of a person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AnyRow {
    pk: String,
    sk: String,
}

impl AnyRow {
    /// The export that the row tells of.
    #[must_use]
    pub fn export(&self) -> Option<ExportId> {
        self.sk.strip_prefix(EXPORT)?.parse().ok()
    }
}

/// Some rows of a person whose account is gone.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Remains {
    /// The rows.
    pub rows: Vec<AnyRow>,
    /// Where the next ones start, if there are more.
    pub next: Option<Position>,
}

/// Erasures in identity's table.
#[derive(Debug, Clone)]
pub struct Erasures {
    table: Table,
}

impl Erasures {
    /// Erasures in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Erasures in the table that `IDENTITY_TABLE` names.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        context.table("IDENTITY_TABLE").map(Self::new)
    }

    /// Removes the account, frees its e-mail and tells all services, in one transaction: from then on nobody logs in to it
    /// and no session is continued. The services look again at `again_at`. The erasure's `id` is drawn, as who has it may ask
    /// how far it has come: nobody is to work it out from the person's id.
    ///
    /// # Errors
    /// [`Error::Contention`] when the account has changed since it was read, or is gone; [`Error::Table`].
    pub async fn begin(
        &self,
        user: &User,
        id: ErasureId,
        now: Timestamp,
        again_at: Timestamp,
    ) -> Result<Erasure, Error> {
        let erasure =
            Erasure { id, state: ErasureState::Erasing, requested_at: now, erased_at: None, rows: BTreeMap::new() };
        let event = PersonErasureRequested { erasure_id: id, user_id: user.id, again_at };
        let news = outbox(&[Envelope::of(&event, id, 1, now)?])?;
        let row = Put::new(&erasure_key(id), &erasure)?.with("userId", user.id.to_string()).with(OUTBOX, news);
        let ttl = now.as_second().saturating_add(FOUND_BY_ITS_PERSON_SECONDS);
        let began = Put::new(&erased_key(user.id), &Began { erasure_id: id, ttl })?;
        let writes = vec![
            row.when(cond::absent("pk")).into(),
            began.into(),
            Delete::of(email_key(&user.email)).when(cond::eq("userId", user.id.to_string())).into(),
            Delete::of(user_key(user.id)).when(cond::eq("version", user.version)).into(),
        ];
        match self.table.transact(writes).await {
            Ok(()) => Ok(erasure),
            Err(error) if error.condition_failed() => Err(Error::Contention),
            Err(error) => Err(error.into()),
        }
    }

    /// An erasure.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn find(&self, id: ErasureId) -> Result<Option<Erasure>, Error> {
        Ok(self.table.get(&erasure_key(id), Read::Strong).await?)
    }

    /// The erasure that ended this person's account, for a day after it.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn begun_by(&self, user: UserId) -> Result<Option<Erasure>, Error> {
        let began: Option<Began> = self.table.get(&erased_key(user), Read::Strong).await?;
        let Some(began) = began else { return Ok(None) };
        self.find(began.erasure_id).await
    }

    /// Some of the rows that are left of a person whose account is gone; none of one who has an account.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn remains(&self, user: UserId, after: Option<Position>) -> Result<Remains, Error> {
        // Read first: an account that is gone does not come back.
        let account: Option<AnyRow> = self.table.get(&user_key(user), Read::Strong).await?;
        if account.is_some() {
            return Ok(Remains::default());
        }
        let query = Query::pk(user_partition(user)).limit(ERASED_AT_ONCE).after(after).strong();
        let page = self.table.query(query).await?;
        Ok(Remains { rows: page.items, next: page.next })
    }

    /// Closes an export: it does not become ready from then on, so an archive that is packed later is removed by whoever
    /// packed it, and one that is there can be removed before the row that tells of it.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn close_export(&self, user: UserId, export: ExportId) -> Result<(), Error> {
        let close = Update::of(export_key(user, export)).set(CLOSED, true).remove(OUTBOX).when(cond::exists("pk"));
        match self.table.update(close).await {
            Err(error) if !error.condition_failed() => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Removes a row. What goes with an export goes before: see [`Self::close_export`].
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn remove(&self, AnyRow { pk, sk }: AnyRow) -> Result<(), Error> {
        Ok(self.table.delete(Delete::of(Key::new(pk, sk))).await?)
    }

    /// Notes that all is done, and tells it, once.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn complete(
        &self,
        id: ErasureId,
        user: UserId,
        rows: &BTreeMap<String, u64>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let news = outbox(&[Envelope::of(&PersonErased { erasure_id: id, user_id: user }, id, 2, now)?])?;
        let update = Update::of(erasure_key(id))
            .set("state", to_value(&ErasureState::Erased)?)
            .set("erasedAt", to_value(&now)?)
            .set("rows", to_value(rows)?)
            .set(OUTBOX, news)
            .when(cond::eq("state", to_value(&ErasureState::Erasing)?));
        match self.table.update(update).await {
            Err(error) if !error.condition_failed() => Err(error.into()),
            _ => Ok(()),
        }
    }
}
