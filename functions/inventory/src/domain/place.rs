//! Where warehouses stand, and how near that is to a delivery address.

use rialto_kernel::Destination;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::Point;

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
    /// State, province or county; by its postal abbreviation where the country has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code as the country writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Its coordinates, where the seller gave them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
}

impl Place {
    /// # Errors
    /// [`PlaceError`] naming the field.
    pub fn new(
        country: &str,
        region: Option<&str>,
        postal_code: Option<&str>,
        point: Option<Point>,
    ) -> Result<Self, PlaceError> {
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(PlaceError { field: "country", problem: "must be a two-letter ISO 3166-1 code such as US" });
        }
        Ok(Self {
            country: country.to_owned(),
            region: optional("region", region, 100)?,
            postal_code: optional("postalCode", postal_code, 20)?,
            point,
        })
    }

    /// How far a shipment to `destination` goes from here.
    #[must_use]
    pub fn distance(&self, destination: &Destination) -> Distance {
        let reach = self.reach(destination);
        Distance { reach, kilometres: self.kilometres(reach, destination).unwrap_or(Distance::FARTHEST.kilometres) }
    }

    fn reach(&self, destination: &Destination) -> Reach {
        if self.country != destination.country {
            return Reach::Abroad;
        }
        let (here, there) = (self.region.as_deref(), destination.region.as_deref());
        let known = region(&self.country, here);
        if !same(here, there, usize::MAX) && (known.is_none() || known != region(&destination.country, there)) {
            return Reach::Country;
        }
        if !same(self.postal_code.as_deref(), destination.postal_code.as_deref(), POSTAL_AREA) {
            return Reach::Region;
        }
        Reach::PostalArea
    }

    /// An address has no coordinates: it stands for where people live in its region, and abroad for where they live in
    /// its country. Within a country whose regions are not known, kilometres would say nothing.
    fn kilometres(&self, reach: Reach, destination: &Destination) -> Option<u32> {
        let whole = |country: &str| (reach == Reach::Abroad).then(|| Point::centroid(country, None)).flatten();
        let from = self.point.or_else(|| region(&self.country, self.region.as_deref()));
        let from = from.or_else(|| whole(&self.country))?;
        let to = region(&destination.country, destination.region.as_deref());
        let to = to.or_else(|| whole(&destination.country))?;
        Some(from.kilometres_to(to))
    }
}

fn region(country: &str, region: Option<&str>) -> Option<Point> {
    Point::centroid(country, Some(region.filter(|region| !region.trim().is_empty())?))
}

/// How far a shipment goes: first by what it crosses, then by kilometres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Distance {
    /// What it crosses.
    pub reach: Reach,
    /// The great circle between the places, as far as they are known; else [`Distance::FARTHEST`].
    pub kilometres: u32,
}

impl Distance {
    /// That of a place that is not known.
    pub const FARTHEST: Self = Self { reach: Reach::Abroad, kilometres: 20_020 };

    /// A number to sum over the shipments of an order: what they cross counts before their kilometres, of which all
    /// shipments of an order together have less than a million.
    #[must_use]
    pub fn cost(self) -> u64 {
        let reach = match self.reach {
            Reach::PostalArea => 0,
            Reach::Region => 1,
            Reach::Country => 2,
            Reach::Abroad => 3,
        };
        reach * 1_000_000 + u64::from(self.kilometres)
    }
}

/// From the nearest to the farthest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
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
        let here = serde_json::from_str(r#"{"latitude":39.5296,"longitude":-119.8138}"#).unwrap();
        let reno = Place::new("US", Some("NV"), Some("89501"), Some(here)).unwrap();
        for (destination, expected, kilometres) in [
            (to("US", Some("nv"), Some("89511")), Reach::PostalArea, 437),
            (to("US", Some("NV"), Some("88901")), Reach::Region, 437),
            (to("US", Some("Nevada"), None), Reach::Region, 437),
            (to("US", Some("CA"), Some("89501")), Reach::Country, 474),
            (to("US", Some("NY"), Some("10001")), Reach::Country, 3_834),
            (to("US", None, Some("89501")), Reach::Country, Distance::FARTHEST.kilometres),
            (to("CA", Some("BC"), None), Reach::Abroad, 1_114),
            (to("GB", None, None), Reach::Abroad, 8_187),
            (to("ZZ", Some("NV"), Some("89501")), Reach::Abroad, Distance::FARTHEST.kilometres),
        ] {
            let distance = reno.distance(&destination);
            assert_eq!((distance.reach, distance.kilometres), (expected, kilometres), "{destination:?}");
        }
        assert!(Reach::PostalArea < Reach::Region && Reach::Region < Reach::Country && Reach::Country < Reach::Abroad);
    }

    #[test]
    fn given_a_warehouse_without_coordinates_when_measured_then_its_region_or_abroad_its_country_stands_for_it() {
        let ohio = Place::new("US", Some("OH"), None, None).unwrap();
        assert!(ohio.distance(&to("US", Some("PA"), None)) < ohio.distance(&to("US", Some("CA"), None)));
        let somewhere = Place::new("US", None, Some(""), None).unwrap();
        assert_eq!(somewhere.postal_code, None);
        let nearby = somewhere.distance(&to("US", Some("NV"), None));
        assert_eq!(nearby, Distance { reach: Reach::Country, kilometres: Distance::FARTHEST.kilometres });
        let france = Place::new("FR", None, None, None).unwrap();
        assert!(france.distance(&to("GB", None, None)) < somewhere.distance(&to("GB", None, None)));
        assert!(somewhere.distance(&to("GB", None, None)) < Distance::FARTHEST);
    }

    #[test]
    fn given_the_farthest_way_of_49_shipments_when_summed_then_kilometres_never_outweigh_what_is_crossed() {
        let far = Distance { reach: Reach::PostalArea, kilometres: Distance::FARTHEST.kilometres };
        let near = Distance { reach: Reach::Region, kilometres: 0 };
        assert!(far.cost() * 49 < near.cost());
    }

    #[test]
    fn given_a_bad_field_when_made_then_the_error_names_it() {
        assert_eq!(Place::new("us", None, None, None).unwrap_err().field, "country");
        assert_eq!(Place::new("US", Some("a\nb"), None, None).unwrap_err().field, "region");
        assert_eq!(Place::new("US", None, Some(&"1".repeat(21)), None).unwrap_err().field, "postalCode");
        assert!(WarehouseName::try_from("  ".to_owned()).is_err());
    }
}
