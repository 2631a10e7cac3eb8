//! `GET` and `POST /v1/search/reindex`

use rialto_http::{Caller, Operator, Problem, Request, Response, code, respond};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{Indexes, Rebuild},
    rebuilder::{RebuildError, Rebuilder},
};

/// The indexes of products.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reindex {
    /// The index that is searched.
    serving: String,
    /// The one before it, which is written still and can be returned to.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    /// The last rebuilding; absent before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    rebuild: Option<Rebuild>,
}

/// What to do with the indexes.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SteerReindex {
    action: ReindexAction,
}

/// What to do.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReindexAction {
    /// Make a new index from the table, unless one is being made. It begins within a minute.
    Start,
    /// Give the new index up while it is being made. When none is, search the one before the last again; done twice, the
    /// last one again.
    RollBack,
}

/// Shows how far the rebuilding of the index is
#[utoipa::path(
    get, path = "/v1/search/reindex", operation_id = "search-show-reindex", tag = "search",
    responses((status = 200, description = "The indexes", body = Reindex)),
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
)]
pub async fn show_reindex(rebuilder: &Rebuilder, _: Operator, _: Request) -> Result<Response, Problem> {
    respond::ok(&Reindex::from(rebuilder.indexes().await?))
}

/// Rebuilds the index, or goes back to the one before
///
/// Searches and changes of products go on meanwhile. `CONFLICT` when there is no index to go back to.
#[utoipa::path(
    post, path = "/v1/search/reindex", operation_id = "search-steer-reindex", tag = "search",
    request_body = SteerReindex,
    responses((status = 202, description = "The indexes", body = Reindex), (status = 409, description = "`CONFLICT`")),
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
)]
pub async fn steer_reindex(rebuilder: &Rebuilder, operator: Operator, request: Request) -> Result<Response, Problem> {
    let asked: SteerReindex = request.json()?;
    let indexes = match asked.action {
        ReindexAction::Start => rebuilder.start(Some(operator.user_id)).await?,
        ReindexAction::RollBack => rebuilder.roll_back().await?,
    };
    respond::accepted("/v1/search/reindex", &Reindex::from(indexes))
}

impl From<Indexes> for Reindex {
    fn from(indexes: Indexes) -> Self {
        Self { serving: indexes.serving, previous: indexes.previous, rebuild: indexes.rebuild }
    }
}

impl From<RebuildError> for Problem {
    fn from(error: RebuildError) -> Self {
        match error {
            RebuildError::NothingBefore => Self::of(code::CONFLICT),
            RebuildError::NotPrepared | RebuildError::Contention | RebuildError::Missing(_) => Self::unavailable(error),
            RebuildError::Index(error) => error.into(),
            RebuildError::Table(error) => error.into(),
        }
    }
}

#[cfg(test)]
#[path = "reindex_tests.rs"]
mod tests;
