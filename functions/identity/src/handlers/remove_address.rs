//! `DELETE /v1/me/addresses/{id}`

use rialto_http::{Caller, Problem, Request, Response, Shopper, respond};
use rialto_kernel::AddressId;

use crate::store::Addresses;

/// Removes an address. If it is a default, there is none for that use afterwards.
#[utoipa::path(
    delete, path = "/v1/me/addresses/{id}", operation_id = "identity-remove-address", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(("id" = AddressId, Path, description = "The address")),
    responses((status = 204, description = "It is gone")),
)]
pub async fn remove_address(addresses: &Addresses, caller: Shopper, request: Request) -> Result<Response, Problem> {
    addresses.remove(caller.user_id, request.path_id("id")?).await?;
    Ok(respond::no_content())
}
