//! `GET /v1/catalog-imports/{id}`

use rialto_http::{Caller, Problem, Request, Response, Seller, respond};
use rialto_kernel::ImportId;

use super::{Imports, import_view::ImportView};

/// An import: its state, counts and report.
#[utoipa::path(
    get, path = "/v1/catalog-imports/{id}", operation_id = "catalog-show-import", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Seller::NAME))),
    params(("id" = ImportId, Path, description = "The import.")),
    responses((status = 200, description = "The import.", body = ImportView)),
)]
pub async fn show_import(imports: &Imports, caller: Seller, request: Request) -> Result<Response, Problem> {
    let job = imports.store.job(request.path_id("id")?).await?;
    if job.seller_id != caller.seller_id {
        return Err(Problem::not_found());
    }
    respond::ok(&ImportView::of(job, &imports.uploads).await?)
}
