//! What sending costs: by zone, weight and option, and free from a value on.

use rialto_kernel::Currency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How fast a parcel goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShippingOption {
    /// The cheaper one.
    #[default]
    Standard,
    /// The faster one.
    Express,
}

/// Rates by zone.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShippingTable {
    /// What a unit of unknown weight is taken for.
    pub assumed_grams: u32,
    /// The zone of a country is the first that lists it, else the first that lists none.
    pub zones: Vec<Zone>,
}

/// Countries that are served alike.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Zone {
    /// For people.
    pub name: String,
    /// ISO 3166-1 alpha-2 codes; none for the rest of the world.
    pub countries: Vec<String>,
    /// At most one an option and currency.
    pub rates: Vec<Rate>,
}

/// A price in minor units of its currency: `base` with the first kilogram in it, `per_kilogram` for each further one begun.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rate {
    /// Of which option.
    pub option: ShippingOption,
    /// Of orders in this currency; absent for any.
    pub currency: Option<Currency>,
    /// For the first kilogram.
    pub base: u64,
    /// For each further one.
    pub per_kilogram: u64,
    /// Free when the goods, after discounts, are worth this much.
    pub free_from: Option<u64>,
}

impl ShippingTable {
    /// The price in minor units for goods of this value and weight; none when the option is not offered there in this
    /// currency.
    #[must_use]
    pub fn charge(
        &self,
        country: &str,
        option: ShippingOption,
        currency: Currency,
        goods: u64,
        grams: u64,
    ) -> Option<u64> {
        let listed = self.zones.iter().find(|zone| zone.countries.iter().any(|code| code == country));
        let zone = listed.or_else(|| self.zones.iter().find(|zone| zone.countries.is_empty()))?;
        let fits = |rate: &&Rate| rate.option == option && rate.currency.is_none_or(|of| of == currency);
        let rate = zone.rates.iter().find(fits)?;
        if rate.free_from.is_some_and(|from| goods >= from) {
            return Some(0);
        }
        let further = grams.div_ceil(1000).saturating_sub(1);
        rate.per_kilogram.checked_mul(further)?.checked_add(rate.base)
    }
}
