//! Where a shipment goes.

mod countries;
mod input;

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use input::{AddressError, AddressFault, AddressInput};

/// A postal address that was checked when it came in ([`AddressInput::check`]). What was kept is read back as it is, so
/// that a country's new rule does not make an old order unreadable. `Debug` shows only the country: the rest is personal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Who receives it.
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    pub name: String,
    /// Street and number.
    #[schema(min_length = 1, max_length = 200, example = "12 St James's Square")]
    pub line1: String,
    /// Flat, floor, company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub line2: Option<String>,
    /// City or town.
    #[schema(min_length = 1, max_length = 100, example = "London")]
    pub city: String,
    /// State, province or county; by its postal abbreviation where the country has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub region: Option<String>,
    /// Postal code as the country writes it, in capital letters; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 20, example = "SW1Y 4JH")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2 code, or XK.
    #[schema(pattern = "^[A-Z]{2}$", example = "GB")]
    pub country: String,
    /// For the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
}

impl Address {
    /// What allocation and tax need to know of it.
    #[must_use]
    pub fn destination(&self) -> Destination {
        Destination {
            country: self.country.clone(),
            region: self.region.clone(),
            postal_code: self.postal_code.clone(),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("country", &self.country).finish_non_exhaustive()
    }
}

/// The part of an address that decides which warehouse is near and which tax is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
    /// State, province or county.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code as the country writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn given_an_address_when_debugged_then_nothing_personal_shows() {
        let address: Address =
            serde_json::from_value(json!({"name": "Ada Lovelace", "line1": "12 Square", "city": "London",
            "postalCode": "SW1Y 4JH", "country": "GB"}))
            .unwrap();
        assert_eq!(format!("{address:?}"), r#"Address { country: "GB", .. }"#);
    }

    #[test]
    fn given_an_address_that_was_kept_under_older_rules_when_read_then_it_is_as_it_was() {
        let kept = json!({"name": "Ada", "line1": "1", "city": "London", "postalCode": "SW1", "country": "GB"});
        let address: Address = serde_json::from_value(kept.clone()).unwrap();
        assert_eq!(serde_json::to_value(address).unwrap(), kept);
    }
}
