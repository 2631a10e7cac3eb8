//! `POST /v1/me/addresses`

use rialto_http::{Caller, Problem, Request, Response, Shopper, idempotency, respond};
use rialto_kernel::{AddressId, AddressInput};

use crate::store::{Addresses, StoredAddress};

/// Keeps an address for the person, for their checkouts. A person keeps at most 50.
///
/// It is checked by the rules of its country: the form of its postal code, and its state or province where it has one.
#[utoipa::path(
    post, path = "/v1/me/addresses", operation_id = "identity-add-address", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(idempotency::Accepted),
    request_body = AddressInput,
    responses(
        (status = 201, description = "The address", body = StoredAddress),
        (status = 404, description = "`NOT_FOUND`: the account is erased"),
        (status = 409, description = "`LIMIT_REACHED`"),
    ),
)]
pub async fn add_address(addresses: &Addresses, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let input: AddressInput = request.json()?;
    let address = input.check().map_err(|errors| Problem::address("", &errors))?;
    let now = request.now();
    idempotency::perform_if_keyed(addresses.table(), &request, &caller, AddressId::draw(), |id| async move {
        let added = StoredAddress { id, address, created_at: now, version: 1 };
        let added = addresses.add(caller.user_id, added).await?;
        Ok(respond::created(&format!("/v1/me/addresses/{id}"), &added)?.etag(added.version))
    })
    .await
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_http::testing::request;
    use rialto_http::{StatusCode, code};
    use serde_json::{Value, json};

    use super::super::testing::{addresses, json_of, shopper};
    use super::*;

    fn london() -> Value {
        json!({"name": "Ada", "line1": "12 St James's Square", "city": "London", "postalCode": "SW1Y 4JH", "country": "GB"})
    }

    #[tokio::test]
    async fn given_an_address_when_added_twice_under_one_key_then_there_is_one() {
        let addresses = addresses().await;
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
        let addresses = addresses().await;
        for (field, value, expected) in [
            ("country", json!("gb"), code::INVALID_VALUE),
            ("city", json!(""), code::INVALID_VALUE),
            ("line1", json!("x".repeat(201)), code::INVALID_VALUE),
            ("postalCode", json!("94105"), code::INVALID_VALUE),
            ("postalCode", json!(7), code::INVALID_BODY),
            ("id", json!("adr_0190163d8694739b9f3a1c5d7e9b2f40"), code::INVALID_BODY),
        ] {
            let mut body = london();
            body[field] = value;
            let request = request("POST", "/v1/me/addresses").json(&body).header("idempotency-key", "k").build();
            let problem = add_address(&addresses, shopper("ada"), request).await.unwrap_err();
            assert_eq!(problem.code(), expected, "{field}");
        }
        assert!(addresses.list(shopper("ada").user_id, 20, None).await.unwrap().items.is_empty());
    }
}
