//! Where warehouses stand, and how near that is to a delivery address.

use rialto_kernel::Destination;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

/// How many characters of a postal code tell a neighbourhood: `SW1` of `SW1Y 4JH`, `941` of `94103`.
const POSTAL_AREA: usize = 3;

/// A field of a warehouse that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} {problem}")]
pub struct PlaceError {
    /// The field's name in JSON.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// Where a warehouse stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
    /// State, province or county.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code as the country writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
}

impl Place {
    /// # Errors
    /// [`PlaceError`] naming the field.
    pub fn new(country: &str, region: Option<&str>, postal_code: Option<&str>) -> Result<Self, PlaceError> {
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(PlaceError { field: "country", problem: "must be a two-letter ISO 3166-1 code such as US" });
        }
        Ok(Self {
            country: country.to_owned(),
            region: optional("region", region, 100)?,
            postal_code: optional("postalCode", postal_code, 20)?,
        })
    }

    /// How far a shipment to `destination` goes from here.
    #[must_use]
    pub fn distance(&self, destination: &Destination) -> Distance {
        if self.country != destination.country {
            return Distance::Abroad;
        }
        if !same(self.region.as_deref(), destination.region.as_deref(), usize::MAX) {
            return Distance::Country;
        }
        if !same(self.postal_code.as_deref(), destination.postal_code.as_deref(), POSTAL_AREA) {
            return Distance::Region;
        }
        Distance::PostalArea
    }
}

/// From the nearest to the farthest. A place that is not known counts as [`Distance::Abroad`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distance {
    /// Same country, region and beginning of the postal code.
    PostalArea,
    /// Same country and region.
    Region,
    /// Same country.
    Country,
    /// Another country.
    Abroad,
}

/// What a seller calls a warehouse: 1 to 100 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 100, example = "Reno")]
pub struct WarehouseName(String);

impl TryFrom<String> for WarehouseName {
    type Error = PlaceError;
    fn try_from(name: String) -> Result<Self, PlaceError> {
        text("name", &name, 100).map(Self)
    }
}

impl From<WarehouseName> for String {
    fn from(name: WarehouseName) -> Self {
        name.0
    }
}

fn text(field: &'static str, value: &str, longest: usize) -> Result<String, PlaceError> {
    let value = value.trim();
    if value.is_empty() {
        return Err(PlaceError { field, problem: "must not be empty" });
    }
    if value.chars().count() > longest {
        return Err(PlaceError { field, problem: "is too long" });
    }
    if value.chars().any(char::is_control) {
        return Err(PlaceError { field, problem: "must not contain control characters" });
    }
    Ok(value.to_owned())
}

fn optional(field: &'static str, value: Option<&str>, longest: usize) -> Result<Option<String>, PlaceError> {
    value.filter(|v| !v.trim().is_empty()).map(|v| text(field, v, longest)).transpose()
}

/// Whether both are known and their first `length` letters and digits are alike, whatever their case and spaces.
fn same(one: Option<&str>, other: Option<&str>, length: usize) -> bool {
    let plain = |text: Option<&str>| -> String {
        text.unwrap_or_default()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .take(length)
            .collect()
    };
    let one = plain(one);
    !one.is_empty() && one == plain(other)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn to(country: &str, region: Option<&str>, postal_code: Option<&str>) -> Destination {
        Destination {
            country: country.to_owned(),
            region: region.map(str::to_owned),
            postal_code: postal_code.map(str::to_owned),
        }
    }

    #[test]
    fn given_a_warehouse_when_the_destination_moves_away_then_the_distance_grows() {
        let reno = Place::new("US", Some("NV"), Some("89501")).unwrap();
        for (destination, expected) in [
            (to("US", Some("nv"), Some("89511")), Distance::PostalArea),
            (to("US", Some("NV"), Some("88901")), Distance::Region),
            (to("US", Some("NV"), None), Distance::Region),
            (to("US", Some("CA"), Some("89501")), Distance::Country),
            (to("US", None, Some("89501")), Distance::Country),
            (to("CA", Some("NV"), Some("89501")), Distance::Abroad),
        ] {
            assert_eq!(reno.distance(&destination), expected, "{destination:?}");
        }
        assert!(Distance::PostalArea < Distance::Region && Distance::Country < Distance::Abroad);
    }

    #[test]
    fn given_a_warehouse_without_a_region_when_measured_then_nothing_is_guessed() {
        let somewhere = Place::new("US", None, Some("")).unwrap();
        assert_eq!(somewhere.postal_code, None);
        assert_eq!(somewhere.distance(&to("US", None, None)), Distance::Country);
    }

    #[test]
    fn given_a_bad_field_when_made_then_the_error_names_it() {
        assert_eq!(Place::new("us", None, None).unwrap_err().field, "country");
        assert_eq!(Place::new("US", Some("a\nb"), None).unwrap_err().field, "region");
        assert_eq!(Place::new("US", None, Some(&"1".repeat(21))).unwrap_err().field, "postalCode");
        assert!(WarehouseName::try_from("  ".to_owned()).is_err());
    }
}
