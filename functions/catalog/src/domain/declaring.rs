//! What an operator may declare of a category's products.

use super::{
    attribute_texts::Allowed,
    attributes::{Attribute, Kind, repeated},
    edit::{EditError, line},
    pricing_facts,
};

/// The most attributes that one category declares.
const ATTRIBUTES: usize = 50;
const UNIT_CHARS: usize = 20;
const VALUES: usize = 100;
/// The most that a category's declarations take as JSON, in bytes. They are read with the category.
const JSON_BYTES: usize = 16_000;

/// The declarations as they are kept.
///
/// # Errors
/// What to change, with a pointer into the list.
pub fn declared(attributes: Vec<Attribute>) -> Result<Vec<Attribute>, EditError> {
    if attributes.len() > ATTRIBUTES {
        return Err(EditError::at("", format!("has {}: use at most {ATTRIBUTES}", attributes.len())));
    }
    let checked = attributes.into_iter().enumerate().map(|(nth, attribute)| {
        checked(attribute).map_err(|error| EditError::at(format!("/{nth}{}", error.pointer), error.message))
    });
    let checked = checked.collect::<Result<Vec<_>, _>>()?;
    if let Some(nth) = repeated(checked.iter().map(|attribute| attribute.name.as_str())) {
        return Err(EditError::at(format!("/{nth}/name"), "is there before: declare each name once"));
    }
    let bytes = serde_json::to_vec(&checked).map_or(usize::MAX, |json| json.len());
    if bytes > JSON_BYTES {
        return Err(EditError::at("", format!("takes {bytes} bytes: use at most {JSON_BYTES}")));
    }
    Ok(checked)
}

fn checked(attribute: Attribute) -> Result<Attribute, EditError> {
    let Attribute { name, kind, unit, values, required } = attribute;
    if pricing_facts::is_one(name.as_str()) {
        return Err(EditError::at("/name", "prices orders, and has a form of its own"));
    }
    let unit = unit.map(|unit| checked_unit(kind, &unit)).transpose()?;
    if !values.is_empty() && !matches!(kind, Kind::Text | Kind::List) {
        return Err(EditError::at("/values", "are for texts and lists"));
    }
    if values.len() > VALUES {
        return Err(EditError::at("/values", format!("has {}: use at most {VALUES}", values.len())));
    }
    if let Some(nth) = repeated(values.iter().map(Allowed::as_str)) {
        return Err(EditError::at(format!("/values/{nth}"), "is there before: write each value once"));
    }
    Ok(Attribute { name, kind, unit, values, required })
}

fn checked_unit(kind: Kind, unit: &str) -> Result<String, EditError> {
    if kind != Kind::Number {
        return Err(EditError::at("/unit", "is for numbers"));
    }
    let unit = line(unit, 1, UNIT_CHARS).map_err(|error| EditError::at("/unit", error.to_string()))?;
    let is_of_a_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-');
    if unit.starts_with(is_of_a_number) {
        return Err(EditError::at("/unit", "must not begin as a number does"));
    }
    Ok(unit)
}

#[cfg(test)]
#[path = "declaring_tests.rs"]
mod tests;
