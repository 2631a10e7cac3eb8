//! `GET /v1/erasures/{id}`

use rialto_http::{Anyone, Caller, Problem, Request, Response, respond};
use rialto_kernel::ErasureId;

use crate::store::{Erasure, Erasures};

/// How far an erasure has come. Its person has no token any more: who has the id may ask, and the answer names nobody.
#[utoipa::path(
    get, path = "/v1/erasures/{id}", operation_id = "identity-show-erasure", tag = "identity",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    params(("id" = ErasureId, Path, description = "The erasure")),
    responses((status = 200, description = "The erasure", body = Erasure)),
)]
pub async fn show_erasure(erasures: &Erasures, _: Anyone, request: Request) -> Result<Response, Problem> {
    let erasure = erasures.find(request.path_id("id")?).await?.ok_or_else(Problem::not_found)?;
    respond::ok(&erasure)
}
