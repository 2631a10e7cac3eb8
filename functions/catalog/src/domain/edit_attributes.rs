//! What an edit says of attributes, and what it has to say when it brings a product under another category.

use std::collections::{BTreeMap, BTreeSet};

use rialto_kernel::VariantId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    attribute_texts::{Name, Value},
    attribute_values::Fault,
    attributes::{Types, folded, repeated},
    edit::EditError,
    pricing_facts,
    product::Product,
    row::ATTRIBUTES,
};

/// New attributes of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariantAttributes {
    /// Which of the product's variants.
    pub variant_id: VariantId,
    /// By name, whatever its case; an empty value takes the attribute away. What the product's category declares, these are judged by. A variant
    /// takes what it does not have from the product's main variant.
    #[schema(example = json!({"Width": "42 cm", "Color": ""}))]
    pub values: BTreeMap<Name, Value>,
}

/// Puts the edit's attributes in, and judges them by `types`: all that its variants have where the product comes under
/// another category, else only what the edit names.
pub(super) fn put(
    product: &mut Product,
    edits: &[VariantAttributes],
    types: &Types,
    moved: bool,
) -> Result<(), EditError> {
    let mut named: BTreeMap<VariantId, (usize, BTreeSet<String>)> = BTreeMap::new();
    for (nth, edit) in edits.iter().enumerate() {
        let variant = product.variants.get_mut(&edit.variant_id);
        let at = format!("/attributes/{nth}/variantId");
        let variant = variant.ok_or_else(|| EditError::at(at.as_str(), "is no variant of this product"))?;
        let names: BTreeSet<String> = edit.values.keys().map(|name| folded(name.as_str())).collect();
        if named.insert(edit.variant_id, (nth, names)).is_some() {
            return Err(EditError::at(at, "is there before: write each variant once"));
        }
        put_values(&mut variant.attributes, nth, &edit.values)?;
    }
    let main = product.main.as_ref().map(|main| main.variant_id);
    for (id, variant) in &mut product.variants {
        let edit = named.get(id);
        if edit.is_none() && !moved {
            continue;
        }
        let is_named = |name: &str| edit.is_some_and(|(_, names)| names.contains(&folded(name)));
        let (judged, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
            variant.attributes.clone().into_iter().partition(|(name, _)| moved || is_named(name));
        let mut faults = match types.judged(&judged, main == Some(*id)) {
            Ok(attributes) => {
                variant.attributes = attributes.into_iter().chain(others).collect();
                continue;
            }
            Err(faults) => faults.into_iter(),
        };
        // What else it lacks is not what the edit is about.
        match (faults.find(|(name, _)| moved || is_named(name)), edit) {
            (Some((name, Fault { message, .. })), Some((nth, _))) if is_named(&name) => {
                return Err(EditError::at(pointer(*nth, &edits_name(edits, *nth, &name)), message));
            }
            (Some((name, Fault { message, .. })), _) => {
                return Err(EditError::at("/categoryPath", format!("its attribute {name}: {message}")));
            }
            (None, _) => {
                let attributes = types.judged(&judged, false).unwrap_or(judged);
                variant.attributes = attributes.into_iter().chain(others).collect();
            }
        }
    }
    Ok(())
}

/// The name as the edit writes it.
fn edits_name(edits: &[VariantAttributes], nth: usize, name: &str) -> String {
    let mut names = edits.get(nth).into_iter().flat_map(|edit| edit.values.keys().map(Name::as_str));
    names.find(|written| folded(written) == folded(name)).unwrap_or(name).to_owned()
}

fn put_values(
    attributes: &mut BTreeMap<String, String>,
    nth: usize,
    values: &BTreeMap<Name, Value>,
) -> Result<(), EditError> {
    let within = |error: EditError| EditError::at(format!("/attributes/{nth}/values{}", error.pointer), error.message);
    for (name, value) in named_once(values).map_err(within)? {
        attributes.retain(|other, _| folded(other) != folded(&name));
        if !value.is_empty() {
            attributes.insert(name, value);
        }
    }
    few(attributes).map_err(within)
}

/// The attributes of a new item; those with empty values are left out.
///
/// # Errors
/// What to change, with a pointer into the attributes.
pub fn checked(values: &BTreeMap<Name, Value>) -> Result<BTreeMap<String, String>, EditError> {
    let attributes = named_once(values)?.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    few(&attributes)?;
    Ok(attributes)
}

fn named_once(values: &BTreeMap<Name, Value>) -> Result<BTreeMap<String, String>, EditError> {
    let at = |name: &str, message: &str| EditError::at(attribute_pointer("", name), message);
    let names: Vec<&str> = values.keys().map(Name::as_str).collect();
    if let Some(twice) = repeated(names.iter().copied()).and_then(|position| names.get(position)) {
        return Err(at(twice, "is there in another case: write each name once"));
    }
    let checked = values.iter().map(|(name, value)| {
        let (name, value) = (name.as_str(), value.as_str());
        if pricing_facts::is_one(name) && name != folded(name) {
            return Err(at(name, &format!("is written {}", folded(name))));
        }
        match pricing_facts::fault(name, value).filter(|_| !value.is_empty()) {
            Some(fault) => Err(at(name, fault)),
            None => Ok((name.to_owned(), value.to_owned())),
        }
    });
    checked.collect()
}

fn few(attributes: &BTreeMap<String, String>) -> Result<(), EditError> {
    if attributes.len() <= ATTRIBUTES {
        return Ok(());
    }
    Err(EditError::at("", format!("makes {}: a variant has at most {ATTRIBUTES}", attributes.len())))
}

fn pointer(nth: usize, name: &str) -> String {
    attribute_pointer(&format!("/attributes/{nth}/values"), name)
}

/// Where the attribute of a name is, as a JSON pointer.
#[must_use]
pub fn attribute_pointer(within: &str, name: &str) -> String {
    format!("{within}/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
#[path = "edit_attributes_tests.rs"]
mod tests;
