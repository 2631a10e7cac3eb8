//! An address as a client sends it.

use serde::Deserialize;
use thiserror::Error;
use utoipa::ToSchema;

use super::{Address, countries};

/// A field of an address that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {detail}")]
pub struct AddressError {
    /// The field's name in JSON.
    pub field: &'static str,
    /// The kind of fault.
    pub fault: AddressFault,
    /// What to change, without the value.
    pub detail: String,
}

/// The kinds of fault of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFault {
    /// The country's addresses have it, and it is missing.
    Missing,
    /// It is empty or too long.
    Length,
    /// It cannot be read as what it should be.
    Malformed,
    /// It is none of the values that are allowed.
    NotAllowed,
}

/// A postal address, to be checked by the rules of its country.
// No `Debug`: all of it is personal.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddressInput {
    /// Who receives it.
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    name: String,
    /// Street and number.
    #[schema(min_length = 1, max_length = 200, example = "12 St James's Square")]
    line1: String,
    /// Flat, floor, company.
    #[schema(max_length = 200)]
    line2: Option<String>,
    /// City or town.
    #[schema(min_length = 1, max_length = 100, example = "London")]
    city: String,
    /// State, province or county; required where the country's addresses have one, by abbreviation or name.
    #[schema(max_length = 100)]
    region: Option<String>,
    /// Postal code in the country's form; required where the country has them.
    #[schema(max_length = 20, example = "SW1Y 4JH")]
    postal_code: Option<String>,
    /// ISO 3166-1 alpha-2 code, or XK.
    #[schema(pattern = "^[A-Z]{2}$", example = "GB")]
    country: String,
    /// For the carrier.
    #[schema(max_length = 40)]
    phone: Option<String>,
}

impl AddressInput {
    /// The address, trimmed and checked by the rules of its country.
    ///
    /// # Errors
    /// Every field that cannot be used.
    pub fn check(self) -> Result<Address, Vec<AddressError>> {
        let mut errors = Vec::new();
        let mut take = |outcome: Result<Option<String>, AddressError>| {
            outcome.unwrap_or_else(|error| {
                errors.push(error);
                None
            })
        };
        let name = take(required("name", &self.name, 100));
        let line1 = take(required("line1", &self.line1, 200));
        let line2 = take(optional("line2", self.line2.as_deref(), 200));
        let city = take(required("city", &self.city, 100));
        let phone = take(optional("phone", self.phone.as_deref(), 40));
        let region = take(optional("region", self.region.as_deref(), 100));
        let postal_code = take(optional("postalCode", self.postal_code.as_deref(), 20));
        let country = self.country.trim().to_owned();
        let (mut kept_region, mut kept_code) = (None, None);
        match countries::country(&country) {
            None => {
                errors.push(error("country", AddressFault::NotAllowed, "must be an ISO 3166-1 alpha-2 code such as US"))
            }
            Some(rules) => {
                let mut take = |outcome: Result<Option<String>, AddressError>| {
                    outcome.unwrap_or_else(|error| {
                        errors.push(error);
                        None
                    })
                };
                kept_region = take(region_of(rules, region, &country));
                kept_code = take(postal_code_of(rules, postal_code, &country));
            }
        }
        match (name, line1, city) {
            (Some(name), Some(line1), Some(city)) if errors.is_empty() => {
                Ok(Address { name, line1, line2, city, region: kept_region, postal_code: kept_code, country, phone })
            }
            _ => {
                // A field that is refused twice is named once, by what was found first.
                let mut seen = Vec::new();
                errors.retain(|error| {
                    !seen.contains(&error.field) && {
                        seen.push(error.field);
                        true
                    }
                });
                Err(errors)
            }
        }
    }
}

fn region_of(rules: &countries::Country, given: Option<String>, country: &str) -> Result<Option<String>, AddressError> {
    match given {
        None if rules.region_required => {
            Err(error("region", AddressFault::Missing, format!("addresses in {country} have a state or province")))
        }
        None => Ok(None),
        Some(region) => match rules.region(&region) {
            Some(region) => Ok(Some(region)),
            None => Err(error("region", AddressFault::NotAllowed, format!("is no state or province of {country}"))),
        },
    }
}

fn postal_code_of(
    rules: &countries::Country,
    given: Option<String>,
    country: &str,
) -> Result<Option<String>, AddressError> {
    let such_as = rules.example.as_ref().map(|example| format!(" such as {example}")).unwrap_or_default();
    match given.map(|code| code.to_uppercase()) {
        None if rules.postal_code_required => Err(error(
            "postalCode",
            AddressFault::Missing,
            format!("addresses in {country} have a postal code{such_as}"),
        )),
        None => Ok(None),
        Some(_) if rules.no_postal_code => Ok(None),
        Some(code) if rules.admits_postal_code(&code) => Ok(Some(code)),
        Some(_) => {
            Err(error("postalCode", AddressFault::Malformed, format!("must be a postal code of {country}{such_as}")))
        }
    }
}

fn error(field: &'static str, fault: AddressFault, detail: impl Into<String>) -> AddressError {
    AddressError { field, fault, detail: detail.into() }
}

fn required(field: &'static str, value: &str, longest: usize) -> Result<Option<String>, AddressError> {
    match optional(field, Some(value), longest)? {
        Some(text) => Ok(Some(text)),
        None => Err(error(field, AddressFault::Length, "must not be empty")),
    }
}

/// The text, trimmed; `None` when nothing is left.
fn optional(field: &'static str, value: Option<&str>, longest: usize) -> Result<Option<String>, AddressError> {
    let Some(text) = value.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.chars().count() > longest {
        return Err(error(field, AddressFault::Length, format!("must have at most {longest} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(error(field, AddressFault::Malformed, "must not contain control characters"));
    }
    Ok(Some(text.to_owned()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(change: &Value) -> Result<Address, Vec<AddressError>> {
        let mut input =
            json!({"name": "Ada", "line1": "1 Road", "city": "London", "postalCode": "SW1Y 4JH", "country": "GB"});
        for (field, value) in change.as_object().unwrap() {
            input[field] = value.clone();
        }
        serde_json::from_value::<AddressInput>(input).unwrap().check()
    }

    #[test]
    fn given_fields_that_cannot_be_used_when_checked_then_each_is_named_once_with_its_fault() {
        for (change, field, fault) in [
            (json!({"country": "gb"}), "country", AddressFault::NotAllowed),
            (json!({"country": "ZZ"}), "country", AddressFault::NotAllowed),
            (json!({"name": "  "}), "name", AddressFault::Length),
            (json!({"line1": "x".repeat(201)}), "line1", AddressFault::Length),
            (json!({"city": "a\nb"}), "city", AddressFault::Malformed),
            (json!({"postalCode": "94105"}), "postalCode", AddressFault::Malformed),
            (json!({"postalCode": "x".repeat(21)}), "postalCode", AddressFault::Length),
            (json!({"postalCode": null}), "postalCode", AddressFault::Missing),
            (json!({"country": "US", "postalCode": "94105"}), "region", AddressFault::Missing),
            (json!({"country": "US", "postalCode": "94105", "region": "Kent"}), "region", AddressFault::NotAllowed),
        ] {
            let errors = check(&change).unwrap_err();
            assert_eq!(errors.iter().map(|e| (e.field, e.fault)).collect::<Vec<_>>(), [(field, fault)], "{change}");
        }
        let both = check(&json!({"name": "", "postalCode": "1"})).unwrap_err();
        assert_eq!(both.iter().map(|error| error.field).collect::<Vec<_>>(), ["name", "postalCode"]);
    }

    #[test]
    fn given_addresses_of_several_countries_when_checked_then_each_countrys_own_form_passes() {
        for (change, region, code) in [
            (json!({"postalCode": "sw1y 4jh"}), None, Some("SW1Y 4JH")),
            (
                json!({"country": "US", "region": "california", "postalCode": "94105-1420"}),
                Some("CA"),
                Some("94105-1420"),
            ),
            (json!({"country": "CA", "region": "ON", "postalCode": "k1a 0b1"}), Some("ON"), Some("K1A 0B1")),
            (json!({"country": "DE", "postalCode": "10115"}), None, Some("10115")),
            (json!({"country": "HK", "region": "Kowloon", "postalCode": null}), Some("Kowloon"), None),
            (json!({"country": "AO", "postalCode": "0000"}), None, None),
        ] {
            let address = check(&change).unwrap();
            assert_eq!((address.region.as_deref(), address.postal_code.as_deref()), (region, code), "{change}");
        }
    }
}
