//! `GET /v1/catalog-imports`

use futures::{StreamExt, TryStreamExt, stream};
use rialto_http::{Caller, Paging, Problem, Request, Response, Seller, respond};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Imports, import_view::ImportView};

const LIST: &str = "GET /v1/catalog-imports";

/// A page of imports.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportPage {
    /// Newest first.
    items: Vec<ImportView>,
    /// Where the next page starts; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The seller's imports, newest first; a new one may take a moment to appear.
#[utoipa::path(
    get, path = "/v1/catalog-imports", operation_id = "catalog-list-imports", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Seller::NAME))),
    params(Paging),
    responses((status = 200, description = "A page of imports.", body = ImportPage)),
)]
pub async fn list_imports(imports: &Imports, caller: Seller, request: Request) -> Result<Response, Problem> {
    let list = request.query::<Paging>()?.of(LIST);
    let page = imports.store.jobs_of(caller.seller_id, list.limit, list.after()?).await?;
    let views = stream::iter(page.items).then(|job| ImportView::of(job, &imports.uploads));
    let items: Vec<ImportView> = views.try_collect().await?;
    let next_cursor = list.next(page.next)?;
    respond::ok(&ImportPage { items, next_cursor })
}
