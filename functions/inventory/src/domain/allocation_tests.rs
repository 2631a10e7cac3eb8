#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn offer(number: usize) -> OfferId {
    OfferId::named(&["allocation", &number.to_string()])
}

fn warehouse(number: usize) -> WarehouseId {
    WarehouseId::named(&["allocation", &number.to_string()])
}

fn source(number: usize, available: u32, distance: Distance, priority: u16) -> Source {
    let product_id = ProductId::named(&["allocation"]);
    Source { warehouse_id: warehouse(number), product_id, available, distance, priority }
}

fn demand(number: usize, requested: u32, sources: Vec<Source>) -> Demand {
    Demand { offer_id: offer(number), requested, sources }
}

fn taken(allocations: &[Allocation]) -> Vec<(WarehouseId, u32)> {
    allocations.iter().map(|a| (a.warehouse_id, a.quantity)).collect()
}

#[test]
fn given_a_far_warehouse_with_all_of_it_when_allocated_then_the_line_is_not_split() {
    let near = source(1, 3, Distance::PostalArea, 0);
    let far = source(2, 5, Distance::Abroad, 9);
    let allocations = allocate(vec![demand(0, 5, vec![near, far])]).unwrap();
    assert_eq!(taken(&allocations), [(warehouse(2), 5)]);
}

#[test]
fn given_two_warehouses_with_all_of_it_when_allocated_then_the_nearer_serves_and_priority_breaks_ties() {
    let sources =
        vec![source(1, 9, Distance::Country, 0), source(2, 9, Distance::Region, 5), source(3, 9, Distance::Region, 4)];
    let allocations = allocate(vec![demand(0, 5, sources)]).unwrap();
    assert_eq!(taken(&allocations), [(warehouse(3), 5)]);
}

#[test]
fn given_three_and_two_units_when_five_are_wanted_then_the_nearest_gives_first() {
    let sources = vec![source(1, 2, Distance::Abroad, 0), source(2, 3, Distance::Region, 0)];
    let allocations = allocate(vec![demand(0, 5, sources)]).unwrap();
    assert_eq!(taken(&allocations), [(warehouse(2), 3), (warehouse(1), 2)]);
}

#[test]
fn given_one_short_offer_when_allocated_then_nothing_is_and_the_shortage_is_told() {
    let plenty = demand(0, 1, vec![source(1, 9, Distance::Region, 0)]);
    let short = demand(1, 5, vec![source(1, 2, Distance::Region, 0), source(2, 2, Distance::Region, 0)]);
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
        let mut sources: Vec<_> = (0..60).map(|n| source(n, 1, Distance::Region, 0)).collect();
        sources.push(source(60, large, Distance::Abroad, 0));
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

fn distances() -> impl Strategy<Value = Distance> {
    prop::sample::select(vec![Distance::PostalArea, Distance::Region, Distance::Country, Distance::Abroad])
}

fn demands() -> impl Strategy<Value = Vec<Demand>> {
    let sources = prop::collection::vec((0_u32..20, distances(), 0_u16..3), 0..6);
    prop::collection::vec((1_u32..40, sources), 1..8).prop_map(|lines| {
        let sources = |list: Vec<(u32, Distance, u16)>| {
            list.into_iter().enumerate().map(|(n, (units, far, first))| source(n, units, far, first)).collect()
        };
        lines.into_iter().enumerate().map(|(n, (units, list))| demand(n, units, sources(list))).collect()
    })
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
            }
            Err(refusal) => prop_assert!(false, "{refusal:?}"),
            Ok(allocations) => for demand in &demands {
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
                let able: Vec<_> = demand.sources.iter().filter(|s| s.available >= demand.requested).collect();
                if let Some(nearest) = able.iter().min_by_key(|s| (s.distance, s.priority, s.warehouse_id)) {
                    prop_assert_eq!(taken(&allocations).iter().filter(|t| t.0 == nearest.warehouse_id).count() > 0, true);
                    prop_assert_eq!(shares.len(), 1, "no split while one warehouse can serve");
                    prop_assert_eq!(shares[0].warehouse_id, nearest.warehouse_id);
                }
            },
        }
    }
}
