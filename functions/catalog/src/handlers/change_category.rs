//! `PATCH /v1/categories/{id}`

use rialto_http::{Caller, Operator, Problem, Request, Response};
use rialto_kernel::CategoryId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    categories::{answer, at},
    show_category::CategoryView,
};
use crate::{domain::edit::Level, store::Store};

/// Where a category is to be.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CategoryEdit {
    /// From the department down: another last level renames it, another way to it moves it. All but the last are there.
    #[schema(min_items = 1, max_items = 5)]
    path: Vec<Level>,
}

/// Renames or moves a category, with all that is under it. Its id follows from its path, so it has another one afterwards.
///
/// Who names the old id or path, as an uploaded file may, means the category where it is now. Its products follow within
/// moments, page by page.
#[utoipa::path(
    patch, path = "/v1/categories/{id}", operation_id = "catalog-change-category", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
    params(
        ("id" = CategoryId, Path, description = "The category."),
        ("If-Match" = String, Header, description = "The `ETag` of the category that is changed."),
    ),
    request_body = CategoryEdit,
    responses(
        (status = 200, description = "The category where it is now.", body = CategoryView),
        (status = 409, description = "`CATEGORY_EXISTS`: merge into that one instead"),
    ),
)]
pub async fn change_category(store: &Store, _: Operator, request: Request) -> Result<Response, Problem> {
    let (id, if_match) = (request.path_id("id")?, request.required_if_match()?);
    let CategoryEdit { path } = request.json()?;
    let category = store.move_category(id, &at(path)?, request.now(), |version| if_match.admit(version)).await?;
    answer(store, category).await
}
