//! `GET /v1/me/addresses`

use rialto_http::{Caller, Paging, Problem, Request, Response, Shopper, respond};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::{Addresses, DefaultAddresses, StoredAddress};

const LIST: &str = "GET /v1/me/addresses";

/// A page of addresses.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddressPage {
    /// Newest first.
    items: Vec<StoredAddress>,
    /// Where the next page starts; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// Which of the person's addresses are taken when none is named.
    defaults: DefaultAddresses,
    /// Counts the changes of addresses kept and defaults chosen; `If-Match` of `PUT /v1/me/addresses/defaults`.
    defaults_version: u64,
}

/// The person's addresses, newest first.
#[utoipa::path(
    get, path = "/v1/me/addresses", operation_id = "identity-list-addresses", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(Paging),
    responses((status = 200, description = "A page of addresses", body = AddressPage)),
)]
pub async fn list_addresses(addresses: &Addresses, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let list = request.query::<Paging>()?.of(LIST);
    let page = addresses.list(caller.user_id, list.limit, list.after()?).await?;
    let next_cursor = list.next(page.next)?;
    let (defaults, defaults_version) = addresses.chosen(caller.user_id).await?;
    respond::ok(&AddressPage { items: page.items, next_cursor, defaults, defaults_version })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_http::code;
    use rialto_http::testing::request;
    use serde_json::{Value, json};

    use super::super::add_address;
    use super::super::testing::{addresses, json_of, shopper};
    use super::*;

    async fn kept(count: usize) -> Addresses {
        let addresses = addresses().await;
        for n in 0..count {
            let body =
                json!({"name": "Ada", "line1": n.to_string(), "city": "C", "postalCode": "SW1Y 4JH", "country": "GB"});
            add_address(&addresses, shopper("ada"), request("POST", "/").json(&body).build()).await.unwrap();
        }
        addresses
    }

    async fn list(addresses: &Addresses, name: &str, query: &str) -> Result<Value, Problem> {
        let request = request("GET", &format!("/v1/me/addresses{query}")).build();
        list_addresses(addresses, shopper(name), request).await.map(|response| json_of(&response))
    }

    fn lines(page: &Value) -> Vec<&str> {
        page["items"].as_array().unwrap().iter().map(|item| item["line1"].as_str().unwrap()).collect()
    }

    #[tokio::test]
    async fn given_three_addresses_when_paged_by_two_then_they_come_newest_first_and_once() {
        let addresses = kept(3).await;
        let first = list(&addresses, "ada", "?limit=2").await.unwrap();
        let cursor = first["nextCursor"].as_str().unwrap();
        let second = list(&addresses, "ada", &format!("?limit=2&cursor={cursor}")).await.unwrap();
        assert_eq!((lines(&first), lines(&second)), (vec!["2", "1"], vec!["0"]));
        assert_eq!(second.get("nextCursor"), None);
        let eves = list(&addresses, "eve", &format!("?cursor={cursor}")).await.unwrap();
        assert!(lines(&eves).is_empty(), "whose list it is comes from the token");
    }

    #[tokio::test]
    async fn given_a_bad_query_when_listed_then_400() {
        let addresses = kept(1).await;
        for (query, expected) in [
            ("?limit=0", code::INVALID_QUERY),
            ("?limit=101", code::INVALID_QUERY),
            ("?page=2", code::INVALID_QUERY),
            ("?cursor=rubbish", code::INVALID_CURSOR),
        ] {
            assert_eq!(list(&addresses, "ada", query).await.unwrap_err().code(), expected, "{query}");
        }
    }
}
