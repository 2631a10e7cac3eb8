//! What a product's variants have in common, and what sets each apart.

use std::collections::{BTreeMap, BTreeSet};

use rialto_kernel::VariantId;

use super::{
    attributes::folded,
    product::{Product, Variant},
};

/// The attributes of a product's variants, by name.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Described {
    /// What all variants have in common.
    pub common: BTreeMap<String, String>,
    /// By variant, what sets it apart from the others, such as size and colour; nothing when there is only one.
    pub options: BTreeMap<VariantId, BTreeMap<String, String>>,
}

impl Product {
    /// Variants have what they leave out from the main row. A name that they write in several cases is one: it is shown as the main
    /// row has it, or else the first by sku.
    #[must_use]
    pub fn described(&self) -> Described {
        let variants = self.sorted_variants();
        let mut spelt: BTreeMap<String, &str> = BTreeMap::new();
        for name in variants.iter().flat_map(|(_, variant)| variant.attributes.keys()) {
            spelt.entry(folded(name)).or_insert(name);
        }
        let main = self.main.as_ref().and_then(|main| self.variants.get(&main.variant_id));
        let full = |variant: &Variant| -> BTreeMap<String, String> {
            let inherited = main.into_iter().flat_map(|main| &main.attributes);
            inherited.chain(&variant.attributes).map(|(name, value)| (folded(name), value.clone())).collect()
        };
        let all: Vec<_> = variants.iter().map(|(id, variant)| (*id, full(variant))).collect();
        let differs = |name: &&String| {
            let pairs = all.windows(2);
            pairs.into_iter().any(|pair| matches!(pair, [(_, a), (_, b)] if a.get(*name) != b.get(*name)))
        };
        let apart: BTreeSet<&String> = spelt.keys().filter(differs).collect();
        let shown = |attributes: &BTreeMap<String, String>, options: bool| {
            let wanted = attributes.iter().filter(|(name, _)| apart.contains(name) == options);
            let spelling = |name: &String| spelt.get(name).map_or_else(|| name.clone(), |name| (*name).to_owned());
            wanted.map(|(name, value)| (spelling(name), value.clone())).collect()
        };
        Described {
            common: all.first().map(|(_, attributes)| shown(attributes, false)).unwrap_or_default(),
            options: all.iter().map(|(id, attributes)| (*id, shown(attributes, true))).collect(),
        }
    }
}
