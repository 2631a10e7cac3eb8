//! `GET /v1/categories/{id}`

use rialto_http::{Anyone, Caller, Problem, Request, Response, respond};
use rialto_kernel::CategoryId;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    attribute_view::{AttributeView, attributes},
    categories::CategoryLink,
    show_product::CACHE,
};
use crate::{
    domain::{attributes::Types, category::Category},
    store::Store,
};

/// A category and where it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Category)]
pub struct CategoryView {
    id: CategoryId,
    #[schema(example = "Lighting")]
    name: String,
    /// From the department down to this category.
    breadcrumbs: Vec<CategoryLink>,
    /// Those right under it, by name.
    children: Vec<CategoryLink>,
    /// What its products say of themselves, as it or a category above it declares: by name, what it declares itself first.
    attributes: Vec<AttributeView>,
}

/// A category with the way to it and what is right under it. The id of one that was moved answers it where it is now.
#[utoipa::path(
    get, path = "/v1/categories/{id}", operation_id = "catalog-show-category", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    params(("id" = CategoryId, Path, description = "The category.")),
    responses((status = 200, description = "The category.", body = CategoryView)),
)]
pub async fn show_category(store: &Store, _: Anyone, request: Request) -> Result<Response, Problem> {
    let (category, children) = store.category(request.path_id("id")?).await?;
    let inherited = store.inherited(&category).await?;
    Ok(respond::ok(&CategoryView::of(&category, &children, &inherited))?.etag(category.version).cache(CACHE))
}

impl CategoryView {
    pub(super) fn of(category: &Category, children: &[Category], inherited: &Types) -> Self {
        Self {
            id: category.category_id,
            name: category.name().to_owned(),
            breadcrumbs: Category::along(&category.path).iter().map(CategoryLink::from).collect(),
            children: children.iter().map(CategoryLink::from).collect(),
            attributes: attributes(category, inherited),
        }
    }
}
