//! Erasures of people: an account that is gone, and what has become of the rest.

use std::collections::BTreeMap;

use rialto_dynamo::{Delete, Key, Put, Query, Read, Table, Update, cond, to_value};
use rialto_events::types::{PersonErased, PersonErasureRequested};
use rialto_events::{Envelope, OUTBOX, outbox};
use rialto_kernel::{ErasureId, ExportId, Timestamp, UserId};
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CLOSED, EXPORT, email_key, erasure_key, export_key, user_key, user_partition};
use crate::Error;
use crate::domain::User;

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

/// The id of the one erasure of a person.
#[must_use]
pub fn erasure_of(user: UserId) -> ErasureId {
    ErasureId::named(&[&user.to_string()])
}

/// The key of a row of a person.
#[derive(Deserialize)]
struct AnyRow {
    pk: String,
    sk: String,
}

impl AnyRow {
    fn export(&self) -> Option<ExportId> {
        self.sk.strip_prefix(EXPORT)?.parse().ok()
    }
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
    /// and no session is continued. The services look again at `again_at`.
    ///
    /// # Errors
    /// [`Error::Contention`] when the account has changed since it was read; [`Error::Table`].
    pub async fn begin(&self, user: &User, now: Timestamp, again_at: Timestamp) -> Result<Erasure, Error> {
        let id = erasure_of(user.id);
        let erasure =
            Erasure { id, state: ErasureState::Erasing, requested_at: now, erased_at: None, rows: BTreeMap::new() };
        let event = PersonErasureRequested { erasure_id: id, user_id: user.id, again_at };
        let news = outbox(&[Envelope::of(&event, id, 1, now)?])?;
        let row = Put::new(&erasure_key(id), &erasure)?.with("userId", user.id.to_string()).with(OUTBOX, news);
        let writes = vec![
            row.when(cond::absent("pk")).into(),
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

    /// Closes the exports of a person whose account is gone, and answers which they are: none of them becomes ready from then
    /// on, so an archive that is packed later is removed by whoever packed it, and those that are there can be removed before
    /// the rows that tell of them.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn close_exports(&self, user: UserId) -> Result<Vec<ExportId>, Error> {
        let exports: Vec<_> = self.rows(user).await?.iter().filter_map(AnyRow::export).collect();
        for export in &exports {
            let close = Update::of(export_key(user, *export)).set(CLOSED, true).remove(OUTBOX).when(cond::exists("pk"));
            match self.table.update(close).await {
                Err(error) if !error.condition_failed() => return Err(error.into()),
                _ => {}
            }
        }
        Ok(exports)
    }

    /// Removes every row of a person whose account is gone; answers how many. Of a person with an account nothing is removed.
    /// What goes with an export goes before: see [`Self::close_exports`].
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn remove_rows(&self, user: UserId) -> Result<u64, Error> {
        let mut removed = 0;
        for AnyRow { pk, sk } in self.rows(user).await? {
            self.table.delete(Delete::of(Key::new(pk, sk))).await?;
            removed += 1;
        }
        Ok(removed)
    }

    /// The rows of a person whose account is gone; none of one who has an account.
    async fn rows(&self, user: UserId) -> Result<Vec<AnyRow>, Error> {
        let rows: Vec<AnyRow> = self.table.query_all(Query::pk(user_partition(user)).strong()).await?;
        let account = user_key(user);
        Ok(if rows.iter().any(|row| row.sk == account.sk) { Vec::new() } else { rows })
    }

    /// Notes that all is done, and tells it, once.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn complete(&self, user: UserId, rows: &BTreeMap<String, u64>, now: Timestamp) -> Result<(), Error> {
        let id = erasure_of(user);
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
