//! What products of a category say of themselves: attributes with types, declared for a category and all that is under it.
//!
//! Where two categories on a path declare the same name, the nearer one counts. What nobody declares stays free text. Names
//! and allowed values match whatever the case, and are kept as they were declared.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    attribute_texts::{Allowed, Name},
    attribute_values::{self, Fault},
    category::Category,
    row::{ATTRIBUTE, Row, RowCode, RowError},
};

/// An attribute that is declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeclaredAttribute)]
pub struct Attribute {
    /// As it is shown. No other attribute of the category has it in another case.
    pub name: Name,
    /// What values are.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Of a number: it may stand behind it, and does where the value is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 20, example = "cm")]
    pub unit: Option<String>,
    /// Of a text or list: all that it can be; absent where it can be anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 100, example = json!([]))]
    pub values: Vec<Allowed>,
    /// Whether each product has it.
    #[serde(default)]
    #[schema(required = false)]
    pub required: bool,
}

/// What the values of an attribute are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AttributeType)]
pub enum Kind {
    /// One line.
    Text,
    /// A decimal number, such as `42.5`, or `42.5 cm` with the unit `cm`.
    Number,
    /// `true` or `false`; `yes` and `no` mean these.
    Boolean,
    /// Texts with `|` between, such as `cotton|wool`.
    List,
}

/// An attribute with the category that declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The attribute.
    pub attribute: Attribute,
    /// The category's path.
    pub path: Vec<String>,
}

/// What is declared for products at a path, each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Types(BTreeMap<String, Declared>);

impl Types {
    /// What the categories on a path declare, which come from the department down.
    #[must_use]
    pub fn along<'a>(categories: impl Iterator<Item = &'a Category>) -> Self {
        let declared = categories.flat_map(|category| {
            category.attributes.iter().map(|attribute| {
                let declared = Declared { attribute: attribute.clone(), path: category.path.clone() };
                (folded(attribute.name.as_str()), declared)
            })
        });
        Self(declared.collect())
    }

    /// By name, whatever its case.
    pub fn iter(&self) -> impl Iterator<Item = &Declared> {
        self.0.values()
    }

    /// The attribute that a name means.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Attribute> {
        self.0.get(&folded(name)).map(|declared| &declared.attribute)
    }

    /// The attributes as they are kept, or all that is wrong with them by name. `whole` if all that is required must be there.
    ///
    /// # Errors
    /// Each fault with the name as it is written, or as it is declared where it is missing.
    pub fn judged(
        &self,
        attributes: &BTreeMap<String, String>,
        whole: bool,
    ) -> Result<BTreeMap<String, String>, Vec<(String, Fault)>> {
        let (mut kept, mut faults, mut seen) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        for (name, value) in attributes {
            let Some(attribute) = self.named(name) else {
                kept.insert(name.clone(), value.clone());
                continue;
            };
            if let Some(before) = seen.insert(folded(name), name) {
                let message = format!("means the same attribute as {before}: write one of them");
                faults.push((name.clone(), Fault { code: RowCode::DuplicateField, message }));
                continue;
            }
            match attribute_values::judged(attribute, value) {
                Ok(value) => drop(kept.insert(attribute.name.as_str().to_owned(), value)),
                Err(fault) => faults.push((name.clone(), fault)),
            }
        }
        let missing =
            self.0.iter().filter(|(folded, it)| whole && it.attribute.required && !seen.contains_key(*folded));
        faults.extend(missing.map(|(_, declared)| {
            let message = format!(
                "is empty, and products of {} have it: {}",
                declared.path.join(" > "),
                attribute_values::allowed(&declared.attribute)
            );
            (declared.attribute.name.as_str().to_owned(), Fault { code: RowCode::Missing, message })
        }));
        if faults.is_empty() { Ok(kept) } else { Err(faults) }
    }

    /// A row as it is kept under the category that it names. A further variant takes from its product what it leaves out, so
    /// it need not have what is required.
    ///
    /// # Errors
    /// All that is wrong with its attributes.
    pub fn typed<'r>(&self, row: &'r Row) -> Result<Cow<'r, Row>, Vec<RowError>> {
        if self.0.is_empty() {
            return Ok(Cow::Borrowed(row));
        }
        match self.judged(&row.attributes, row.parent_sku.is_none()) {
            Ok(attributes) => Ok(Cow::Owned(Row { attributes, ..row.clone() })),
            Err(faults) => {
                let error = |(name, fault): (String, Fault)| {
                    RowError::new(&format!("{ATTRIBUTE}{name}"), fault.code, fault.message)
                };
                Err(faults.into_iter().map(error).collect())
            }
        }
    }
}

/// The error of a row that was refused for what its category declared until a moment ago.
#[must_use]
pub fn declared_anew() -> RowError {
    let message = "the attributes of its category were just declared anew: upload the row again";
    RowError::new("category", RowCode::DeclaredAnew, message)
}

/// Two names or values that are the same.
pub(super) fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Whether texts are different from one another, whatever their case: the first that is there before.
pub(super) fn repeated<'a>(mut texts: impl Iterator<Item = &'a str>) -> Option<usize> {
    let mut seen = BTreeSet::new();
    texts.position(|text| !seen.insert(folded(text)))
}

#[cfg(test)]
#[path = "attributes_tests.rs"]
mod tests;
