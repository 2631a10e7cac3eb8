//! The facet of prices: bands that fit what was found.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::filters::PriceRange;

const MOST_BANDS: usize = 6;
/// Where a band may begin, within a power of ten.
const STEPS: [i64; 5] = [100, 150, 200, 300, 500];
const POWERS: [i64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// A band of prices, in minor units, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceFacet {
    /// For the filter.
    #[schema(example = "2500-4999")]
    pub value: String,
    /// The lowest price.
    pub from: i64,
    /// The highest price; absent in the last band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<i64>,
    /// Products.
    pub count: u64,
}

/// Where bands may begin: 0, then round prices from 1.00 on.
fn grid() -> impl Iterator<Item = i64> {
    let round = POWERS.into_iter().flat_map(|power| STEPS.map(|step| step.saturating_mul(power)));
    std::iter::once(0).chain(round)
}

/// The products between each two neighbours of the grid.
pub(super) fn price_counts() -> Value {
    let nexts = grid().skip(1).map(Some).chain([None]);
    let ranges: Vec<Value> = grid()
        .zip(nexts)
        .map(|(from, next)| match next {
            Some(next) => json!({"from": from, "to": next}),
            None => json!({"from": from}),
        })
        .collect();
    json!({"range": {"field": "price", "ranges": ranges}})
}

/// At most six bands with about as many products each, from the counts of the grid. None where nothing was found; the
/// first begins at 0 and the last has no end, so every product is in one.
pub(super) fn price_bands(counts: &[u64]) -> Vec<PriceFacet> {
    let cells: Vec<(i64, u64)> = grid().zip(counts.iter().copied()).collect();
    let total: u64 = counts.iter().sum();
    let wanted = total.div_ceil(u64::try_from(MOST_BANDS).unwrap_or(1)).max(1);
    let mut bands: Vec<(i64, u64)> = Vec::new();
    for (from, count) in cells.into_iter().filter(|(_, count)| *count > 0) {
        let is_last = bands.len() >= MOST_BANDS;
        match bands.last_mut() {
            Some((_, held)) if is_last || held.saturating_add(count) <= wanted.saturating_add(wanted / 4) => {
                *held = held.saturating_add(count);
            }
            Some(_) => bands.push((from, count)),
            None => bands.push((0, count)),
        }
    }
    let nexts: Vec<Option<i64>> = bands.iter().skip(1).map(|(from, _)| Some(*from)).chain([None]).collect();
    let facets = bands.into_iter().zip(nexts).map(|((from, count), next)| {
        let to = next.map(|next| next.saturating_sub(1));
        let value = PriceRange::new(Some(from), to).map(|range| range.to_string()).unwrap_or_default();
        PriceFacet { value, from, to, count }
    });
    facets.collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_product_is_in_one_band_and_bands_are_filters(prices in proptest::collection::vec(0_i64..9_000_000_000, 0..60)) {
            let starts: Vec<i64> = grid().collect();
            let count = |index: usize| {
                let next = starts.get(index + 1).copied().unwrap_or(i64::MAX);
                prices.iter().filter(|price| (starts[index]..next).contains(price)).count()
            };
            let counts: Vec<u64> = (0..starts.len()).map(|index| u64::try_from(count(index)).unwrap()).collect();
            let bands = price_bands(&counts);
            prop_assert!(bands.len() <= MOST_BANDS);
            prop_assert_eq!(bands.iter().map(|band| band.count).sum::<u64>(), u64::try_from(prices.len()).unwrap());
            for band in bands {
                let range: PriceRange = band.value.parse().unwrap();
                let within = |price: &&i64| range.from().unwrap() <= **price && range.to().is_none_or(|to| **price <= to);
                prop_assert_eq!(band.count, u64::try_from(prices.iter().filter(within).count()).unwrap());
            }
        }
    }

    #[test]
    fn given_the_grid_when_walked_then_it_rises() {
        assert!(grid().is_sorted_by(|a, b| a < b));
    }
}
