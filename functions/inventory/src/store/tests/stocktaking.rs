use rialto_kernel::StocktakeId;

use super::*;
use crate::store::{Tallied, Tally};

impl World {
    fn tally(&self, sku: &str, warehouse_id: WarehouseId, version: u64, counted: u32) -> Tally {
        Tally { offer: offer(self.seller, sku), warehouse_id, version, counted, note: "shelf 7".to_owned() }
    }
}

fn delta(tallied: &Tallied) -> Option<i64> {
    match tallied {
        Tallied::Booked { delta, .. } => Some(*delta),
        _ => None,
    }
}

#[tokio::test]
async fn given_counts_when_booked_twice_then_the_books_follow_once_and_say_why() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let (a, b) = (world.stock("A", home, 5).await, world.stock("B", home, 5).await);
        let id = StocktakeId::draw();
        let tallies = [world.tally("A", home, 1, 3), world.tally("B", home, 1, 5), world.tally("C", home, 0, 2)];
        for _ in 0..2 {
            let told = world.shop.take_stock(id, &tallies, at(1)).await.unwrap();
            assert_eq!(told.iter().map(delta).collect::<Vec<_>>(), [Some(-2), Some(0), Some(2)]);
        }
        assert_eq!((world.level(a).await, world.level(b).await), ((3, 0, 3), (5, 0, 5)));
        let last = world.clean.ledger_of(a).await.unwrap().pop().unwrap();
        assert_eq!((last.reason, last.reference), (Reason::Counted, format!("{id} shelf 7")));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_stock_that_moved_since_it_was_counted_when_booked_then_it_is_to_be_counted_again() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 5).await;
        world.clean.reserve(&wanted(ReservationId::draw(), &[(offer, 3)]), LIFE, at(0)).await.unwrap();
        let told = world.shop.take_stock(StocktakeId::draw(), &[world.tally("A", home, 1, 4)], at(1)).await.unwrap();
        assert!(matches!(&told[0], Tallied::Moved { stock: Some(row) } if row.version == 2));
        let told = world.shop.take_stock(StocktakeId::draw(), &[world.tally("A", home, 2, 2)], at(1)).await.unwrap();
        assert!(matches!(&told[0], Tallied::BelowReserved { stock } if stock.reserved == 3));
        let told = world.shop.take_stock(StocktakeId::draw(), &[world.tally("A", home, 2, 3)], at(1)).await.unwrap();
        assert_eq!(delta(&told[0]), Some(-2));
        assert_eq!(world.level(offer).await, (3, 3, 0));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_movement_just_before_it_is_written_when_booked_then_the_condition_decides_and_not_the_read() {
    let world = World::in_memory(Faults::new());
    let home = world.warehouse("home", "US").await;
    let offer = world.stock("A", home, 5).await;
    let shop = world.with_rival(&world.booking("A", home, 4, Reason::Received));
    let told = shop.take_stock(StocktakeId::draw(), &[world.tally("A", home, 1, 3)], at(1)).await.unwrap();
    assert!(matches!(&told[0], Tallied::Moved { stock: Some(row) } if row.on_hand == 9));
    assert_eq!(world.level(offer).await, (9, 0, 9));
    world.audit().await;
}

#[tokio::test]
async fn given_each_fault_at_each_write_when_booked_then_it_is_booked_once() {
    for fault in [Fault::Conflict, Fault::Throttled, Fault::AnswerLost, Fault::NotApplied, Fault::SentTwice] {
        for nth in 1..=3 {
            let world = World::in_memory(Faults::new().at(nth, fault.clone()));
            let home = world.warehouse("home", "US").await;
            let offer = world.stock("A", home, 5).await;
            let tallies = [world.tally("A", home, 1, 7), world.tally("B", home, 0, 1)];
            let id = StocktakeId::draw();
            let told = until_certain(|| world.shop.take_stock(id, &tallies, at(1))).await.unwrap();
            assert_eq!(told.iter().map(delta).collect::<Vec<_>>(), [Some(2), Some(1)], "{fault:?} at {nth}");
            assert_eq!(world.level(offer).await, (7, 0, 7));
            world.audit().await;
        }
    }
}
