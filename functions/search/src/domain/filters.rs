//! The `filters` of a search: `brand:sony|bose,price:5000-20000,category:A>B>C,available:true,attr.color:red`.
//!
//! Filters are joined with `,` and all must hold; the values of one filter are joined with `|` and one must hold.
//! `,` `|` `:` `\` inside a name or value are preceded by `\`. Reading is strict: what cannot be understood is an error.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use rialto_kernel::SellerId;
use thiserror::Error;

use super::escape::{escaped, split, unescaped};

const LONGEST: usize = 2_000;
const MOST_FILTERS: usize = 20;
const MOST_VALUES: usize = 20;
const LONGEST_NAME: usize = 100;
const DEEPEST_CATEGORY: usize = 10;
const ATTRIBUTE: &str = "attr.";

/// What a search is narrowed to. Values are compared without regard to case and accents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// One of these brands.
    pub brands: BTreeSet<String>,
    /// In one of these categories or below it.
    pub categories: BTreeSet<CategoryPath>,
    /// The best offer's price within one of these ranges.
    pub prices: BTreeSet<PriceRange>,
    /// Whether it can be bought now.
    pub available: Option<bool>,
    /// Sold by one of these sellers.
    pub sellers: BTreeSet<SellerId>,
    /// By attribute: one of these values.
    pub attributes: BTreeMap<String, BTreeSet<String>>,
}

/// Categories from the department down, written `A>B>C`; never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CategoryPath(Vec<String>);

/// Minor units of the offer's currency, both ends included; at least one end is there, and `from` is not above `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PriceRange {
    from: Option<i64>,
    to: Option<i64>,
}

/// Why a text is no filter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}{problem}", filter.as_ref().map(|name| format!("{name}: ")).unwrap_or_default())]
pub struct FilterError {
    /// The filter's name as written; absent when the text as a whole is wrong.
    pub filter: Option<String>,
    /// What is wrong and what to write instead.
    pub problem: FilterProblem,
}

/// What is wrong with a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FilterProblem {
    /// The whole is too long.
    #[error("must be at most {LONGEST} characters long")]
    TooLong,
    /// Too many filters.
    #[error("must be at most {MOST_FILTERS} filters")]
    TooMany,
    /// The name of an attribute is too long.
    #[error("must have a name of at most {LONGEST_NAME} characters")]
    LongName,
    /// Too many values of one filter.
    #[error("must have at most {MOST_VALUES} values")]
    TooManyValues,
    /// No `:`.
    #[error("must be written name:value")]
    Nameless,
    /// The name is not one of ours.
    #[error("is not a filter: use brand, category, price, available, seller or attr.<name>")]
    Unknown,
    /// The name is ours, but nothing can be found by it yet.
    #[error("cannot be filtered by yet")]
    Unsupported,
    /// The name comes twice.
    #[error("is given twice: join its values with |")]
    Repeated,
    /// A value is empty.
    #[error("has an empty value")]
    Empty,
    /// A `\` before something else, a special character without it, or a control character.
    #[error("must have \\ before each , | : \\ of a value, and nowhere else")]
    BadEscape,
    /// Not a range.
    #[error("must be a range of minor units such as 5000-20000, 5000- or -20000")]
    BadRange,
    /// The range's ends are the wrong way round.
    #[error("must not begin above its end")]
    ReversedRange,
    /// Neither true nor false.
    #[error("must be true or false")]
    NotBoolean,
    /// Not the id of a seller.
    #[error("must be a seller's id such as sel_0190163d8694739b9f3a1c5d7e9b2f02")]
    NotASeller,
    /// Something else than a brand or category cannot be preferred.
    #[error("must be brand and category only")]
    NotPreferable,
    /// A level of the path is empty, or there are too many.
    #[error("must be a path such as Audio>Headphones of at most {DEEPEST_CATEGORY} levels")]
    BadPath,
}

impl FromStr for Filters {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let whole = |problem| FilterError { filter: None, problem };
        let mut filters = Self::default();
        if text.trim().is_empty() {
            return Ok(filters);
        }
        if text.chars().nth(LONGEST).is_some() {
            return Err(whole(FilterProblem::TooLong));
        }
        let parts = split(text, ',');
        if parts.len() > MOST_FILTERS {
            return Err(whole(FilterProblem::TooMany));
        }
        for part in parts {
            let halves = split(part, ':');
            let (name, read) = match halves.as_slice() {
                [name, values] => (name, filters.add(name, values)),
                [] | [_] => return Err(whole(FilterProblem::Nameless)),
                [name, ..] => (name, Err(FilterProblem::BadEscape)),
            };
            read.map_err(|problem| FilterError { filter: Some(name.trim().to_owned()), problem })?;
        }
        Ok(filters)
    }
}

impl Filters {
    fn add(&mut self, name: &str, values: &str) -> Result<(), FilterProblem> {
        let name = unescaped(name).map_err(|_| FilterProblem::BadEscape)?;
        let values = values_of(values)?;
        match name.trim() {
            "brand" => fill(&mut self.brands, values),
            "category" => fill(&mut self.categories, all(&values)?),
            "price" => fill(&mut self.prices, all(&values)?),
            "available" => self.add_available(&values),
            "seller" => fill(&mut self.sellers, sellers(&values)?),
            "rating" => Err(FilterProblem::Unsupported),
            name => match name.strip_prefix(ATTRIBUTE).map(str::trim).filter(|attribute| !attribute.is_empty()) {
                Some(attribute) if attribute.chars().nth(LONGEST_NAME).is_some() => Err(FilterProblem::LongName),
                Some(attribute) => fill(self.attributes.entry(attribute.to_owned()).or_default(), values),
                None => Err(FilterProblem::Unknown),
            },
        }
    }

    fn add_available(&mut self, values: &BTreeSet<String>) -> Result<(), FilterProblem> {
        let mut values = values.iter().map(String::as_str);
        let value = match (values.next(), values.next()) {
            (Some("true"), None) => true,
            (Some("false"), None) => false,
            _ => return Err(FilterProblem::NotBoolean),
        };
        if self.available.replace(value).is_some() { Err(FilterProblem::Repeated) } else { Ok(()) }
    }
}

fn values_of(text: &str) -> Result<BTreeSet<String>, FilterProblem> {
    let parts = split(text, '|');
    if parts.len() > MOST_VALUES {
        return Err(FilterProblem::TooManyValues);
    }
    let values = parts.into_iter().map(|part| match unescaped(part) {
        Ok(value) if value.trim().is_empty() => Err(FilterProblem::Empty),
        Ok(value) if value.chars().any(char::is_control) => Err(FilterProblem::BadEscape),
        Ok(value) => Ok(value.trim().to_owned()),
        Err(_) => Err(FilterProblem::BadEscape),
    });
    values.collect()
}

fn all<T: FromStr<Err = FilterProblem> + Ord>(values: &BTreeSet<String>) -> Result<BTreeSet<T>, FilterProblem> {
    values.iter().map(|value| value.parse()).collect()
}

fn sellers(values: &BTreeSet<String>) -> Result<BTreeSet<SellerId>, FilterProblem> {
    values.iter().map(|value| value.parse().map_err(|_| FilterProblem::NotASeller)).collect()
}

/// A filter that already has values was named before.
fn fill<T>(filter: &mut BTreeSet<T>, values: BTreeSet<T>) -> Result<(), FilterProblem> {
    if !filter.is_empty() {
        return Err(FilterProblem::Repeated);
    }
    *filter = values;
    Ok(())
}

impl CategoryPath {
    /// The index's key of the path: levels joined with `>`.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.join(">")
    }
}

impl FromStr for CategoryPath {
    type Err = FilterProblem;
    fn from_str(text: &str) -> Result<Self, FilterProblem> {
        let levels: Vec<String> = text.split('>').map(|level| level.trim().to_owned()).collect();
        let usable = levels.len() <= DEEPEST_CATEGORY && levels.iter().all(|level| !level.is_empty());
        if usable { Ok(Self(levels)) } else { Err(FilterProblem::BadPath) }
    }
}

impl PriceRange {
    /// A range of minor units; `None` when both ends are open or it begins above its end.
    #[must_use]
    pub fn new(from: Option<i64>, to: Option<i64>) -> Option<Self> {
        let ordered = from.zip(to).is_none_or(|(from, to)| from <= to);
        (ordered && (from.is_some() || to.is_some())).then_some(Self { from, to })
    }

    /// The lowest price, in minor units.
    #[must_use]
    pub fn from(self) -> Option<i64> {
        self.from
    }

    /// The highest price, in minor units.
    #[must_use]
    pub fn to(self) -> Option<i64> {
        self.to
    }
}

impl FromStr for PriceRange {
    type Err = FilterProblem;
    fn from_str(text: &str) -> Result<Self, FilterProblem> {
        let end = |digits: &str| match digits {
            "" => Ok(None),
            digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map(Some).map_err(|_| FilterProblem::BadRange)
            }
            _ => Err(FilterProblem::BadRange),
        };
        let (from, to) = text.split_once('-').ok_or(FilterProblem::BadRange)?;
        let (from, to) = (end(from.trim())?, end(to.trim())?);
        if from.is_none() && to.is_none() {
            return Err(FilterProblem::BadRange);
        }
        Self::new(from, to).ok_or(FilterProblem::ReversedRange)
    }
}

impl fmt::Display for PriceRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |end: Option<i64>| end.map(|amount| amount.to_string()).unwrap_or_default();
        write!(f, "{}-{}", end(self.from), end(self.to))
    }
}

/// The canonical text: the same filters in another order or spelling are written the same.
impl fmt::Display for Filters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |values: Vec<String>| values.iter().map(|value| escaped(value)).collect::<Vec<_>>().join("|");
        let mut parts = vec![
            ("brand".to_owned(), joined(self.brands.iter().cloned().collect())),
            ("category".to_owned(), joined(self.categories.iter().map(CategoryPath::key).collect())),
            ("price".to_owned(), joined(self.prices.iter().map(ToString::to_string).collect())),
            ("available".to_owned(), self.available.map(|value| value.to_string()).unwrap_or_default()),
            ("seller".to_owned(), joined(self.sellers.iter().map(ToString::to_string).collect())),
        ];
        parts.extend(
            self.attributes.iter().map(|(name, values)| {
                (format!("{ATTRIBUTE}{}", escaped(name)), joined(values.iter().cloned().collect()))
            }),
        );
        let given = parts.iter().filter(|(_, values)| !values.is_empty());
        f.write_str(&given.map(|(name, values)| format!("{name}:{values}")).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
#[path = "filters_tests.rs"]
mod tests;
