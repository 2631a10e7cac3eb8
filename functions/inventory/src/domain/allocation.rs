//! Which warehouse serves which line of an order.

use std::collections::BTreeMap;

use rialto_kernel::{OfferId, ProductId, Quantity, WarehouseId};
use serde::{Deserialize, Serialize};

use super::{Distance, shipments};

/// The most allocations of one reservation: a transaction takes 100 actions, two for each allocation (stock and
/// ledger) and one for the reservation itself.
pub const MAX_ALLOCATIONS: usize = 49;

/// What an order wants of one offer, and where it is to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// The offer; each at most once in an order.
    pub offer_id: OfferId,
    /// Units, summed over the order's lines.
    pub requested: u32,
    /// The warehouses that have it, each at most once, in any order.
    pub sources: Vec<Source>,
}

/// One offer in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The warehouse.
    pub warehouse_id: WarehouseId,
    /// The offer's product.
    pub product_id: ProductId,
    /// Units that can be reserved there.
    pub available: u32,
    /// How far away it is.
    pub distance: Distance,
    /// Smaller goes first among equally near warehouses.
    pub priority: u16,
}

/// Units of one offer taken from one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Allocation {
    /// The offer.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// From where.
    pub warehouse_id: WarehouseId,
    /// Units, at least 1.
    pub quantity: u32,
}

/// An offer of which too little is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shortage {
    /// The offer.
    pub offer_id: OfferId,
    /// Units that were wanted, summed over the order's lines.
    pub requested: u32,
    /// Units that are left, in all warehouses.
    pub available: u32,
}

/// Why an order cannot be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// All offers that are short.
    Short(Vec<Shortage>),
    /// There is enough of everything, but it lies in more places than [`MAX_ALLOCATIONS`].
    TooScattered {
        /// Places needed.
        allocations: usize,
    },
}

/// The units wanted of each offer: two lines of a cart can draw on the same stock.
#[must_use]
pub fn sum_by_offer(lines: impl IntoIterator<Item = (OfferId, Quantity)>) -> BTreeMap<OfferId, u32> {
    lines.into_iter().fold(BTreeMap::new(), |mut sums, (offer, quantity)| {
        let sum: &mut u32 = sums.entry(offer).or_default();
        *sum = sum.saturating_add(quantity.get());
        sums
    })
}

/// Serves every demand whole or refuses all of them.
///
/// A line is split only when no single warehouse has all of it. Within that, the order goes in the fewest shipments
/// (one a warehouse), and among as many shipments over the shortest way ([`super::Distance::cost`], summed). What a
/// split line takes comes from the nearest of the chosen warehouses first. The answer depends on nothing but the demands.
///
/// # Errors
/// [`Refusal`].
pub fn allocate(mut demands: Vec<Demand>) -> Result<Vec<Allocation>, Refusal> {
    let short: Vec<_> = demands.iter().filter_map(shortage).collect();
    if !short.is_empty() {
        return Err(Refusal::Short(short));
    }
    for demand in &mut demands {
        demand.sources.retain(|source| source.available > 0);
        demand.sources.sort_by_key(|s| (s.distance, s.priority, s.warehouse_id));
    }
    let chosen = shipments::fewest(&demands);
    let nearest: Vec<_> =
        demands.iter().flat_map(|demand| serve(demand, |s| chosen.contains(&s.warehouse_id))).collect();
    if nearest.len() <= MAX_ALLOCATIONS {
        return Ok(nearest);
    }
    for demand in &mut demands {
        demand.sources.sort_by_key(|s| std::cmp::Reverse(s.available));
    }
    let fewest: Vec<_> = demands.iter().flat_map(|demand| serve(demand, |_| true)).collect();
    if fewest.len() <= MAX_ALLOCATIONS {
        return Ok(fewest);
    }
    Err(Refusal::TooScattered { allocations: fewest.len() })
}

fn shortage(demand: &Demand) -> Option<Shortage> {
    let available = demand.sources.iter().fold(0_u32, |sum, source| sum.saturating_add(source.available));
    let short = available < demand.requested;
    short.then_some(Shortage { offer_id: demand.offer_id, requested: demand.requested, available })
}

/// Serves a demand from those of its sources that are `open`, in their order, whole from one of them if that is possible.
fn serve(demand: &Demand, open: impl Fn(&Source) -> bool) -> Vec<Allocation> {
    let sources: Vec<_> = demand.sources.iter().filter(|source| open(source)).collect();
    let whole = sources.iter().find(|source| source.available >= demand.requested);
    let mut missing = demand.requested;
    let sources = whole.map_or(sources.as_slice(), std::slice::from_ref);
    let shares = sources.iter().map(|source| {
        let quantity = source.available.min(missing);
        missing -= quantity;
        let Source { warehouse_id, product_id, .. } = **source;
        Allocation { offer_id: demand.offer_id, product_id, warehouse_id, quantity }
    });
    shares.filter(|share| share.quantity > 0).collect()
}

#[cfg(test)]
#[path = "allocation_tests.rs"]
mod tests;
