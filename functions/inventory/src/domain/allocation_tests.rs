#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::domain::Reach;

fn far(reach: Reach) -> Distance {
    Distance { reach, kilometres: 100 }
}

fn offer(number: usize) -> OfferId {
    OfferId::named(&["allocation", &number.to_string()])
}

fn warehouse(number: usize) -> WarehouseId {
    WarehouseId::named(&["allocation", &number.to_string()])
}

fn source(number: usize, available: u32, reach: Reach, priority: u16) -> Source {
    let product_id = ProductId::named(&["allocation"]);
    Source { warehouse_id: warehouse(number), product_id, available, distance: far(reach), priority }
}

fn demand(number: usize, requested: u32, sources: Vec<Source>) -> Demand {
    Demand { offer_id: offer(number), requested, sources }
}

fn taken(allocations: &[Allocation]) -> Vec<(WarehouseId, u32)> {
    allocations.iter().map(|a| (a.warehouse_id, a.quantity)).collect()
}

#[test]
fn given_a_far_warehouse_with_all_of_it_when_allocated_then_the_line_is_not_split() {
    let near = source(1, 3, Reach::PostalArea, 0);
    let far = source(2, 5, Reach::Abroad, 9);
    let allocations = allocate(vec![demand(0, 5, vec![near, far])]).unwrap();
    assert_eq!(taken(&allocations), [(warehouse(2), 5)]);
}

#[test]
fn given_two_warehouses_with_all_of_it_when_allocated_then_the_nearer_serves_and_priority_breaks_ties() {
    let sources = vec![source(1, 9, Reach::Country, 0), source(2, 9, Reach::Region, 5), source(3, 9, Reach::Region, 4)];
    let allocations = allocate(vec![demand(0, 5, sources)]).unwrap();
    assert_eq!(taken(&allocations), [(warehouse(3), 5)]);
}

#[test]
fn given_three_and_two_units_when_five_are_wanted_then_the_nearest_gives_first() {
    let sources = vec![source(1, 2, Reach::Abroad, 0), source(2, 3, Reach::Region, 0)];
    let allocations = allocate(vec![demand(0, 5, sources)]).unwrap();
    assert_eq!(taken(&allocations), [(warehouse(2), 3), (warehouse(1), 2)]);
}

#[test]
fn given_one_short_offer_when_allocated_then_nothing_is_and_the_shortage_is_told() {
    let plenty = demand(0, 1, vec![source(1, 9, Reach::Region, 0)]);
    let short = demand(1, 5, vec![source(1, 2, Reach::Region, 0), source(2, 2, Reach::Region, 0)]);
    let unknown = demand(2, 1, vec![]);
    let refusal = allocate(vec![plenty, short, unknown]).unwrap_err();
    let expected = [
        Shortage { offer_id: offer(1), requested: 5, available: 4 },
        Shortage { offer_id: offer(2), requested: 1, available: 0 },
    ];
    assert_eq!(refusal, Refusal::Short(expected.to_vec()));
}

#[test]
fn given_many_small_near_stocks_when_they_are_too_many_then_larger_ones_are_used_and_else_it_is_refused() {
    let scattered = |large: u32| {
        let mut sources: Vec<_> = (0..60).map(|n| source(n, 1, Reach::Region, 0)).collect();
        sources.push(source(60, large, Reach::Abroad, 0));
        demand(0, 60, sources)
    };
    assert_eq!(allocate(vec![scattered(20)]).unwrap().len(), 41);
    assert_eq!(allocate(vec![scattered(2)]), Err(Refusal::TooScattered { allocations: 59 }));
}

#[test]
fn given_two_lines_of_one_offer_when_summed_then_they_are_one_demand() {
    let two = Quantity::new(2).unwrap();
    let sums = sum_by_offer([(offer(1), two), (offer(2), Quantity::ONE), (offer(1), two)]);
    assert_eq!(sums, BTreeMap::from([(offer(1), 4), (offer(2), 1)]));
}

/// Lines over up to 6 warehouses, each of which is as far from all of them.
fn demands() -> impl Strategy<Value = Vec<Demand>> {
    let reach = prop::sample::select(vec![Reach::PostalArea, Reach::Region, Reach::Country, Reach::Abroad]);
    let places = prop::collection::vec((reach, 0_u32..5, 0_u16..3), 1..7);
    let lines = prop::collection::vec((1_u32..30, prop::collection::vec(0_u32..20, 6)), 1..6);
    (places, lines).prop_map(|(places, lines)| {
        let source = |(n, ((reach, kilometres, priority), available)): (usize, (&(Reach, u32, u16), &u32))| {
            let product_id = ProductId::named(&["allocation"]);
            let distance = Distance { reach: *reach, kilometres: *kilometres };
            Source { warehouse_id: warehouse(n), product_id, available: *available, distance, priority: *priority }
        };
        let line = |(n, (units, stocks)): (usize, &(u32, Vec<u32>))| {
            demand(n, *units, places.iter().zip(stocks).enumerate().map(source).collect())
        };
        lines.iter().enumerate().map(line).collect()
    })
}

/// The fewest shipments and their shortest way, by trying every set of warehouses. A line that one warehouse could serve
/// must be served by one.
fn best_by_trial(demands: &[Demand]) -> Option<(usize, u64)> {
    let places: BTreeMap<_, _> =
        demands.iter().flat_map(|d| &d.sources).map(|s| (s.warehouse_id, s.distance.cost())).collect();
    let places: Vec<_> = places.into_iter().collect();
    let served = |demand: &Demand, set: &[(WarehouseId, u64)]| {
        let open = |s: &&Source| set.iter().any(|(id, _)| *id == s.warehouse_id);
        let whole = |s: &&Source| s.available >= demand.requested;
        if demand.sources.iter().any(|s| whole(&s)) {
            demand.sources.iter().filter(open).any(|s| whole(&s))
        } else {
            demand.sources.iter().filter(open).map(|s| s.available).sum::<u32>() >= demand.requested
        }
    };
    let sets = (0_u32..1 << places.len()).map(|bits| -> Vec<_> {
        places.iter().enumerate().filter(|(n, _)| bits & (1 << n) != 0).map(|(_, place)| *place).collect()
    });
    let able = sets.filter(|set| demands.iter().all(|demand| served(demand, set)));
    able.map(|set| (set.len(), set.iter().map(|(_, cost)| cost).sum())).min()
}

fn shipments_of(demands: &[Demand], allocations: &[Allocation]) -> (usize, u64) {
    let costs: BTreeMap<_, _> =
        demands.iter().flat_map(|d| &d.sources).map(|s| (s.warehouse_id, s.distance.cost())).collect();
    let used: std::collections::BTreeSet<_> = allocations.iter().map(|a| a.warehouse_id).collect();
    (used.len(), used.iter().map(|id| costs[id]).sum())
}

#[test]
fn given_lines_whose_nearest_warehouses_differ_when_one_farther_has_all_then_there_is_one_shipment() {
    let line =
        |n: usize, near: usize| demand(n, 2, vec![source(near, 9, Reach::Region, 0), source(9, 2, Reach::Country, 0)]);
    let allocations = allocate(vec![line(0, 1), line(1, 2)]).unwrap();
    assert_eq!(taken(&allocations), [(warehouse(9), 2), (warehouse(9), 2)]);
    let alone = allocate(vec![line(0, 1)]).unwrap();
    assert_eq!(taken(&alone), [(warehouse(1), 2)], "one shipment each way: the nearer");
}

#[test]
fn given_a_line_that_one_warehouse_can_serve_when_splitting_it_would_save_a_shipment_then_it_is_not_split() {
    let split = demand(
        0,
        5,
        vec![source(1, 3, Reach::Region, 0), source(2, 2, Reach::Region, 0), source(3, 5, Reach::Region, 0)],
    );
    let (one, two) =
        (demand(1, 1, vec![source(1, 1, Reach::Region, 0)]), demand(2, 1, vec![source(2, 1, Reach::Region, 0)]));
    let allocations = allocate(vec![split, one, two]).unwrap();
    assert_eq!(taken(&allocations), [(warehouse(3), 5), (warehouse(1), 1), (warehouse(2), 1)]);
}

#[test]
fn given_more_warehouses_than_can_be_searched_when_allocated_then_each_line_is_served_on_its_own() {
    let line = |n: usize| {
        demand(n, 30, (0..40).map(|w| source(w + n, 1 + u32::try_from(w % 3).unwrap(), Reach::Region, 0)).collect())
    };
    let allocations = allocate(vec![line(0), line(1)]).unwrap();
    assert_eq!(allocations.iter().map(|a| a.quantity).sum::<u32>(), 60);
    assert_eq!(allocations, allocate(vec![line(0), line(1)]).unwrap());
}

proptest! {
    #[test]
    fn whatever_is_wanted_it_is_served_exactly_or_truly_short(demands in demands()) {
        let sum = |demand: &Demand| demand.sources.iter().map(|s| s.available).sum::<u32>();
        match allocate(demands.clone()) {
            Err(Refusal::Short(items)) => {
                let short: Vec<_> = demands.iter().filter(|d| sum(d) < d.requested).map(|d| d.offer_id).collect();
                prop_assert_eq!(items.iter().map(|i| i.offer_id).collect::<Vec<_>>(), short);
                prop_assert!(!items.is_empty());
                prop_assert_eq!(best_by_trial(&demands), None);
            }
            Err(refusal) => prop_assert!(false, "{refusal:?}"),
            Ok(allocations) => {
                for demand in &demands {
                    let shares: Vec<_> = allocations.iter().filter(|a| a.offer_id == demand.offer_id).collect();
                    prop_assert_eq!(shares.iter().map(|a| a.quantity).sum::<u32>(), demand.requested);
                    for share in &shares {
                        let from: Vec<_> = demand.sources.iter().filter(|s| s.warehouse_id == share.warehouse_id).collect();
                        prop_assert_eq!(from.len(), 1);
                        prop_assert!((1..=from[0].available).contains(&share.quantity));
                    }
                    let mut used: Vec<_> = shares.iter().map(|a| a.warehouse_id).collect();
                    used.sort();
                    used.dedup();
                    prop_assert_eq!(used.len(), shares.len(), "a stock row at most once in a transaction");
                    let able = demand.sources.iter().any(|s| s.available >= demand.requested);
                    prop_assert!(!able || shares.len() == 1, "no split while one warehouse can serve");
                }
                prop_assert_eq!(Some(shipments_of(&demands, &allocations)), best_by_trial(&demands));
            }
        }
    }

    #[test]
    fn whatever_order_lines_and_warehouses_come_in_the_same_is_taken_from_the_same(demands in demands()) {
        let mut turned: Vec<_> = demands.iter().rev().cloned().collect();
        turned.iter_mut().for_each(|demand| demand.sources.reverse());
        let sorted = |allocations: Result<Vec<Allocation>, Refusal>| allocations.ok().map(|mut list| {
            list.sort_by_key(|a| (a.offer_id, a.warehouse_id));
            list
        });
        prop_assert_eq!(sorted(allocate(demands)), sorted(allocate(turned)));
    }
}
