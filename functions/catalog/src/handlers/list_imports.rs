//! `GET /v1/catalog-imports`

use futures::{StreamExt, TryStreamExt, stream};
use rialto_http::{Caller, Problem, Request, Response, Seller, respond};
use rialto_kernel::Cursor;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Imports, import_view::ImportView, paging::Paging};

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
    let paging: Paging = request.query()?;
    let after = paging.cursor.map(|cursor| Cursor::decode(&cursor, LIST)).transpose()?;
    let page = imports.store.jobs_of(caller.seller_id, paging.limit.get().into(), after).await?;
    let views = stream::iter(page.items).then(|job| ImportView::of(job, &imports.uploads));
    let items: Vec<ImportView> = views.try_collect().await?;
    let next_cursor = page.next.map(|position| Cursor::encode(LIST, &position)).transpose()?;
    respond::ok(&ImportPage { items, next_cursor })
}
