//! What another writes between a read and the write that follows from it: the condition decides, not the read.

use rialto_dynamo::{Delete, Put, Update, Write};

use super::*;
use crate::{
    domain::{Closing, Level, MAX_ON_HAND},
    store::{FindingState, Pass, booking, keys, ledger, roster, stock},
};

/// The inventory, before whose first write another makes theirs.
fn after(world: &World, rival: Vec<Write>) -> Inventory {
    Inventory::new(world.table.clone().with_faults(Faults::new().at(1, Fault::Rival(rival))))
}

fn received(world: &World, home: WarehouseId, units: i64) -> Vec<Write> {
    let movement = world.booking("A", home, units, Reason::Received).movement(at(0));
    vec![stock::change_of(&movement).into(), ledger::entry(&movement).unwrap().into()]
}

#[tokio::test]
async fn given_the_last_room_taken_when_more_comes_in_then_it_is_refused() {
    for world in worlds(Faults::new()).await {
        let [near, far] = [world.warehouse("near", "US").await, world.warehouse("far", "FR").await];
        world.stock("A", near, MAX_ON_HAND - 1).await;
        let receipt = world.booking("A", near, 1, Reason::Received);
        let refused = after(&world, received(&world, near, 1)).book(&receipt, at(1)).await;
        assert!(matches!(refused, Err(Error::TooMuchStock)), "{refused:?}");

        world.stock("A", far, MAX_ON_HAND - 1).await;
        let transfer = world.transfer(1, "A", [near, far], 1, 1);
        world.clean.dispatch(&transfer).await.unwrap();
        let refused = after(&world, received(&world, far, 1)).close(&transfer, Closing::Receive(1), at(2)).await;
        assert!(matches!(refused, Err(Error::TooMuchStock)), "{refused:?}");
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_transfer_whose_movement_is_gone_when_dispatched_again_then_nothing_moves() {
    for world in worlds(Faults::new()).await {
        let [near, far] = [world.warehouse("near", "US").await, world.warehouse("far", "FR").await];
        let offer = world.stock("A", near, 5).await;
        let transfer = world.transfer(1, "A", [near, far], 2, 1);
        world.clean.dispatch(&transfer).await.unwrap();
        world.table.delete(Delete::of(keys::movement(transfer.dispatch().movement_id))).await.unwrap();
        assert_eq!(world.shop.dispatch(&transfer).await.unwrap(), transfer);
        assert_eq!(world.level(offer).await, (3, 0, 3));
    }
}

#[tokio::test]
async fn given_another_first_receipt_when_an_offer_comes_in_for_the_first_time_then_both_are_there() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let rival = world.booking("A", home, 5, Reason::Received);
        let level = Level { on_hand: 5, reserved: 0, available: 5 };
        let rival = vec![
            booking::first_row(&rival.offer, home, level, 1).unwrap(),
            ledger::entry(&rival.movement(at(0))).unwrap().into(),
            roster::enrol(rival.offer.offer_id),
        ];
        let receipt = world.booking("A", home, 2, Reason::Received);
        assert_eq!(after(&world, rival).book(&receipt, at(1)).await.unwrap().on_hand, 7);
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_stock_row_that_is_gone_when_units_come_in_then_no_part_of_a_row_is_made() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 5).await;
        let gone = vec![Delete::of(keys::stock(offer, home)).into()];
        let row = after(&world, gone).book(&world.booking("A", home, 2, Reason::Received), at(1)).await.unwrap();
        assert_eq!((row.on_hand, row.version, row.sku.as_str()), (2, 1, "A"), "a whole row, as for a new offer");
        let unknown = world.booking("B", home, 2, Reason::Received).movement(at(1));
        assert!(world.table.update(stock::change_of(&unknown)).await.unwrap_err().condition_failed());
    }
}

#[tokio::test]
async fn given_an_offer_that_is_gone_when_it_moves_to_another_product_then_no_part_of_it_is_made() {
    for world in worlds(Faults::new()).await {
        world.import(&[world.counted(2, "A", 5)], ImportId::draw()).await;
        let key = keys::seller_sku(world.seller, "A");
        world.table.delete(Delete::of(key.clone())).await.unwrap();
        let mut row = world.counted(2, "A", 5);
        row.product_id = ProductId::named(&["parent"]);
        let moved = world.shop.set_counted(world.seller, ImportId::draw(), &[row], at(1)).await;
        assert!(moved.is_err());
        assert!(testing::item(&world.table, &key).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn given_a_row_that_was_set_when_its_import_runs_again_after_more_was_reserved_then_it_is_not_refused() {
    for world in worlds(Faults::new()).await {
        world.import(&[world.counted(2, "A", 5)], ImportId::draw()).await;
        let again = ImportId::draw();
        assert_eq!(world.import(&[world.counted(2, "A", 2)], again).await, []);
        let home = world.clean.default_warehouse(world.seller).await.unwrap();
        let offer = world.stock("A", home, 5).await;
        world.clean.reserve(&wanted(ReservationId::draw(), &[(offer, 4)]), LIFE, at(1)).await.unwrap();
        assert_eq!(world.import(&[world.counted(2, "A", 2)], again).await, []);
        assert_eq!(world.level(offer).await, (7, 4, 3));
    }
}

#[tokio::test]
async fn given_a_threshold_set_just_before_when_an_offer_is_told_for_the_first_time_then_it_stays() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 5).await;
        let standing = world.clean.set_threshold(offer, Some(9), at(0)).await.unwrap();
        let key = keys::availability(offer);
        world.table.delete(Delete::of(key.clone())).await.unwrap();
        let rival = vec![Put::new(&key, &standing).unwrap().into()];
        after(&world, rival).tell_availability(offer, at(1)).await.unwrap();
        let kept = testing::item(&world.table, &key).await.unwrap().unwrap();
        assert_eq!(from_item::<crate::store::Standing>(kept).unwrap(), standing);
    }
}

#[tokio::test]
async fn given_a_pass_begun_just_before_when_the_first_page_is_written_then_it_is_refused() {
    for world in worlds(Faults::new()).await {
        let rival = vec![Put::new(&keys::reconciliation(), &Pass::default()).unwrap().into()];
        let refused = after(&world, rival).reconcile_page(SignedDuration::from_hours(24), at(0)).await;
        assert!(matches!(refused, Err(Error::Contended)), "{refused:?}");
    }
}

#[tokio::test]
async fn given_a_finding_that_another_pass_has_written_when_it_is_kept_then_that_one_stays() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 5).await;
        let plant = |by: i64| Update::of(keys::stock(offer, home)).add("onHand", by).add("available", by);
        let key = keys::finding(offer, home);
        world.table.update(plant(1)).await.unwrap();
        world.clean.reconcile_offer(offer, at(0)).await.unwrap();
        let [mut theirs] = world.clean.findings_of(offer).await.unwrap().try_into().unwrap();
        assert_eq!((theirs.state, theirs.revision), (FindingState::Open, 1));

        world.table.delete(Delete::of(key.clone())).await.unwrap();
        let rival = || vec![Put::new(&key, &theirs).unwrap().with("theirs", true).into()];
        after(&world, rival()).reconcile_offer(offer, at(1)).await.unwrap();
        let kept = testing::item(&world.table, &key).await.unwrap().unwrap();
        assert!(kept.contains_key("theirs"), "where there was none");

        world.table.update(plant(1)).await.unwrap();
        theirs.revision = 2;
        let rival = vec![Put::new(&key, &theirs).unwrap().with("theirs", true).into()];
        after(&world, rival).reconcile_offer(offer, at(2)).await.unwrap();
        let kept = testing::item(&world.table, &key).await.unwrap().unwrap();
        assert!(kept.contains_key("theirs"), "where there was another");
    }
}

#[tokio::test]
async fn given_a_warehouse_when_another_is_added_under_its_id_then_the_first_stays() {
    for world in worlds(Faults::new()).await {
        let id = world.warehouse("home", "US").await;
        let first = world.clean.warehouse(world.seller, id).await.unwrap();
        world.shop.add_warehouse(&Warehouse { priority: 7, ..first.clone() }).await.unwrap();
        assert_eq!(world.clean.warehouse(world.seller, id).await.unwrap(), first);
    }
}
