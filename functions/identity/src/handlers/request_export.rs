//! `POST /v1/me/exports`

use rialto_http::{Caller, Problem, Request, Response, Shopper, idempotency, respond};
use rialto_kernel::ExportId;

use crate::store::{Export, Exports};

/// Asks for a copy of all data of the person, as one archive with a file a service. While one is under way it is that one, and
/// for a day after it was asked for.
#[utoipa::path(
    post, path = "/v1/me/exports", operation_id = "identity-request-export", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(idempotency::Accepted),
    responses(
        (status = 202, description = "It is being made; `Location` says where it will be", body = Export),
        (status = 404, description = "`NOT_FOUND`: the account is erased"),
    ),
)]
pub async fn request_export(exports: &Exports, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let now = request.now();
    idempotency::perform_if_keyed(exports.table(), &request, &caller, ExportId::draw(), |id| async move {
        let export = exports.begin(caller.user_id, id, now).await?;
        respond::accepted(&format!("/v1/me/exports/{}", export.id), &export)
    })
    .await
}
