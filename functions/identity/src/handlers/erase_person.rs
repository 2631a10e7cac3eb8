//! Steps of a person's erasure: identity's own part, and its end.

use std::collections::BTreeMap;

use rialto_kernel::{ErasureId, ExportId, SignedDuration, Timestamp, UserId};
use rialto_lambda::{Context, InitError, now};
use rialto_person::{Archives, ErasePerson, Erased};
use serde::{Deserialize, Serialize};

use super::export_person::remove_parts;
use crate::Error;
use crate::store::{Erasures, Remains};

/// What identity's part needs.
#[derive(Debug)]
pub struct EraseRows {
    erasures: Erasures,
    archives: Archives,
}

impl EraseRows {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self { erasures: Erasures::of(context)?, archives: Archives::new(context)? })
    }
}

/// Removes a page of the sessions, addresses, mails and exports, with parts and archives, of a person whose account is gone.
/// An archive that is being packed meanwhile is removed by `identity-pack-export`, as its export is closed.
///
/// # Errors
/// When table or bucket fail.
pub async fn erase_person(state: &EraseRows, input: ErasePerson) -> Result<Erased, Error> {
    let remove_files = async |export| {
        // Boxed, or the future is deeper than the compiler takes.
        Box::pin(state.archives.remove_archive(export)).await?;
        Box::pin(remove_parts(&state.archives, export)).await
    };
    erase_page(&state.erasures, input, remove_files).await
}

/// Removes a page of rows, each export's files by `remove_files` before the row that tells of them.
pub(super) async fn erase_page(
    erasures: &Erasures,
    input: ErasePerson,
    remove_files: impl AsyncFn(ExportId) -> Result<(), Error>,
) -> Result<Erased, Error> {
    let Remains { rows, next } = erasures.remains(input.user_id, input.after.clone()).await?;
    let mut removed = 0;
    for row in rows {
        if let Some(export) = row.export() {
            erasures.close_export(input.user_id, export).await?;
            remove_files(export).await?;
        }
        erasures.remove(row).await?;
        removed += 1;
    }
    Ok(input.erased(removed, next))
}

/// What the end of an erasure needs.
#[derive(Debug)]
pub struct EndErasure {
    erasures: Erasures,
    /// After how long the services look again where something was left.
    again_after: SignedDuration,
}

impl EndErasure {
    /// # Errors
    /// When a setting is missing, or `ERASURE_AGAIN_SECONDS` is no number.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self::new(Erasures::of(context)?, again_after()?))
    }

    pub(super) fn new(erasures: Erasures, again_after: SignedDuration) -> Self {
        Self { erasures, again_after }
    }
}

/// How long the services wait before they look again.
///
/// # Errors
/// When `ERASURE_AGAIN_SECONDS` is missing or no number.
pub(super) fn again_after() -> Result<SignedDuration, InitError> {
    let name = "ERASURE_AGAIN_SECONDS";
    let seconds = rialto_lambda::env(name)?
        .parse()
        .map_err(|_| InitError::Unusable { name: name.to_owned(), reason: "no number of seconds".to_owned() })?;
    Ok(SignedDuration::from_secs(seconds))
}

/// What the services did, each in the order of the workflow's branches, before the last pass and in it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompleteErasure {
    erasure_id: ErasureId,
    user_id: UserId,
    first: Vec<Done>,
    second: Vec<Done>,
}

/// What one service did.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    service: String,
    rows: u64,
    /// What it had to leave.
    #[serde(default)]
    left: u64,
}

/// Whether that was all.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// When the services are to look once more; `None` (in JSON null) at the end.
    again_at: Option<Timestamp>,
    /// What was done so far.
    done: Vec<Done>,
}

/// Writes down what was done and tells that the person is erased, once; unless the last pass had to leave something: then
/// there is to be another.
///
/// # Errors
/// When the table fails.
pub async fn complete_erasure(state: &EndErasure, input: CompleteErasure) -> Result<Completion, Error> {
    let left = input.second.iter().fold(0, |sum: u64, done| sum.saturating_add(done.left));
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    for done in input.first.into_iter().chain(input.second) {
        let sum = rows.entry(done.service).or_default();
        *sum = sum.saturating_add(done.rows);
    }
    if left > 0 {
        tracing::warn!(user.id = %input.user_id, rows.left = left, "a person's data is still needed: not erased yet");
        let done = rows.into_iter().map(|(service, rows)| Done { service, rows, left: 0 }).collect();
        return Ok(Completion { again_at: Some(now() + state.again_after), done });
    }
    state.erasures.complete(input.erasure_id, input.user_id, &rows, now()).await?;
    Ok(Completion { again_at: None, done: Vec::new() })
}
