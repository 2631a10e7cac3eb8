//! `POST /v1/categories/{id}/merge`

use rialto_http::{Caller, Operator, Problem, Request, Response};
use rialto_kernel::CategoryId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{categories::answer, show_category::CategoryView};
use crate::store::Store;

/// Which category another becomes one with.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CategoryMerge {
    /// The one that stays.
    into: CategoryId,
}

/// Makes a category one with another: its products and the categories under it come to lie under that one.
///
/// Who names the old id or path means the one that stays. Products follow within moments, page by page.
#[utoipa::path(
    post, path = "/v1/categories/{id}/merge", operation_id = "catalog-merge-category", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
    params(
        ("id" = CategoryId, Path, description = "The category that goes."),
        ("If-Match" = String, Header, description = "The `ETag` of the category that goes."),
    ),
    request_body = CategoryMerge,
    responses((status = 200, description = "The category that stays.", body = CategoryView)),
)]
pub async fn merge_category(store: &Store, _: Operator, request: Request) -> Result<Response, Problem> {
    let (id, if_match) = (request.path_id("id")?, request.required_if_match()?);
    let CategoryMerge { into } = request.json()?;
    let category = store.merge_category(id, into, request.now(), |version| if_match.admit(version)).await?;
    answer(store, category).await
}
