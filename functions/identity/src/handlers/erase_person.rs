//! Steps of a person's erasure: identity's own part, and its end.

use std::collections::BTreeMap;

use rialto_kernel::UserId;
use rialto_lambda::{Context, InitError, now};
use rialto_person::{Archives, ErasePerson, Erased};
use serde::Deserialize;

use super::export_person::remove_parts;
use crate::Error;
use crate::store::Erasures;

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

/// Removes sessions, addresses, mails, exports, their parts and their archives of a person whose account is gone. An archive
/// that is being packed meanwhile is removed by `identity-pack-export`, as its export is closed.
///
/// # Errors
/// When table or bucket fail.
pub async fn erase_person(state: &EraseRows, input: ErasePerson) -> Result<Erased, Error> {
    for export in state.erasures.close_exports(input.user_id).await? {
        state.archives.remove_archive(export).await?;
        remove_parts(&state.archives, export).await?;
    }
    Ok(Erased { rows: state.erasures.remove_rows(input.user_id).await? })
}

/// What the services did, each in the order of the workflow's branches, in two passes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompleteErasure {
    user_id: UserId,
    first: Vec<Done>,
    second: Vec<Done>,
}

/// What one service did in one pass.
#[derive(Debug, Deserialize)]
pub struct Done {
    service: String,
    rows: u64,
}

/// Writes down what was done and tells that the person is erased, once.
///
/// # Errors
/// When the table fails.
pub async fn complete_erasure(erasures: &Erasures, input: CompleteErasure) -> Result<(), Error> {
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    for done in input.first.into_iter().chain(input.second) {
        let sum = rows.entry(done.service).or_default();
        *sum = sum.saturating_add(done.rows);
    }
    erasures.complete(input.user_id, &rows, now()).await
}
