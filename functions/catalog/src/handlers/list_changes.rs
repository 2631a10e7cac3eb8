//! `GET /v1/products/{id}/changes`

use rialto_http::{Caller, Paging, Problem, Request, Response, SellerOrOperator, respond};
use rialto_kernel::ProductId;
use serde::Serialize;
use utoipa::ToSchema;

use super::change_product::owner;
use crate::{domain::edit::Change, store::Store};

/// A page of a product's changes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductChanges {
    /// Newest first.
    items: Vec<Change>,
    /// For the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Who changed a product, when and how. Changes by upload are not listed: the files' reports tell of them.
#[utoipa::path(
    get, path = "/v1/products/{id}/changes", operation_id = "catalog-list-changes", tag = "catalog",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(("id" = ProductId, Path, description = "The product."), Paging),
    responses((status = 200, description = "A page of changes.", body = ProductChanges)),
)]
pub async fn list_changes(store: &Store, caller: SellerOrOperator, request: Request) -> Result<Response, Problem> {
    let id = request.path_id("id")?;
    let list = request.query::<Paging>()?.of(format!("GET /v1/products/{id}/changes"));
    store.product_of(owner(&caller), id).await?;
    let page = store.changes_of(id, list.limit, list.after()?).await?;
    let next_cursor = list.next(page.next)?;
    respond::ok(&ProductChanges { items: page.items, next_cursor })
}
