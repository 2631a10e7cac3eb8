//! `PUT /v1/me/addresses/{id}`

use rialto_http::{Caller, Problem, Request, Response, Shopper, code, respond};
use rialto_kernel::{AddressId, AddressInput};

use crate::store::{Addresses, StoredAddress};

/// Puts another address in place of this one. Orders keep the address that they were made with.
#[utoipa::path(
    put, path = "/v1/me/addresses/{id}", operation_id = "identity-change-address", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(
        ("id" = AddressId, Path, description = "The address"),
        ("If-Match" = String, Header, description = "The `ETag` that was read"),
    ),
    request_body = AddressInput,
    responses((status = 200, description = "The address", body = StoredAddress)),
)]
pub async fn change_address(addresses: &Addresses, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let input: AddressInput = request.json()?;
    let address = input.check().map_err(|errors| Problem::address("", &errors))?;
    let wanted = request.required_if_match()?;
    let found = addresses.find(caller.user_id, request.path_id("id")?).await?;
    wanted.admit(found.version)?;
    let changed = addresses.change(caller.user_id, &found, address).await?;
    let changed = changed.ok_or_else(|| Problem::of(code::PRECONDITION_FAILED))?;
    Ok(respond::ok(&changed)?.etag(changed.version))
}
