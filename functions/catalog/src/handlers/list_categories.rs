//! `GET /v1/categories`

use rialto_http::{Anyone, Caller, Problem, Request, Response, respond};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    categories::{CategoryNode, tree},
    show_product::CACHE,
};
use crate::store::Store;

/// All categories.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryTree {
    /// The departments, by name.
    items: Vec<CategoryNode>,
}

/// The tree of categories that products name or named.
#[utoipa::path(
    get, path = "/v1/categories", operation_id = "catalog-list-categories", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    responses((status = 200, description = "The tree.", body = CategoryTree)),
)]
pub async fn list_categories(store: &Store, _: Anyone, _: Request) -> Result<Response, Problem> {
    let categories = store.categories().await?;
    Ok(respond::ok(&CategoryTree { items: tree(&categories) })?.cache(CACHE))
}
