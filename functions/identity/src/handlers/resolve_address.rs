//! Step: the address an order goes to.

use rialto_kernel::{Address, AddressId, UserId};
use serde::Deserialize;

use crate::Error;
use crate::store::Addresses;

/// Which address of whom.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResolveAddress {
    shopper_id: UserId,
    address_id: AddressId,
}

/// The address itself.
///
/// # Errors
/// `AddressNotFound`, also for another person's.
pub async fn resolve_address(addresses: &Addresses, input: ResolveAddress) -> Result<Address, Error> {
    Ok(addresses.find(input.shopper_id, input.address_id).await?.address)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_http::testing::request;
    use rialto_lambda::StepError;
    use serde_json::json;

    use super::super::add_address;
    use super::super::testing::{addresses, json_of, shopper};
    use super::*;

    #[tokio::test]
    async fn given_an_address_when_resolved_then_only_its_owner_gets_it_without_the_id() {
        let addresses = addresses().await;
        let body = json!({"name": "Ada", "line1": "1", "city": "London", "postalCode": "SW1Y 4JH", "country": "GB"});
        let added = add_address(&addresses, shopper("ada"), request("POST", "/").json(&body).build()).await.unwrap();
        let id = json_of(&added)["id"].clone();
        let resolve = |name: &str, id: &serde_json::Value| {
            let input = json!({"shopperId": shopper(name).user_id, "addressId": id});
            resolve_address(&addresses, serde_json::from_value(input).unwrap())
        };
        assert_eq!(serde_json::to_value(resolve("ada", &id).await.unwrap()).unwrap(), body);
        let unknown = json!(AddressId::named(&["unknown"]));
        for refused in [resolve("eve", &id).await, resolve("ada", &unknown).await] {
            assert_eq!(refused.unwrap_err().name(), "AddressNotFound");
        }
    }
}
