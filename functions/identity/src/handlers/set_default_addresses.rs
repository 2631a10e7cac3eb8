//! `PUT /v1/me/addresses/defaults`

use rialto_http::{Caller, Fault, IfMatch, Problem, Request, Response, Shopper, code, respond};
use rialto_kernel::AddressId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Error;
use crate::store::{Addresses, DefaultAddresses};

/// Which addresses to take when none is named; absent for none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChosenAddresses {
    /// Where orders go.
    shipping: Option<AddressId>,
    /// Where bills go.
    billing: Option<AddressId>,
}

/// Chooses the default addresses, in place of those before: at most one for shipping and one for billing.
#[utoipa::path(
    put, path = "/v1/me/addresses/defaults", operation_id = "identity-set-default-addresses", tag = "identity",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(("If-Match" = String, Header, description = "`\"<defaultsVersion>\"` of the list that was read: 412 when addresses or defaults are others since")),
    request_body = ChosenAddresses,
    responses((status = 200, description = "The defaults", body = DefaultAddresses)),
)]
pub async fn set_default_addresses(
    addresses: &Addresses,
    caller: Shopper,
    request: Request,
) -> Result<Response, Problem> {
    let ChosenAddresses { shipping, billing } = request.json()?;
    let defaults = DefaultAddresses { shipping, billing };
    let at = match request.required_if_match()? {
        IfMatch::Any => None,
        wanted => {
            let (_, version) = addresses.chosen(caller.user_id).await?;
            wanted.admit(version)?;
            Some(version)
        }
    };
    match addresses.set_defaults(caller.user_id, defaults, at).await {
        Ok(true) => respond::ok(&defaults),
        Ok(false) => Err(Problem::of(code::PRECONDITION_FAILED)),
        Err(Error::AddressNotFound) => Err(not_theirs(addresses, caller, defaults).await?),
        Err(error) => Err(error.into()),
    }
}

/// The problem that names each default that is no address of the person.
async fn not_theirs(addresses: &Addresses, caller: Shopper, chosen: DefaultAddresses) -> Result<Problem, Problem> {
    let mut problem = Problem::of(code::INVALID_VALUE);
    for (pointer, id) in [("/shipping", chosen.shipping), ("/billing", chosen.billing)] {
        let Some(id) = id else { continue };
        if matches!(addresses.find(caller.user_id, id).await, Err(Error::AddressNotFound)) {
            problem = problem.error(pointer, Fault::NotFound, "there is no such address of yours");
        }
    }
    Ok(problem)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_http::testing::request;
    use serde_json::{Value, json};

    use super::super::testing::{addresses, json_of, shopper};
    use super::super::{add_address, change_address, list_addresses, remove_address, show_address};
    use super::*;

    async fn added(addresses: &Addresses, who: &str) -> String {
        let body = json!({"name": "Ada", "line1": "1", "city": "London", "postalCode": "SW1Y 4JH", "country": "GB"});
        let answer = add_address(addresses, shopper(who), request("POST", "/").json(&body).build()).await.unwrap();
        json_of(&answer)["id"].as_str().unwrap().to_owned()
    }

    async fn choose(addresses: &Addresses, who: &str, body: &Value) -> Result<Response, Problem> {
        set_default_addresses(addresses, shopper(who), request("PUT", "/").json(body).header("if-match", "*").build())
            .await
    }

    #[tokio::test]
    async fn given_addresses_when_chosen_listed_changed_and_removed_then_the_answers_agree() {
        let addresses = addresses().await;
        let (home, work) = (added(&addresses, "ada").await, added(&addresses, "ada").await);
        choose(&addresses, "ada", &json!({"shipping": home, "billing": work})).await.unwrap();
        let list = list_addresses(&addresses, shopper("ada"), request("GET", "/").build()).await.unwrap();
        assert_eq!(json_of(&list)["defaults"], json!({"shipping": home, "billing": work}));

        let shown =
            show_address(&addresses, shopper("ada"), request("GET", "/").path("id", &home).build()).await.unwrap();
        assert_eq!(shown.headers()["etag"], "\"1\"");
        let moved =
            json!({"name": "Ada", "line1": "1 Allee", "city": "Berlin", "postalCode": "10115", "country": "DE"});
        let put = |etag: &str| request("PUT", "/").path("id", &home).json(&moved).header("if-match", etag).build();
        let changed = change_address(&addresses, shopper("ada"), put("\"1\"")).await.unwrap();
        assert_eq!(
            (json_of(&changed)["city"].as_str(), changed.headers()["etag"].to_str().unwrap()),
            (Some("Berlin"), "\"2\"")
        );
        let stale = change_address(&addresses, shopper("ada"), put("\"1\"")).await.unwrap_err();
        assert_eq!(stale.code(), code::PRECONDITION_FAILED);
        let theirs = change_address(&addresses, shopper("eve"), put("*")).await.unwrap_err();
        assert_eq!(theirs.code(), code::NOT_FOUND);

        remove_address(&addresses, shopper("ada"), request("DELETE", "/").path("id", &home).build()).await.unwrap();
        let list = list_addresses(&addresses, shopper("ada"), request("GET", "/").build()).await.unwrap();
        assert_eq!(json_of(&list)["defaults"], json!({"billing": work}));
        choose(&addresses, "ada", &json!({})).await.unwrap();
        let list = list_addresses(&addresses, shopper("ada"), request("GET", "/").build()).await.unwrap();
        assert_eq!(json_of(&list)["defaults"], json!({}));
    }

    #[tokio::test]
    async fn given_the_list_that_was_read_when_two_choose_from_it_then_the_second_is_412_and_the_first_stays() {
        let addresses = addresses().await;
        let (home, work) = (added(&addresses, "ada").await, added(&addresses, "ada").await);
        let list = list_addresses(&addresses, shopper("ada"), request("GET", "/").build()).await.unwrap();
        let read = format!("\"{}\"", json_of(&list)["defaultsVersion"]);
        assert_eq!(read, "\"2\"", "two were added");
        let put = async |body: Value, tag: &str| {
            let request = request("PUT", "/").json(&body).header("if-match", tag).build();
            set_default_addresses(&addresses, shopper("ada"), request).await
        };
        let (a, b) = tokio::join!(put(json!({"shipping": home}), &read), put(json!({"shipping": work}), &read));
        assert!(a.is_ok() != b.is_ok(), "one of two");
        assert_eq!(a.err().or(b.err()).unwrap().code(), code::PRECONDITION_FAILED);
        let blind =
            set_default_addresses(&addresses, shopper("ada"), request("PUT", "/").json(&json!({})).build()).await;
        assert_eq!(blind.unwrap_err().code(), code::PRECONDITION_REQUIRED);
        let before = addresses.defaults(shopper("ada").user_id).await.unwrap();
        for body in [json!({}), json!({"shipping": work, "billing": work})] {
            assert_eq!(put(body, &read).await.unwrap_err().code(), code::PRECONDITION_FAILED);
        }
        assert_eq!(addresses.defaults(shopper("ada").user_id).await.unwrap(), before);
        put(json!({"shipping": work}), "*").await.unwrap();
        put(json!({}), "\"4\"").await.unwrap();
        assert_eq!(addresses.chosen(shopper("ada").user_id).await.unwrap(), (DefaultAddresses::default(), 5));
        set_default_addresses(
            &addresses,
            shopper("eve"),
            request("PUT", "/").json(&json!({})).header("if-match", "\"0\"").build(),
        )
        .await
        .unwrap();
        assert_eq!(addresses.chosen(shopper("eve").user_id).await.unwrap().1, 0, "no book is made to hold nothing");
    }

    #[tokio::test]
    async fn given_anothers_address_when_chosen_then_the_field_is_named_and_nothing_changes() {
        let addresses = addresses().await;
        let (mine, theirs) = (added(&addresses, "ada").await, added(&addresses, "eve").await);
        let refused = choose(&addresses, "ada", &json!({"shipping": mine, "billing": theirs})).await.unwrap_err();
        assert_eq!(refused.code(), code::INVALID_VALUE);
        assert_eq!(addresses.defaults(shopper("ada").user_id).await.unwrap(), DefaultAddresses::default());
    }
}
