//! The rates a stage sells at.

use serde::Deserialize;

use super::{shipping::ShippingTable, tax::TaxTable};

/// Rates of shipping and tax.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tariff {
    /// What sending costs.
    pub shipping: ShippingTable,
    /// Which tax is due.
    pub tax: TaxTable,
}

impl Tariff {
    /// A tariff of this repository: `standard`, an example of a real one, or `local`, where standard shipping is free and
    /// only Canada's tax comes on top, so that what a shopper on a developer's stack sees is the sum of the prices.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let text = match name {
            "standard" => include_str!("../../../tariffs/standard.json"),
            "local" => include_str!("../../../tariffs/local.json"),
            _ => return None,
        };
        serde_json::from_str(text).ok()
    }
}
