//! Points on the globe and the way between them. Angles are the only floats of this crate; no money comes near them.
#![allow(clippy::float_arithmetic, reason = "angles")]

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PlaceError;

/// The mean radius of the Earth in kilometres (IUGG).
const RADIUS: f64 = 6_371.008_8;
const MICRO: f64 = 1_000_000.0;

/// Lines of `country,region,name,latitude,longitude`; where they come from stands at the file's top.
const CENTROIDS: &str = include_str!("centroids.csv");

/// Degrees north of the equator, kept to a millionth (0.1 m): -90 to 90.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "f64", into = "f64")]
#[schema(value_type = f64, minimum = -90, maximum = 90, example = 39.5296)]
pub struct Latitude(i32);

/// Degrees east of Greenwich, kept to a millionth: -180 to 180.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "f64", into = "f64")]
#[schema(value_type = f64, minimum = -180, maximum = 180, example = -119.8138)]
pub struct Longitude(i32);

/// A point on the globe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// North or south.
    pub latitude: Latitude,
    /// East or west.
    pub longitude: Longitude,
}

impl Point {
    /// The length of the great circle to `other` in whole kilometres, on a sphere (haversine): at most 0.6 % off.
    #[must_use]
    pub fn kilometres_to(self, other: Self) -> u32 {
        let radians = |micro: i32| (f64::from(micro) / MICRO).to_radians();
        let (north, south) = (radians(self.latitude.0), radians(other.latitude.0));
        let (up, across) = (south - north, radians(other.longitude.0) - radians(self.longitude.0));
        let chord = (up / 2.0).sin().powi(2) + north.cos() * south.cos() * (across / 2.0).sin().powi(2);
        whole(2.0 * RADIUS * chord.clamp(0.0, 1.0).sqrt().asin()).unsigned_abs()
    }

    /// Where people live in a country, or in a region of it; `None` where the table has no such place. It knows every
    /// country, but regions only of US, CA and AU, by postal abbreviation or English name.
    #[must_use]
    pub fn centroid(country: &str, region: Option<&str>) -> Option<Self> {
        let region = region.map_or("", str::trim);
        CENTROIDS.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
            let fields: Vec<_> = line.split(',').collect();
            let [code, short, name, latitude, longitude] = fields.try_into().ok()?;
            if code != country || !(region.eq_ignore_ascii_case(short) || region.eq_ignore_ascii_case(name)) {
                return None;
            }
            let degrees = |text: &str| text.parse::<f64>().ok();
            let (latitude, longitude) = (degrees(latitude)?.try_into().ok()?, degrees(longitude)?.try_into().ok()?);
            Some(Self { latitude, longitude })
        })
    }
}

impl TryFrom<f64> for Latitude {
    type Error = PlaceError;
    fn try_from(degrees: f64) -> Result<Self, PlaceError> {
        let problem = PlaceError { field: "latitude", problem: "must be from -90 to 90 degrees" };
        (-90.0..=90.0).contains(&degrees).then(|| Self(whole(degrees * MICRO))).ok_or(problem)
    }
}

impl TryFrom<f64> for Longitude {
    type Error = PlaceError;
    fn try_from(degrees: f64) -> Result<Self, PlaceError> {
        let problem = PlaceError { field: "longitude", problem: "must be from -180 to 180 degrees" };
        (-180.0..=180.0).contains(&degrees).then(|| Self(whole(degrees * MICRO))).ok_or(problem)
    }
}

impl From<Latitude> for f64 {
    fn from(latitude: Latitude) -> Self {
        Self::from(latitude.0) / MICRO
    }
}

impl From<Longitude> for f64 {
    fn from(longitude: Longitude) -> Self {
        Self::from(longitude.0) / MICRO
    }
}

/// Rounds what is known to be within 180 million.
#[allow(clippy::as_conversions, reason = "there is no other way from a float, and it saturates")]
fn whole(number: f64) -> i32 {
    number.round() as i32
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn point(latitude: f64, longitude: f64) -> Point {
        Point { latitude: latitude.try_into().unwrap(), longitude: longitude.try_into().unwrap() }
    }

    #[test]
    fn given_two_cities_when_measured_then_the_way_is_the_great_circle() {
        let (london, new_york, sydney) = (point(51.5074, -0.1278), point(40.7128, -74.006), point(-33.8688, 151.2093));
        assert_eq!(london.kilometres_to(new_york), 5_570);
        assert_eq!(new_york.kilometres_to(london), 5_570);
        assert_eq!(london.kilometres_to(sydney), 16_994);
        assert_eq!(london.kilometres_to(london), 0);
        assert_eq!(point(0.0, 179.9).kilometres_to(point(0.0, -179.9)), 22, "across the date line");
        assert_eq!(point(90.0, 0.0).kilometres_to(point(-90.0, 0.0)), 20_015);
    }

    #[test]
    fn given_the_table_when_looked_up_then_every_line_is_a_place_and_unknown_ones_are_not_guessed() {
        let lines = CENTROIDS.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let mut fields = line.split(',');
            let (country, short, name) = (fields.next().unwrap(), fields.next().unwrap(), fields.next().unwrap());
            let here = Point::centroid(country, Some(short));
            assert!(here.is_some(), "{line}");
            assert_eq!(Point::centroid(country, Some(&name.to_uppercase())), here, "{line}");
        }
        assert!(Point::centroid("US", Some("NV")).unwrap().kilometres_to(point(36.92, -116.07)) == 0);
        assert_eq!(Point::centroid("GB", Some("Kent")), None);
        assert_eq!(Point::centroid("ZZ", None), None);
        assert_eq!(Point::centroid("#", None), None);
    }

    #[test]
    fn given_degrees_when_kept_then_they_are_told_as_they_were_and_others_are_refused() {
        assert_eq!(
            serde_json::to_string(&point(39.5296, -119.8138)).unwrap(),
            r#"{"latitude":39.5296,"longitude":-119.8138}"#
        );
        for degrees in [90.1, -91.0, f64::NAN, f64::INFINITY] {
            assert!(Latitude::try_from(degrees).is_err());
        }
        assert!(Longitude::try_from(180.000_001).is_err() && Longitude::try_from(-180.0).is_ok());
    }
}
