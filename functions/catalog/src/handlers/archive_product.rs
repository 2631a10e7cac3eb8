//! `POST /v1/products/{id}/archive` and `POST /v1/products/{id}/restore`

use rialto_http::{Caller, IfMatch, Problem, Request, Response, SellerOrOperator, respond};
use rialto_kernel::ProductId;

use super::change_product::{author, judge, owner};
use crate::{
    domain::edit::archived,
    store::{Shown, Store},
};

/// Takes a product off sale: pages, lists and search no longer show it, and no checkout sells it. Again, it stays so.
///
/// Its history and its orders stay. Uploads still change it, and it is not shown until it is restored.
#[utoipa::path(
    post, path = "/v1/products/{id}/archive", operation_id = "catalog-archive-product", tag = "catalog",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(("id" = ProductId, Path, description = "The product.")),
    responses((status = 204, description = "It is archived.")),
)]
pub async fn archive_product(store: &Store, caller: SellerOrOperator, request: Request) -> Result<Response, Problem> {
    set(store, &caller, &request, true).await
}

/// Puts an archived product back on sale. Again, it stays so; a draft stays a draft.
#[utoipa::path(
    post, path = "/v1/products/{id}/restore", operation_id = "catalog-restore-product", tag = "catalog",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(("id" = ProductId, Path, description = "The product.")),
    responses((status = 204, description = "It is not archived.")),
)]
pub async fn restore_product(store: &Store, caller: SellerOrOperator, request: Request) -> Result<Response, Problem> {
    set(store, &caller, &request, false).await
}

async fn set(store: &Store, caller: &SellerOrOperator, request: &Request, gone: bool) -> Result<Response, Problem> {
    let (id, now) = (request.path_id("id")?, request.now());
    let judged = |shown: &Shown| judge(shown, &IfMatch::Any, |shown| Ok(archived(&shown.product, gone, now)));
    let shown = store.edit(owner(caller), id, &author(caller), now, judged).await?;
    Ok(respond::no_content().etag(shown.product.version))
}
