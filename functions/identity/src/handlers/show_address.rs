//! `GET /v1/me/addresses/{id}`

use rialto_http::{Caller, Problem, Request, Response, Shopper, respond};
use rialto_kernel::AddressId;

use crate::store::{Addresses, StoredAddress};

/// An address of the person, with its version in `ETag`.
#[utoipa::path(
    get, path = "/v1/me/addresses/{id}", operation_id = "identity-show-address", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(("id" = AddressId, Path, description = "The address")),
    responses((status = 200, description = "The address", body = StoredAddress)),
)]
pub async fn show_address(addresses: &Addresses, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let found = addresses.find(caller.user_id, request.path_id("id")?).await?;
    Ok(respond::ok(&found)?.etag(found.version))
}
