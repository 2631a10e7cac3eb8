//! `PUT /v1/categories/{id}/attributes`

use rialto_http::{Caller, Fault, Operator, Problem, Request, Response};
use rialto_kernel::CategoryId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{categories::answer, show_category::CategoryView};
use crate::{
    domain::{attributes::Attribute, declaring::declared},
    store::Store,
};

/// What products of a category say of themselves.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CategoryAttributes {
    /// All that the category itself declares: what is left out, it no longer declares.
    #[schema(max_items = 50)]
    attributes: Vec<Attribute>,
}

/// Declares the attributes of a category's products, and of those in the categories under it.
///
/// Where a category and one above it declare the same name, its own counts. Products are judged when they are written: by an
/// upload, as an item, or when their category or attributes are changed. Those that are there stay as they are until then.
#[utoipa::path(
    put, path = "/v1/categories/{id}/attributes", operation_id = "catalog-declare-attributes", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Operator::NAME))),
    params(
        ("id" = CategoryId, Path, description = "The category."),
        ("If-Match" = String, Header, description = "The `ETag` of the category."),
    ),
    request_body = CategoryAttributes,
    responses((status = 200, description = "The category.", body = CategoryView)),
)]
pub async fn declare_attributes(store: &Store, _: Operator, request: Request) -> Result<Response, Problem> {
    let (id, if_match) = (request.path_id("id")?, request.required_if_match()?);
    let CategoryAttributes { attributes } = request.json()?;
    let attributes = declared(attributes)
        .map_err(|error| Problem::invalid(format!("/attributes{}", error.pointer), Fault::NotAllowed, error.message))?;
    let judge = |version| if_match.admit(version);
    let category = store.declare_attributes(id, &attributes, request.now(), judge).await?;
    answer(store, category).await
}

#[cfg(test)]
#[path = "declare_attributes_tests.rs"]
mod tests;
