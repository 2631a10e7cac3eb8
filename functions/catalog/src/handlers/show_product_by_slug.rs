//! `GET /v1/products/by-slug/{slug}`

use rialto_http::{Anyone, Caller, Problem, Request, Response, respond};

use super::show_product::{ProductView, page};
use crate::{domain::slug, store::Store};

const ASK_AGAIN: &str = "public, max-age=0";

/// A product by the address that its page has for people, its `slug`.
///
/// The id at the end alone decides. Any other words before it, such as those of a title it had before, or none, lead to the
/// address as it is now.
#[utoipa::path(
    get, path = "/v1/products/by-slug/{slug}", operation_id = "catalog-show-product-by-slug", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    params(
        (
            "slug" = String, Path, description = "Words, a hyphen, and the product's id; or the id.",
            example = "walnut-desk-lamp-prd_0190163d8694739b9f3a1c5d7e9b2f40",
        ),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer at hand."),
    ),
    responses(
        (status = 200, description = "The product, as `GET /v1/products/{id}` shows it.", body = ProductView),
        (
            status = 301, description = "The product is at `Location`: its slug, relative to this address.",
            headers(("Location" = String, description = "The slug, relative to this address.")),
        ),
        (status = 304, description = "It is as `If-None-Match` says."),
    ),
)]
pub async fn show_product_by_slug(store: &Store, _: Anyone, request: Request) -> Result<Response, Problem> {
    let asked = request.path_text("slug")?;
    let id = slug::product_of(asked).ok_or_else(Problem::not_found)?;
    let shown = store.product(id).await?;
    match shown.product.slug() {
        slug if slug == asked => page(&shown, &request),
        // Kept nowhere: the words may come back, and two that are kept could lead to each other.
        slug => Ok(respond::moved(&slug).cache(ASK_AGAIN)),
    }
}

#[cfg(test)]
#[path = "show_product_by_slug_tests.rs"]
mod tests;
