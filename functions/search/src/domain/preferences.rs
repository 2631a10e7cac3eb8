//! What a shopper prefers, as the storefront says with a search.

use std::{fmt, str::FromStr};

use super::filters::{FilterError, FilterProblem, Filters};

/// Brands and categories that a shopper prefers, written as filters are: `brand:sony|bose,category:Audio>Headphones`. They narrow
/// nothing: of products that match as well, those come first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preferences(Filters);

impl FromStr for Preferences {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let filters: Filters = text.parse()?;
        let only =
            Filters { brands: filters.brands.clone(), categories: filters.categories.clone(), ..Filters::default() };
        if only == filters {
            return Ok(Self(filters));
        }
        Err(FilterError { filter: None, problem: FilterProblem::NotPreferable })
    }
}

impl fmt::Display for Preferences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Preferences {
    pub(super) fn as_filters(&self) -> &Filters {
        &self.0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_brands_and_categories_when_read_then_they_are_preferred_and_nothing_else_can_be() {
        let preferences: Preferences = "category:Audio>Headphones,brand:sony|bose".parse().unwrap();
        assert_eq!(preferences.to_string(), "brand:bose|sony,category:Audio>Headphones");
        assert_eq!("".parse::<Preferences>().unwrap(), Preferences::default());
        for text in ["price:1-2", "brand:sony,available:true", "attr.color:red", "seller:x", "brand"] {
            assert!(text.parse::<Preferences>().is_err(), "{text}");
        }
    }
}
