//! What people want done with their data.

use rialto_kernel::{ErasureId, ExportId, Timestamp, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person wants a copy of their data. The subject is the export, `version` is 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonExportRequested {
    /// The export.
    pub export_id: ExportId,
    /// Whose data.
    pub user_id: UserId,
}

/// An account is gone and the person's data is to go everywhere. The subject is the erasure, `version` is 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonErasureRequested {
    /// The erasure.
    pub erasure_id: ErasureId,
    /// Whose data.
    pub user_id: UserId,
    /// When to look again: what the person's last token or a checkout under way put down meanwhile is there by then.
    pub again_at: Timestamp,
}

/// A person's data is gone everywhere, but for what the law keeps. The subject is the erasure, `version` is 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonErased {
    /// The erasure.
    pub erasure_id: ErasureId,
    /// Whose data it was.
    pub user_id: UserId,
}
