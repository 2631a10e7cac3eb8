//! What a category shows of the attributes of its products.

use serde::Serialize;
use utoipa::ToSchema;

use super::categories::CategoryLink;
use crate::domain::{
    attribute_texts::{Allowed, Name},
    attributes::{Attribute, Kind, Types},
    category::Category,
};

/// An attribute of a category's products.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CategoryAttribute)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttributeView {
    name: Name,
    #[serde(rename = "type")]
    kind: Kind,
    /// Of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "cm")]
    unit: Option<String>,
    /// All that a text or list can be; empty where it can be anything.
    values: Vec<Allowed>,
    /// Whether each product has it.
    required: bool,
    /// The category above that declares it; absent where this one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    inherited_from: Option<CategoryLink>,
}

/// What holds for the products of a category: what it declares itself, and of the rest what the nearest above it does.
pub(super) fn attributes(category: &Category, inherited: &Types) -> Vec<AttributeView> {
    let own = Types::along(std::iter::once(category));
    let view = |attribute: &Attribute, inherited_from| {
        let Attribute { name, kind, unit, values, required } = attribute.clone();
        AttributeView { name, kind, unit, values, required, inherited_from }
    };
    let inherited = inherited.iter().filter(|declared| own.named(declared.attribute.name.as_str()).is_none());
    let inherited = inherited.map(|it| view(&it.attribute, Some(CategoryLink::from(&Category::at(&it.path)))));
    own.iter().map(|declared| view(&declared.attribute, None)).chain(inherited).collect()
}
