//! `POST /v1/categories`

use rialto_http::{Caller, Operator, Problem, Request, Response, respond};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{categories::at, show_category::CategoryView};
use crate::{
    domain::{category::Category, edit::Level},
    store::Store,
};

/// A category that is not there yet.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewCategory {
    /// From the department down. All but the last are there.
    #[schema(min_items = 1, max_items = 5)]
    path: Vec<Level>,
}

/// Makes a category. Those that products name need not be made: they come with the first product.
///
/// A path that a category has left is free: who names it then means the new one.
#[utoipa::path(
    post, path = "/v1/categories", operation_id = "catalog-create-category", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
    request_body = NewCategory,
    responses(
        (status = 201, description = "The category.", body = CategoryView),
        (status = 409, description = "`CATEGORY_EXISTS`"),
    ),
)]
pub async fn create_category(store: &Store, _: Operator, request: Request) -> Result<Response, Problem> {
    let NewCategory { path } = request.json()?;
    let category = store.create_category(&at(path)?, request.now()).await?;
    let Category { category_id, version, .. } = category;
    let view = CategoryView::of(&category, &[], &store.inherited(&category).await?);
    Ok(respond::created(&format!("/v1/categories/{category_id}"), &view)?.etag(version))
}
