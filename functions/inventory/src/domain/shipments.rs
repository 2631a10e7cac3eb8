//! The warehouses from which an order is sent: as few as possible, then as near as possible.
//!
//! This is a set cover, so the search is exact only within a budget: enough for any order on up to some 60 warehouses
//! that needs 3 of them, or on 16 whatever it needs. Beyond it each line is served on its own: nearest where one
//! warehouse has all of it, from the largest stocks where none has.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rialto_kernel::WarehouseId;

use super::{Demand, Source};

/// Selections looked at for each group of lines.
const BUDGET: u32 = 70_000;

/// The warehouses to send from. The demands are not short, and their sources are not empty and sorted nearest first.
pub(super) fn fewest(demands: &[Demand]) -> BTreeSet<WarehouseId> {
    groups(demands).iter().flat_map(|group| Search::new(group).run().unwrap_or_else(|| line_by_line(group))).collect()
}

/// Lines that share no warehouse, directly or over others, do not matter to one another: those of two sellers.
fn groups(demands: &[Demand]) -> Vec<Vec<&Demand>> {
    let mut groups: Vec<(BTreeSet<WarehouseId>, Vec<&Demand>)> = Vec::new();
    for demand in demands {
        let mut places: BTreeSet<_> = demand.sources.iter().map(|source| source.warehouse_id).collect();
        let mut lines = vec![demand];
        let (touching, apart): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| !group.0.is_disjoint(&places));
        for (others, more) in touching {
            places.extend(others);
            lines.extend(more);
        }
        groups = apart;
        groups.push((places, lines));
    }
    groups.into_iter().map(|(_, lines)| lines).collect()
}

fn line_by_line(group: &[&Demand]) -> Vec<WarehouseId> {
    let alone = |demand: &&Demand| {
        let mut sources: Vec<_> = demand.sources.iter().collect();
        if let Some(whole) = able(demand).next() {
            return vec![whole.warehouse_id];
        }
        sources.sort_by_key(|source| Reverse(source.available));
        let mut missing = demand.requested;
        let needed = sources.into_iter().take_while(|source| {
            let wanted = missing > 0;
            missing = missing.saturating_sub(source.available);
            wanted
        });
        needed.map(|source| source.warehouse_id).collect()
    };
    group.iter().flat_map(alone).collect()
}

fn able(demand: &Demand) -> impl Iterator<Item = &Source> {
    demand.sources.iter().filter(|source| source.available >= demand.requested)
}

/// What a line needs of a selection: this many units in all, of these units by candidate.
struct Need {
    requested: u32,
    units: Vec<u32>,
}

/// Selections of one size after the other, each in the order of the candidates.
struct Search {
    /// Nearest first; id, cost and priority.
    candidates: Vec<(WarehouseId, u64, u16)>,
    needs: Vec<Need>,
    budget: u32,
    best: Option<(u64, u32, Vec<usize>)>,
}

impl Search {
    fn new(group: &[&Demand]) -> Self {
        let places: BTreeMap<_, _> = group
            .iter()
            .flat_map(|demand| &demand.sources)
            .map(|source| ((source.distance, source.priority, source.warehouse_id), source.distance.cost()))
            .collect();
        let candidates: Vec<_> = places.into_iter().map(|((_, priority, id), cost)| (id, cost, priority)).collect();
        let need = |demand: &&Demand| {
            let splits = able(demand).next().is_none();
            let units: BTreeMap<_, _> = demand
                .sources
                .iter()
                .filter(|source| splits || source.available >= demand.requested)
                .map(|source| (source.warehouse_id, source.available))
                .collect();
            // Of a line that must not be split, only those who have all of it count.
            let units = candidates.iter().map(|(id, ..)| units.get(id).copied().unwrap_or_default()).collect();
            Need { requested: demand.requested, units }
        };
        let needs = group.iter().map(need).collect();
        Self { candidates, needs, budget: BUDGET, best: None }
    }

    /// `None` when the budget did not suffice.
    fn run(mut self) -> Option<Vec<WarehouseId>> {
        for size in self.least()..=self.candidates.len() {
            self.extend(&mut Vec::with_capacity(size), 0, 0, size);
            if self.best.is_some() || self.budget == 0 {
                break;
            }
        }
        let (.., chosen) = self.best?;
        Some(chosen.iter().filter_map(|index| self.candidates.get(*index)).map(|(id, ..)| *id).collect())
    }

    /// No selection smaller than this can serve the line that needs most places.
    fn least(&self) -> usize {
        let places = |need: &Need| {
            let mut units = need.units.clone();
            units.sort_unstable_by_key(|units| Reverse(*units));
            let sums = units.iter().scan(0_u32, |sum, units| {
                *sum = sum.saturating_add(*units);
                Some(*sum)
            });
            sums.take_while(|sum| *sum < need.requested).count().saturating_add(1)
        };
        self.needs.iter().map(places).max().unwrap_or(1)
    }

    fn extend(&mut self, chosen: &mut Vec<usize>, from: usize, cost: u64, size: usize) {
        let missing = size.saturating_sub(chosen.len());
        if missing == 0 {
            self.consider(chosen, cost);
            return;
        }
        for index in from..=self.candidates.len().saturating_sub(missing) {
            let Some((_, next, _)) = self.candidates.get(index).copied() else { return };
            // Candidates only get farther from here.
            let least = u64::try_from(missing).unwrap_or(u64::MAX).saturating_mul(next).saturating_add(cost);
            if self.budget == 0 || self.best.as_ref().is_some_and(|(best, ..)| least > *best) {
                return;
            }
            self.budget -= 1;
            chosen.push(index);
            self.extend(chosen, index + 1, cost.saturating_add(next), size);
            chosen.pop();
        }
    }

    fn consider(&mut self, chosen: &[usize], cost: u64) {
        let units = |need: &Need| {
            chosen
                .iter()
                .filter_map(|index| need.units.get(*index))
                .fold(0, |sum: u32, units| sum.saturating_add(*units))
        };
        if self.needs.iter().any(|need| units(need) < need.requested) {
            return;
        }
        let priority =
            chosen.iter().filter_map(|index| self.candidates.get(*index)).map(|(.., first)| u32::from(*first)).sum();
        if self.best.as_ref().is_none_or(|(least, first, _)| (cost, priority) < (*least, *first)) {
            self.best = Some((cost, priority, chosen.to_vec()));
        }
    }
}
