//! Exports of people's data.

use rialto_dynamo::{Put, Query, Read, Table, Update, cond, to_value};
use rialto_events::types::PersonExportRequested;
use rialto_events::{Envelope, OUTBOX, outbox};
use rialto_kernel::{ExportId, SignedDuration, Timestamp, UserId};
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CLOSED, EXPORT, export_key, user_key, user_partition};
use crate::Error;

/// As long as the bucket keeps an archive.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// An export that is asked for while another is this young and not ready is that other.
const UNDER_WAY: SignedDuration = SignedDuration::from_hours(1);
/// An export that is asked for while another is this young and ready is that other.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// How far an export has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportState {
    /// The services are at it.
    Pending,
    /// The archive is there.
    Ready,
}

/// An export of a person's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Export {
    /// The export.
    pub id: ExportId,
    /// How far it has come.
    pub state: ExportState,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub requested_at: Timestamp,
    /// Until when the archive can be fetched.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

#[derive(Deserialize)]
struct Row {
    state: ExportState,
    #[serde(default)]
    closed: bool,
}

/// Exports in identity's table. Every finder takes whose they are.
#[derive(Debug, Clone)]
pub struct Exports {
    table: Table,
}

impl Exports {
    /// Exports in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Exports in the table that `IDENTITY_TABLE` names.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        context.table("IDENTITY_TABLE").map(Self::new)
    }

    /// The table, where idempotency records are kept, too.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Asks for an export and tells all services; the one that is under way, if there is one, or was made within a day, or
    /// was asked for under this id.
    ///
    /// # Errors
    /// [`Error::UserNotFound`] when the account is erased; [`Error::Table`].
    pub async fn begin(&self, owner: UserId, id: ExportId, now: Timestamp) -> Result<Export, Error> {
        let newest = Query::pk(user_partition(owner)).sk_begins(EXPORT).descending().limit(1).strong();
        let newest = self.table.query::<Export>(newest).await?.items.into_iter().next();
        let young = |export: &Export| match export.state {
            ExportState::Pending => export.requested_at + UNDER_WAY > now,
            ExportState::Ready => export.requested_at + FRESH > now,
        };
        if let Some(before) = newest.filter(|export| export.id == id || young(export)) {
            return Ok(before);
        }
        let export = Export { id, state: ExportState::Pending, requested_at: now, expires_at: now + KEPT };
        let event = PersonExportRequested { export_id: id, user_id: owner };
        let row = Put::new(&export_key(owner, id), &export)?
            .with("ttl", export.expires_at.as_second())
            .with(OUTBOX, outbox(&[Envelope::of(&event, id, 1, now)?])?)
            .when(cond::absent("pk"));
        let account = rialto_dynamo::Check::of(user_key(owner), cond::exists("pk"));
        match self.table.transact(vec![row.into(), account.into()]).await {
            Ok(()) => Ok(export),
            Err(error) if error.condition_failed() => error.failed_item(0)?.ok_or(Error::UserNotFound),
            Err(error) => Err(error.into()),
        }
    }

    /// An export of this person.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn find(&self, owner: UserId, id: ExportId) -> Result<Option<Export>, Error> {
        Ok(self.table.get(&export_key(owner, id), Read::Strong).await?)
    }

    /// How far an export has come that is still wanted; `None` when its person was erased.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn wanted(&self, owner: UserId, id: ExportId) -> Result<Option<ExportState>, Error> {
        let row: Option<Row> = self.table.get(&export_key(owner, id), Read::Strong).await?;
        Ok(row.filter(|row| !row.closed).map(|row| row.state))
    }

    /// Notes that the archive is there. False when the export is not wanted any more: its person was erased.
    ///
    /// # Errors
    /// [`Error::Table`].
    pub async fn complete(&self, owner: UserId, id: ExportId) -> Result<bool, Error> {
        let update = Update::of(export_key(owner, id))
            .set("state", to_value(&ExportState::Ready)?)
            .remove(OUTBOX)
            .when(cond::all([cond::exists("pk"), cond::absent(CLOSED)]));
        match self.table.update(update).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
