//! The indexes of a stage: which is searched, which are written, and how far the rebuilding of the next has come.

use std::time::Duration;

use rialto_kernel::{ProductId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::index_definition::DEFINITION_VERSION;

/// Whoever has read that an index is written has ended by then.
const IN_USE: Duration = Duration::from_secs(300);

/// What the stage's indexes are. Each change is made over the version that was read, and every one of them can be made
/// again by whoever finds it half done.
///
/// Products are written to all of [`Self::targets`]. An index is filled only once it is among them, and news are kept in the
/// table before the targets are read: what the filling does not find in the table is therefore written to the index by its
/// own news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Indexes {
    /// One more for each change.
    pub version: u64,
    /// What is searched.
    pub serving: String,
    /// What was searched before; written still, so that it can be returned to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The last rebuilding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<Rebuild>,
    /// Where in the table the rebuilding goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<ProductId>,
    /// What is to be deleted.
    #[serde(default)]
    pub retired: Vec<Retired>,
}

/// The making of a new index from the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SearchRebuild)]
pub struct Rebuild {
    /// The new index.
    pub index: String,
    /// How far it is.
    pub phase: Phase,
    /// Products in the index that is searched, when copying began.
    pub expected: u64,
    /// Products copied from the table.
    pub copied: u64,
    /// Products found in the new index at the table's version or a later one.
    pub verified: u64,
    /// Of those, products that had to be written once more.
    pub repaired: u64,
    /// Who began it; absent when the calendar or a deployment did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_by: Option<UserId>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it last got further.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// What it last failed with; it is tried again each minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// How far a rebuilding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SearchRebuildPhase)]
pub enum Phase {
    /// The index is being made.
    Preparing,
    /// Products are copied from the table.
    Copying,
    /// Each product of the table is looked for in the index.
    Verifying,
    /// The index is searched.
    Done,
    /// It was given up before its index was searched.
    Abandoned,
    /// Its index was searched, and the one before is again.
    RolledBack,
}

/// An index that nothing is written to any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Retired {
    /// The index.
    pub index: String,
    /// Since when.
    pub at: Timestamp,
}

/// A part of the table that was walked over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walked {
    /// Products of the part.
    pub products: u64,
    /// Products that had to be written once more.
    pub repaired: u64,
    /// The last of them when there is more of the table.
    pub next: Option<ProductId>,
}

impl Indexes {
    /// A stage's first.
    #[must_use]
    pub fn first(index: String) -> Self {
        Self { version: 1, serving: index, previous: None, rebuild: None, after: None, retired: Vec::new() }
    }

    /// The name of a new index.
    #[must_use]
    pub fn named(alias: &str, now: Timestamp) -> String {
        format!("{}{}", prefix(alias), now.as_millisecond())
    }

    /// Where documents are written.
    #[must_use]
    pub fn targets(&self) -> Vec<String> {
        let filled = |rebuild: &&Rebuild| matches!(rebuild.phase, Phase::Copying | Phase::Verifying);
        let next = self.rebuild.as_ref().filter(filled).map(|rebuild| &rebuild.index);
        [Some(&self.serving), self.previous.as_ref(), next].into_iter().flatten().cloned().collect()
    }

    /// The rebuilding that is going on.
    #[must_use]
    pub fn running(&self) -> Option<&Rebuild> {
        let runs = |rebuild: &&Rebuild| matches!(rebuild.phase, Phase::Preparing | Phase::Copying | Phase::Verifying);
        self.rebuild.as_ref().filter(runs)
    }

    /// Whether the last rebuilding was given up or undone. Who did so decides when there is another: the calendar begins none.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.rebuild.as_ref().is_some_and(|last| matches!(last.phase, Phase::Abandoned | Phase::RolledBack))
    }

    /// Whether what is searched is of the current definition, or will be once the rebuilding is done.
    #[must_use]
    pub fn is_current(&self, alias: &str) -> bool {
        let index = self.running().map_or(&self.serving, |rebuild| &rebuild.index);
        index.starts_with(&prefix(alias))
    }

    /// Begins to rebuild, unless that is going on already.
    #[must_use]
    pub fn start(&self, index: String, by: Option<UserId>, now: Timestamp) -> Option<Self> {
        if self.running().is_some() {
            return None;
        }
        let rebuild = Rebuild {
            index,
            phase: Phase::Preparing,
            expected: 0,
            copied: 0,
            verified: 0,
            repaired: 0,
            started_by: by,
            started_at: now,
            updated_at: now,
            problem: None,
        };
        Some(Self { rebuild: Some(rebuild), after: None, ..self.next() })
    }

    /// The index is made: it is written from now on.
    #[must_use]
    pub fn made(&self, expected: u64, now: Timestamp) -> Self {
        self.with(now, |rebuild| {
            rebuild.phase = Phase::Copying;
            rebuild.expected = expected;
        })
    }

    /// A part of the table was copied.
    #[must_use]
    pub fn copied(&self, part: Walked, now: Timestamp) -> Self {
        let copied = self.with(now, |rebuild| {
            rebuild.copied = rebuild.copied.saturating_add(part.products);
            if part.next.is_none() {
                rebuild.phase = Phase::Verifying;
            }
        });
        Self { after: part.next, ..copied }
    }

    /// A part of the table was verified; after the last the new index is searched.
    #[must_use]
    pub fn verified(&self, part: Walked, now: Timestamp) -> Self {
        let mut verified = self.with(now, |rebuild| {
            rebuild.verified = rebuild.verified.saturating_add(part.products);
            rebuild.repaired = rebuild.repaired.saturating_add(part.repaired);
            if part.next.is_none() {
                rebuild.phase = Phase::Done;
            }
        });
        verified.after = part.next;
        if let (None, Some(rebuild)) = (part.next, &self.rebuild) {
            let before = std::mem::replace(&mut verified.serving, rebuild.index.clone());
            verified.retired.extend(verified.previous.replace(before).map(|index| Retired { index, at: now }));
        }
        verified
    }

    /// Gives the running rebuilding up or, when none runs, returns to what was searched before; done twice, it goes back to
    /// the newer one. `None` when there is nothing to return to.
    #[must_use]
    pub fn roll_back(&self, now: Timestamp) -> Option<Self> {
        if let Some(running) = self.running() {
            let mut abandoned = self.with(now, |rebuild| rebuild.phase = Phase::Abandoned);
            abandoned.retired.push(Retired { index: running.index.clone(), at: now });
            return Some(Self { after: None, ..abandoned });
        }
        let mut returned = self.with(now, |rebuild| match rebuild.phase {
            Phase::Done => rebuild.phase = Phase::RolledBack,
            Phase::RolledBack => rebuild.phase = Phase::Done,
            _ => {}
        });
        std::mem::swap(&mut returned.serving, returned.previous.as_mut()?);
        Some(returned)
    }

    /// Something failed.
    #[must_use]
    pub fn failed(&self, problem: String) -> Self {
        let mut failed = self.next();
        if let Some(rebuild) = &mut failed.rebuild {
            rebuild.problem = Some(problem);
        }
        failed
    }

    /// The retired indexes that nobody uses any more.
    #[must_use]
    pub fn disused(&self, now: Timestamp) -> Vec<String> {
        let disused = self.retired.iter().filter(|retired| retired.is_disused(now));
        disused.map(|retired| retired.index.clone()).collect()
    }

    /// The disused indexes are deleted.
    #[must_use]
    pub fn cleaned(&self, now: Timestamp) -> Self {
        let mut cleaned = self.next();
        cleaned.retired.retain(|retired| !retired.is_disused(now));
        cleaned
    }

    fn next(&self) -> Self {
        Self { version: self.version.saturating_add(1), ..self.clone() }
    }

    fn with(&self, now: Timestamp, change: impl FnOnce(&mut Rebuild)) -> Self {
        let mut next = self.next();
        if let Some(rebuild) = &mut next.rebuild {
            rebuild.updated_at = now;
            rebuild.problem = None;
            change(rebuild);
        }
        next
    }
}

impl Retired {
    fn is_disused(&self, now: Timestamp) -> bool {
        now.duration_since(self.at).unsigned_abs() >= IN_USE && now > self.at
    }
}

fn prefix(alias: &str) -> String {
    format!("{alias}-v{DEFINITION_VERSION}-")
}

#[cfg(test)]
#[path = "indexes_tests.rs"]
mod tests;
