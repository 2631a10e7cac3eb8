//! Any sequence of what can happen to reservations, on a table where answers get lost, against a model of counts.

use proptest::prelude::*;

use super::*;
use crate::domain::Closing;
use crate::store::{Counted, Tallied, Tally};
use rialto_kernel::StocktakeId;

#[derive(Debug, Clone)]
enum Step {
    Reserve { reservation: u8, sku: u8, units: u32 },
    Turn { reservation: u8, turn: u8 },
    Wait { seconds: i64 },
    Sweep,
    Book { sku: u8, warehouse: bool, delta: i64 },
    Count { line: u64, sku: u8, quantity: u32 },
    Extend { reservation: u8 },
    Dispatch { transfer: u8, sku: u8, to_far: bool, units: u32 },
    Close { transfer: u8, received: Option<u32> },
    TakeStock { sku: u8, far: bool, counted: u32, stale: bool },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let reservation = 0_u8..6;
    let sku = 0_u8..3;
    let step = prop_oneof![
        4 => (reservation.clone(), sku.clone(), 1_u32..6)
            .prop_map(|(reservation, sku, units)| Step::Reserve { reservation, sku, units }),
        5 => (reservation, 0_u8..3).prop_map(|(reservation, turn)| Step::Turn { reservation, turn }),
        1 => (1_i64..1000).prop_map(|seconds| Step::Wait { seconds }),
        1 => Just(Step::Sweep),
        1 => (sku.clone(), any::<bool>(), -4_i64..5).prop_map(|(sku, warehouse, delta)| Step::Book { sku, warehouse, delta }),
        1 => (0_u8..6).prop_map(|reservation| Step::Extend { reservation }),
        2 => (0_u8..3, sku.clone(), any::<bool>(), 1_u32..4)
            .prop_map(|(transfer, sku, to_far, units)| Step::Dispatch { transfer, sku, to_far, units }),
        2 => (0_u8..3, prop::option::of(0_u32..5)).prop_map(|(transfer, received)| Step::Close { transfer, received }),
        1 => (sku.clone(), any::<bool>(), 0_u32..9, any::<bool>())
            .prop_map(|(sku, far, counted, stale)| Step::TakeStock { sku, far, counted, stale }),
        1 => (0_u64..4, sku, 0_u32..9).prop_map(|(line, sku, quantity)| Step::Count { line, sku, quantity }),
    ];
    prop::collection::vec(step, 1..40)
}

async fn run(steps: Vec<Step>, seed: u64) {
    let faults = Faults::new()
        .share(5, Fault::Conflict)
        .share(10, Fault::AnswerLost)
        .share(5, Fault::NotApplied)
        .share(5, Fault::SentTwice)
        .seed(seed);
    let world = World::in_memory(faults);
    let warehouses = [world.warehouse("near", "US").await, world.warehouse("far", "FR").await];
    let name = |sku: u8| format!("S{sku}");
    let id = |reservation: u8| ReservationId::named(&[&world.seller.to_string(), &reservation.to_string()]);
    let import = ImportId::draw();
    let mut now = 0;
    for sku in 0..3 {
        world.stock(&name(sku), warehouses[usize::from(sku % 2)], 5).await;
    }
    for step in steps {
        match step {
            Step::Reserve { reservation, sku, units } => {
                let offer = offer(world.seller, &name(sku)).offer_id;
                let available = world.level(offer).await.2;
                let before = world.clean.reservation(id(reservation)).await.unwrap();
                let wish = wanted(id(reservation), &[(offer, units)]);
                let outcome = until_certain(|| world.shop.reserve(&wish, LIFE, at(now))).await;
                match (before.map(|r| r.state), outcome) {
                    (None, Ok(made)) => {
                        assert!(units <= available);
                        assert_eq!(made.allocations.iter().map(|a| a.quantity).sum::<u32>(), units);
                    }
                    (None, Err(Error::OutOfStock { items })) => {
                        assert!(units > available);
                        assert_eq!(items[0].available, available);
                    }
                    (Some(State::Reserved | State::Confirmed), Ok(_)) => {}
                    (Some(state), Err(Error::ReservationClosed { state: told })) => assert_eq!(state, told),
                    other => panic!("{other:?}"),
                }
            }
            Step::Turn { reservation, turn } => {
                let turn = [Turn::Confirm, Turn::Release, Turn::Expire][usize::from(turn)];
                let outcome = until_certain(|| world.shop.turn(id(reservation), turn, at(now))).await;
                let after = world.clean.reservation(id(reservation)).await.unwrap().map(|r| r.state);
                match outcome {
                    Ok(state) => assert_eq!(state, after),
                    Err(Error::ReservationExpired { state }) => assert_eq!(state, after),
                    Err(error) => panic!("{error}"),
                }
            }
            Step::Extend { reservation } => {
                let before = world.clean.reservation(id(reservation)).await.unwrap();
                let outcome = until_certain(|| world.shop.extend(id(reservation), LIFE * 2, at(now))).await;
                let after = world.clean.reservation(id(reservation)).await.unwrap();
                assert!(after.as_ref().and_then(|r| r.expires_at) >= before.as_ref().and_then(|r| r.expires_at));
                match outcome {
                    Ok(end) => assert_eq!(end, after.and_then(|r| r.expires_at)),
                    Err(Error::ReservationExpired { state }) => assert_eq!(state, after.map(|r| r.state)),
                    Err(error) => panic!("{error}"),
                }
            }
            Step::Dispatch { transfer, sku, to_far, units } => {
                let [from, to] = if to_far { warehouses } else { [warehouses[1], warehouses[0]] };
                let transfer = world.transfer(transfer, &name(sku), [from, to], units, now);
                let outcome = until_certain(|| world.shop.dispatch(&transfer)).await;
                assert!(matches!(outcome, Ok(_) | Err(Error::BelowReserved { .. })), "{outcome:?}");
            }
            Step::Close { transfer, received } => {
                let Ok(standing) = world.clean.transfer(None, world.transfer_id(transfer)).await else { continue };
                let closing = received.map_or(Closing::Cancel, Closing::Receive);
                let outcome = until_certain(|| world.shop.close(&standing, closing, at(now))).await;
                let after = world.clean.transfer(None, standing.transfer_id).await.unwrap();
                match outcome {
                    Ok(told) => assert_eq!((told.state, told.received), (after.state, after.received)),
                    Err(Error::TransferClosed { state }) => assert_eq!(state, after.state),
                    Err(Error::MoreThanSent { sent }) => assert!(received > Some(sent)),
                    Err(error) => panic!("{error}"),
                }
            }
            Step::TakeStock { sku, far, counted, stale } => {
                let offer = offer(world.seller, &name(sku));
                let warehouse_id = warehouses[usize::from(far)];
                let row = world.clean.stock_in(offer.offer_id, warehouse_id).await.unwrap();
                let version = row.as_ref().map_or(0, |row| row.version) + u64::from(stale);
                let tally = [Tally { offer, warehouse_id, version, counted, note: String::new() }];
                let stocktake = StocktakeId::draw();
                let told = until_certain(|| world.shop.take_stock(stocktake, &tally, at(now))).await.unwrap().remove(0);
                match told {
                    Tallied::Booked { stock, .. } => {
                        assert!(!stale);
                        assert_eq!(stock.map_or(0, |row| row.on_hand), counted);
                    }
                    Tallied::Moved { stock } => assert!(stale && stock == row),
                    Tallied::BelowReserved { stock } => assert!(!stale && counted < stock.reserved),
                }
            }
            Step::Wait { seconds } => now += seconds,
            Step::Sweep => drop(world.shop.expire_due(at(now)).await),
            Step::Book { sku, warehouse, delta } => {
                let place = warehouses[usize::from(warehouse)];
                let booking = world.booking(&name(sku), place, delta, Reason::Adjusted);
                let outcome = until_certain(|| world.shop.book(&booking, at(now))).await;
                assert!(matches!(outcome, Ok(_) | Err(Error::BelowReserved { .. })), "{outcome:?}");
            }
            Step::Count { line, sku, quantity } => {
                let rows: [Counted; 1] = [world.counted(line, &name(sku), quantity)];
                until_certain(|| world.shop.set_counted(world.seller, import, &rows, at(now))).await.unwrap();
            }
        }
        world.audit().await;
    }
    world.clean.expire_due(at(now + 10_000)).await;
    world.audit().await;
    for sku in 0..3 {
        assert_eq!(world.level(offer(world.seller, &name(sku)).offer_id).await.1, 0, "nothing is set aside for ever");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_in_whatever_order_the_books_are_right(steps in steps(), seed in any::<u64>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(run(steps, seed));
    }
}
