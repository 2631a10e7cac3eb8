//! `DELETE /v1/categories/{id}`

use rialto_http::{Caller, Operator, Problem, Request, Response, respond};
use rialto_kernel::CategoryId;

use crate::store::Store;

/// Removes a category under which there is nothing. One that has products or categories is merged into another instead.
///
/// A product that names it brings it back.
#[utoipa::path(
    delete, path = "/v1/categories/{id}", operation_id = "catalog-remove-category", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
    params(
        ("id" = CategoryId, Path, description = "The category."),
        ("If-Match" = String, Header, description = "The `ETag` of the category that is removed."),
    ),
    responses(
        (status = 204, description = "It is removed."),
        (status = 409, description = "`CATEGORY_NOT_EMPTY`"),
    ),
)]
pub async fn remove_category(store: &Store, _: Operator, request: Request) -> Result<Response, Problem> {
    let (id, if_match) = (request.path_id("id")?, request.required_if_match()?);
    store.remove_category(id, request.now(), |version| if_match.admit(version)).await?;
    Ok(respond::no_content())
}
