//! `POST /v1/me/addresses`

use rialto_http::{Caller, Problem, Request, Response, Shopper, StatusCode, idempotency, respond};
use rialto_kernel::{Address, AddressId};

use crate::store::{Addresses, StoredAddress};

/// Keeps an address for the person, for their checkouts.
#[utoipa::path(
    post, path = "/v1/me/addresses", operation_id = "identity-add-address", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(idempotency::Accepted),
    request_body = Address,
    responses((status = 201, description = "The address", body = StoredAddress)),
)]
pub async fn add_address(addresses: &Addresses, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let address: Address = request.json()?;
    let now = request.now();
    idempotency::perform_if_keyed(addresses.table(), &request, &caller, AddressId::draw(), |id| async move {
        let added = StoredAddress { id, address, created_at: now };
        respond::json(StatusCode::CREATED, &addresses.add(caller.user_id, added).await?)
    })
    .await
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_dynamo::Table;
    use rialto_http::code;
    use rialto_http::testing::request;
    use serde_json::{Value, json};

    use super::super::testing::{json_of, shopper};
    use super::*;

    fn london() -> Value {
        json!({"name": "Ada", "line1": "12 St James's Square", "city": "London", "postalCode": "SW1Y 4JH", "country": "GB"})
    }

    #[tokio::test]
    async fn given_an_address_when_added_twice_under_one_key_then_there_is_one() {
        let addresses = Addresses::new(Table::in_memory("identity"));
        let post = || request("POST", "/v1/me/addresses").json(&london()).header("idempotency-key", "k").build();
        let first = add_address(&addresses, shopper("ada"), post()).await.unwrap();
        let second = add_address(&addresses, shopper("ada"), post()).await.unwrap();
        assert_eq!((first.status(), first.body()), (StatusCode::CREATED, second.body()));
        assert_eq!(json_of(&first)["city"], "London");
        let eves = add_address(&addresses, shopper("eve"), post()).await.unwrap();
        assert_ne!(json_of(&first)["id"], json_of(&eves)["id"], "a key is its caller's own");
        assert_eq!(addresses.list(shopper("ada").user_id, 20, None).await.unwrap().items.len(), 1);
    }

    #[tokio::test]
    async fn given_a_bad_address_when_added_then_the_problem_says_so_and_nothing_is_written() {
        let addresses = Addresses::new(Table::in_memory("identity"));
        for (field, value, expected) in [
            ("country", json!("gb"), code::INVALID_VALUE),
            ("city", json!(""), code::INVALID_VALUE),
            ("line1", json!("x".repeat(201)), code::INVALID_VALUE),
            ("postalCode", json!(7), code::INVALID_BODY),
            ("id", json!("adr_0190163d8694739b9f3a1c5d7e9b2f40"), code::INVALID_BODY),
        ] {
            let mut body = london();
            body[field] = value;
            let request = request("POST", "/v1/me/addresses").json(&body).header("idempotency-key", "k").build();
            let problem = add_address(&addresses, shopper("ada"), request).await.unwrap_err();
            assert_eq!(problem.code(), expected, "{field}");
        }
        assert!(rialto_dynamo::testing::items(addresses.table()).await.unwrap().is_empty());
    }
}
