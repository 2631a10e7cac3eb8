use super::*;
use crate::domain::Closing;
use crate::store::transferring::{closing_write, dispatch_writes};

async fn two(world: &World) -> [WarehouseId; 2] {
    [world.warehouse("near", "US").await, world.warehouse("far", "FR").await]
}

async fn in_each(world: &World, of: OfferId, warehouses: [WarehouseId; 2]) -> [u32; 2] {
    let rows = world.clean.stock_of(of).await.unwrap();
    warehouses.map(|one| rows.iter().find(|row| row.warehouse_id == one).map_or(0, |row| row.on_hand))
}

#[tokio::test]
async fn given_a_transfer_when_dispatched_and_received_twice_then_the_units_move_once_and_what_is_missing_is_lost() {
    for world in worlds(Faults::new()).await {
        let warehouses = two(&world).await;
        let offer = world.stock("A", warehouses[0], 10).await;
        let transfer = world.transfer(1, "A", warehouses, 6, 1);
        for _ in 0..2 {
            assert_eq!(world.shop.dispatch(&transfer).await.unwrap(), transfer);
            assert_eq!(in_each(&world, offer, warehouses).await, [4, 0], "on the way, they are nowhere");
        }
        for _ in 0..2 {
            let received = world.shop.close(&transfer, Closing::Receive(5), at(2)).await.unwrap();
            assert_eq!((received.state, received.received), (TransferState::Received, Some(5)));
            assert_eq!(in_each(&world, offer, warehouses).await, [4, 5]);
        }
        for closing in [Closing::Receive(6), Closing::Cancel] {
            let refused = world.shop.close(&transfer, closing, at(3)).await.unwrap_err();
            assert!(matches!(refused, Error::TransferClosed { state: TransferState::Received }));
        }
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_transfer_when_cancelled_or_wholly_lost_then_its_units_are_back_or_written_off() {
    for world in worlds(Faults::new()).await {
        let warehouses = two(&world).await;
        let offer = world.stock("A", warehouses[0], 10).await;
        let (back, lost) = (world.transfer(1, "A", warehouses, 4, 1), world.transfer(2, "A", warehouses, 6, 1));
        world.shop.dispatch(&back).await.unwrap();
        world.shop.dispatch(&lost).await.unwrap();
        assert_eq!(world.level(offer).await, (0, 0, 0));
        world.shop.close(&back, Closing::Cancel, at(2)).await.unwrap();
        world.shop.close(&back, Closing::Cancel, at(2)).await.unwrap();
        world.shop.close(&lost, Closing::Receive(0), at(2)).await.unwrap();
        assert_eq!(in_each(&world, offer, warehouses).await, [4, 0]);
        let more = world.transfer(3, "A", warehouses, 1, 3);
        world.shop.dispatch(&more).await.unwrap();
        let refused = world.shop.close(&more, Closing::Receive(2), at(3)).await.unwrap_err();
        assert!(matches!(refused, Error::MoreThanSent { sent: 1 }));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_reserved_units_when_a_transfer_would_take_them_then_nothing_moves() {
    for world in worlds(Faults::new()).await {
        let warehouses = two(&world).await;
        let offer = world.stock("A", warehouses[0], 5).await;
        world.clean.reserve(&wanted(ReservationId::draw(), &[(offer, 3)]), LIFE, at(0)).await.unwrap();
        let refused = world.shop.dispatch(&world.transfer(1, "A", warehouses, 3, 1)).await.unwrap_err();
        assert!(matches!(refused, Error::BelowReserved { on_hand: 5, reserved: 3 }));
        let refused = world.shop.dispatch(&world.transfer(2, "B", warehouses, 1, 1)).await.unwrap_err();
        assert!(matches!(refused, Error::BelowReserved { on_hand: 0, reserved: 0 }));
        assert!(matches!(world.shop.transfer(None, world.transfer_id(1)).await, Err(Error::UnknownTransfer)));
        world.shop.dispatch(&world.transfer(1, "A", warehouses, 2, 1)).await.unwrap();
        assert_eq!(world.level(offer).await, (3, 3, 0));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_each_fault_at_each_write_when_transferred_then_each_step_happens_once() {
    for fault in [Fault::Conflict, Fault::Throttled, Fault::AnswerLost, Fault::NotApplied, Fault::SentTwice] {
        for nth in 1..=4 {
            let world = World::in_memory(Faults::new().at(nth, fault.clone()));
            let warehouses = two(&world).await;
            let offer = world.stock("A", warehouses[0], 5).await;
            let transfer = world.transfer(1, "A", warehouses, 5, 1);
            until_certain(|| world.shop.dispatch(&transfer)).await.unwrap();
            assert_eq!(in_each(&world, offer, warehouses).await, [0, 0], "{fault:?} at {nth}");
            until_certain(|| world.shop.close(&transfer, Closing::Receive(4), at(2))).await.unwrap();
            assert_eq!(in_each(&world, offer, warehouses).await, [0, 4], "{fault:?} at {nth}");
            world.audit().await;
        }
    }
}

#[tokio::test]
async fn given_a_function_that_dies_at_any_point_of_a_transfer_when_it_is_run_again_then_each_step_happens_once() {
    for steps in 0..8 {
        let world = World::in_memory(Faults::new().at(1, Fault::Conflict).at(3, Fault::Conflict));
        let warehouses = two(&world).await;
        let offer = world.stock("A", warehouses[0], 5).await;
        let transfer = world.transfer(1, "A", warehouses, 5, 1);
        die_after(steps, world.shop.dispatch(&transfer)).await;
        world.audit().await;
        until_certain(|| world.shop.dispatch(&transfer)).await.unwrap();
        die_after(steps, world.shop.close(&transfer, Closing::Receive(3), at(2))).await;
        world.audit().await;
        until_certain(|| world.shop.close(&transfer, Closing::Receive(3), at(2))).await.unwrap();
        assert_eq!(in_each(&world, offer, warehouses).await, [0, 3]);
        world.audit().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_one_transfer_when_received_and_cancelled_at_once_then_exactly_one_wins() {
    for world in worlds(Faults::new().share(30, Fault::Conflict).share(10, Fault::AnswerLost)).await {
        for number in 0..10 {
            let warehouses = two(&world).await;
            let offer = world.stock(&format!("S{number}"), warehouses[0], 5).await;
            let transfer = world.transfer(number, &format!("S{number}"), warehouses, 5, 1);
            world.clean.dispatch(&transfer).await.unwrap();
            let tasks = [Closing::Receive(4), Closing::Cancel, Closing::Receive(5), Closing::Cancel].map(|closing| {
                let (shop, transfer) = (world.shop.clone(), transfer.clone());
                tokio::spawn(async move { until_certain(|| shop.close(&transfer, closing, at(2))).await })
            });
            let mut won = Vec::new();
            for task in tasks {
                match task.await.unwrap() {
                    Ok(closed) => won.push((closed.state, closed.received)),
                    Err(error) => assert!(matches!(error, Error::TransferClosed { .. }), "{error}"),
                }
            }
            won.dedup();
            assert_eq!(won.len(), 1, "{won:?}");
            let expected = match won[0] {
                (TransferState::Received, Some(received)) => [0, received],
                _ => [5, 0],
            };
            assert_eq!(in_each(&world, offer, warehouses).await, expected);
        }
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_rival_that_closes_it_first_when_written_then_the_condition_decides_and_not_the_read() {
    let world = World::in_memory(Faults::new());
    let warehouses = two(&world).await;
    let offer = world.stock("A", warehouses[0], 5).await;
    let transfer = world.transfer(1, "A", warehouses, 5, 1);
    world.clean.dispatch(&transfer).await.unwrap();
    let closed = Transfer { state: TransferState::Cancelled, ..transfer.clone() };
    let crate::domain::TransferDecision::Close(back) = transfer.close(Closing::Cancel, at(2)) else { panic!("closes") };
    let writes = vec![
        closing_write(&closed, at(2)),
        crate::store::stock::change_of(&back[0]).into(),
        crate::store::ledger::entry(&back[0]).unwrap().into(),
    ];
    let shop = Inventory::new(world.table.clone().with_faults(Faults::new().at(1, Fault::Rival(writes))));
    let refused = shop.close(&transfer, Closing::Receive(5), at(2)).await.unwrap_err();
    assert!(matches!(refused, Error::TransferClosed { state: TransferState::Cancelled }));
    assert_eq!(in_each(&world, offer, warehouses).await, [5, 0]);
    world.audit().await;
}

#[tokio::test]
async fn given_units_that_are_not_there_when_dispatched_past_the_read_then_the_condition_refuses_them() {
    for world in worlds(Faults::new()).await {
        let warehouses = two(&world).await;
        world.stock("A", warehouses[0], 5).await;
        let writes = dispatch_writes(&world.transfer(1, "A", warehouses, 6, 1)).unwrap();
        assert_eq!(world.table.transact(writes).await.unwrap_err().failed_conditions(), [1]);
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_full_warehouse_when_units_arrive_then_they_stay_on_their_way() {
    let world = World::in_memory(Faults::new());
    let warehouses = two(&world).await;
    world.stock("A", warehouses[0], 5).await;
    world.stock("A", warehouses[1], crate::domain::MAX_ON_HAND).await;
    let transfer = world.transfer(1, "A", warehouses, 5, 1);
    world.shop.dispatch(&transfer).await.unwrap();
    let refused = world.shop.close(&transfer, Closing::Receive(5), at(2)).await.unwrap_err();
    assert!(matches!(refused, Error::TooMuchStock));
    world.shop.close(&transfer, Closing::Cancel, at(3)).await.unwrap();
    world.audit().await;
}
