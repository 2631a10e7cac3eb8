use super::*;
use crate::domain::Shortage;

#[tokio::test]
async fn given_stock_when_reserved_then_the_units_are_set_aside_until_a_whole_second() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 5).await;
        let now = at(0) + SignedDuration::from_millis(1);
        let reservation = world.shop.reserve(&wanted(ReservationId::draw(), &[(offer, 3)]), LIFE, now).await.unwrap();
        assert_eq!(reservation.expires_at, Some(at(901)));
        assert_eq!(world.level(offer).await, (5, 3, 2));
        assert_eq!(world.clean.ledger_of(offer).await.unwrap().len(), 2);
        world.audit().await;
    }
}

#[tokio::test]
async fn given_two_warehouses_of_three_and_two_when_five_are_wanted_then_both_give_and_the_next_one_gets_none() {
    for world in worlds(Faults::new()).await {
        let (near, far) = (world.warehouse("near", "US").await, world.warehouse("far", "FR").await);
        let offer = world.stock("A", far, 3).await;
        world.stock("A", near, 2).await;
        let one = world.shop.reserve(&wanted(ReservationId::draw(), &[(offer, 5)]), LIFE, at(0)).await.unwrap();
        let shares: Vec<_> = one.allocations.iter().map(|a| (a.warehouse_id, a.quantity)).collect();
        assert_eq!(shares, [(near, 2), (far, 3)]);
        let refused = world.shop.reserve(&wanted(ReservationId::draw(), &[(offer, 1)]), LIFE, at(0)).await.unwrap_err();
        let Error::OutOfStock { items } = refused else { panic!("{refused}") };
        assert_eq!(items, [Shortage { offer_id: offer, requested: 1, available: 0 }]);
        world.audit().await;
    }
}

#[tokio::test]
async fn given_one_short_offer_when_reserved_then_nothing_is_set_aside() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let (plenty, short) = (world.stock("A", home, 9).await, world.stock("B", home, 1).await);
        let wish = wanted(ReservationId::draw(), &[(plenty, 2), (short, 2)]);
        let refused = world.shop.reserve(&wish, LIFE, at(0)).await.unwrap_err();
        assert!(matches!(refused, Error::OutOfStock { items } if items.len() == 1 && items[0].available == 1));
        assert_eq!((world.level(plenty).await, world.level(short).await), ((9, 0, 9), (1, 0, 1)));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_reservation_when_asked_for_again_then_the_answer_is_the_same_even_if_it_took_the_last_unit() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 3).await;
        let wish = wanted(ReservationId::draw(), &[(offer, 3)]);
        let first = world.shop.reserve(&wish, LIFE, at(0)).await.unwrap();
        assert_eq!(world.shop.reserve(&wish, LIFE, at(5)).await.unwrap(), first);
        turned(&world.shop, wish.reservation_id, Turn::Confirm, at(6)).await.unwrap();
        assert_eq!(world.shop.reserve(&wish, LIFE, at(7)).await.unwrap().expires_at, first.expires_at);
        assert_eq!(world.level(offer).await, (0, 0, 0));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_release_that_came_first_when_reserved_then_it_is_refused_and_nothing_is_set_aside() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 3).await;
        let wish = wanted(ReservationId::draw(), &[(offer, 1)]);
        assert_eq!(turned(&world.shop, wish.reservation_id, Turn::Release, at(0)).await.unwrap(), State::Released);
        let refused = world.shop.reserve(&wish, LIFE, at(0)).await.unwrap_err();
        assert!(matches!(refused, Error::ReservationClosed { state: State::Released }));
        assert_eq!(turned(&world.shop, wish.reservation_id, Turn::Release, at(0)).await.unwrap(), State::Released);
        assert_eq!(world.level(offer).await, (3, 0, 3));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_more_offers_than_a_transaction_takes_when_reserved_then_it_is_refused_unread() {
    let world = World::in_memory(Faults::new());
    let many: Vec<_> = (0..50).map(|n| (OfferId::named(&[&n.to_string()]), 1)).collect();
    let refused = world.shop.reserve(&wanted(ReservationId::draw(), &many), LIFE, at(0)).await.unwrap_err();
    assert!(matches!(refused, Error::TooScattered { allocations: 50 }));
    let none = world.shop.reserve(&wanted(ReservationId::draw(), &[]), LIFE, at(0)).await.unwrap_err();
    assert!(matches!(none, Error::Invalid(_)));
}

#[tokio::test]
async fn given_the_largest_order_when_reserved_and_confirmed_then_one_transaction_takes_it() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let mut units = Vec::new();
        for n in 0..49 {
            units.push((world.stock(&format!("S{n}"), home, 1).await, 1));
        }
        let wish = wanted(ReservationId::draw(), &units);
        assert_eq!(world.shop.reserve(&wish, LIFE, at(0)).await.unwrap().allocations.len(), 49);
        assert_eq!(turned(&world.shop, wish.reservation_id, Turn::Confirm, at(0)).await.unwrap(), State::Confirmed);
        world.audit().await;
    }
}

#[tokio::test]
async fn given_stock_that_is_taken_between_read_and_write_when_reserved_then_another_warehouse_serves() {
    let world = World::in_memory(Faults::new());
    let (near, far) = (world.warehouse("near", "US").await, world.warehouse("far", "FR").await);
    let offer = world.stock("A", near, 1).await;
    world.stock("A", far, 1).await;
    let shop = world.with_rival(&world.booking("A", near, -1, Reason::Adjusted));
    let reservation = shop.reserve(&wanted(ReservationId::draw(), &[(offer, 1)]), LIFE, at(0)).await.unwrap();
    assert_eq!(reservation.allocations[0].warehouse_id, far);
    world.audit().await;
}
