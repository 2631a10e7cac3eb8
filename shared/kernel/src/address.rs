//! Where a shipment goes.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

/// A field of an address that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} {problem}")]
pub struct AddressError {
    /// The field's name in JSON.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// A postal address. `Debug` shows only the country: the rest is personal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Unchecked", rename_all = "camelCase")]
pub struct Address {
    /// Who receives it.
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    pub name: String,
    /// Street and number.
    #[schema(min_length = 1, max_length = 200, example = "12 St James's Square")]
    pub line1: String,
    /// Flat, floor, company.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub line2: Option<String>,
    /// City or town.
    #[schema(min_length = 1, max_length = 100, example = "London")]
    pub city: String,
    /// State, province or county.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub region: Option<String>,
    /// Postal code as the country writes it.
    #[schema(min_length = 1, max_length = 20, example = "SW1Y 4JH")]
    pub postal_code: String,
    /// ISO 3166-1 alpha-2 code.
    #[schema(pattern = "^[A-Z]{2}$", example = "GB")]
    pub country: String,
    /// For the carrier.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Unchecked {
    name: String,
    line1: String,
    line2: Option<String>,
    city: String,
    region: Option<String>,
    postal_code: String,
    country: String,
    phone: Option<String>,
}

fn text(field: &'static str, value: &str, longest: usize) -> Result<String, AddressError> {
    let value = value.trim();
    if value.is_empty() {
        return Err(AddressError { field, problem: "must not be empty" });
    }
    if value.chars().count() > longest {
        return Err(AddressError { field, problem: "is too long" });
    }
    if value.chars().any(char::is_control) {
        return Err(AddressError { field, problem: "must not contain control characters" });
    }
    Ok(value.to_owned())
}

fn optional(field: &'static str, value: Option<String>, longest: usize) -> Result<Option<String>, AddressError> {
    value.filter(|v| !v.trim().is_empty()).map(|v| text(field, &v, longest)).transpose()
}

impl TryFrom<Unchecked> for Address {
    type Error = AddressError;
    fn try_from(input: Unchecked) -> Result<Self, AddressError> {
        let country = text("country", &input.country, 2)?;
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(AddressError { field: "country", problem: "must be a two-letter ISO 3166-1 code such as US" });
        }
        Ok(Self {
            name: text("name", &input.name, 100)?,
            line1: text("line1", &input.line1, 200)?,
            line2: optional("line2", input.line2, 200)?,
            city: text("city", &input.city, 100)?,
            region: optional("region", input.region, 100)?,
            postal_code: text("postalCode", &input.postal_code, 20)?,
            country,
            phone: optional("phone", input.phone, 40)?,
        })
    }
}

impl Address {
    /// What allocation and tax need to know of it.
    #[must_use]
    pub fn destination(&self) -> Destination {
        Destination {
            country: self.country.clone(),
            region: self.region.clone(),
            postal_code: Some(self.postal_code.clone()),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("country", &self.country).finish_non_exhaustive()
    }
}

/// The part of an address that decides which warehouse is near.
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
    fn given_a_bad_field_when_read_then_the_error_names_it() {
        for (field, value) in [("country", "gb"), ("country", "GBR"), ("name", "  "), ("city", "a\nb")] {
            let mut input = json!({"name": "A", "line1": "1", "city": "C", "postalCode": "P", "country": "GB"});
            input[field] = json!(value);
            let error = serde_json::from_value::<Address>(input).unwrap_err().to_string();
            assert!(error.starts_with(field), "{error}");
        }
    }
}
