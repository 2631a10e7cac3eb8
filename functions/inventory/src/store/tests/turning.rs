use super::*;
use crate::domain::Transition;

async fn reserved(world: &World, units: u32) -> (OfferId, ReservationId) {
    let home = world.warehouse("home", "US").await;
    let offer = world.stock("A", home, 5).await;
    let wish = wanted(ReservationId::draw(), &[(offer, units)]);
    world.clean.reserve(&wish, LIFE, at(0)).await.unwrap();
    (offer, wish.reservation_id)
}

#[tokio::test]
async fn given_a_reservation_when_confirmed_twice_and_released_twice_then_it_is_sold_once_and_restocked_once() {
    for world in worlds(Faults::new()).await {
        let (offer, id) = reserved(&world, 2).await;
        for _ in 0..2 {
            assert_eq!(turned(&world.shop, id, Turn::Confirm, at(1)).await.unwrap(), State::Confirmed);
            assert_eq!(world.level(offer).await, (3, 0, 3));
        }
        for _ in 0..2 {
            assert_eq!(turned(&world.shop, id, Turn::Release, at(2)).await.unwrap(), State::Restocked);
            assert_eq!(world.level(offer).await, (5, 0, 5));
        }
        let late = turned(&world.shop, id, Turn::Confirm, at(3)).await.unwrap_err();
        assert!(matches!(late, Error::ReservationExpired { state: Some(State::Restocked) }));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_released_reservation_when_confirmed_then_it_is_too_late() {
    for world in worlds(Faults::new()).await {
        let (offer, id) = reserved(&world, 2).await;
        assert_eq!(turned(&world.shop, id, Turn::Release, at(1)).await.unwrap(), State::Released);
        let late = turned(&world.shop, id, Turn::Confirm, at(2)).await.unwrap_err();
        assert!(matches!(late, Error::ReservationExpired { state: Some(State::Released) }));
        assert_eq!(world.level(offer).await, (5, 0, 5));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_its_end_when_turned_then_it_cannot_be_confirmed_and_the_sweeper_frees_it_once() {
    for world in worlds(Faults::new()).await {
        let (offer, id) = reserved(&world, 2).await;
        assert_eq!(world.shop.expire_due(at(899)).await.expired, 0);
        let late = turned(&world.shop, id, Turn::Confirm, at(900)).await.unwrap_err();
        assert!(matches!(late, Error::ReservationExpired { state: Some(State::Reserved) }));
        assert_eq!(world.level(offer).await, (5, 2, 3));
        let swept = world.shop.expire_due(at(900)).await;
        assert_eq!((swept.expired, swept.failed), (1, 0));
        assert_eq!(world.shop.expire_due(at(901)).await.expired, 0);
        let late = turned(&world.shop, id, Turn::Confirm, at(900)).await.unwrap_err();
        assert!(matches!(late, Error::ReservationExpired { state: Some(State::Expired) }));
        assert_eq!(turned(&world.shop, id, Turn::Release, at(902)).await.unwrap(), State::Expired);
        assert_eq!(world.level(offer).await, (5, 0, 5));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_rival_that_turns_it_first_when_written_then_the_condition_decides_and_not_the_read() {
    for (mine, theirs) in
        [(Turn::Confirm, Turn::Release), (Turn::Release, Turn::Confirm), (Turn::Confirm, Turn::Expire)]
    {
        let world = World::in_memory(Faults::new());
        let (offer, id) = reserved(&world, 2).await;
        // Another order's units, so that the stock alone would let both through.
        world.clean.reserve(&wanted(ReservationId::draw(), &[(offer, 2)]), LIFE, at(0)).await.unwrap();
        let now = if theirs == Turn::Expire { at(900) } else { at(1) };
        let standing = world.clean.reservation(id).await.unwrap().unwrap();
        let crate::domain::Decision::Move(transition) = crate::domain::decide(Some(&standing), theirs, now) else {
            panic!("a move")
        };
        let writes = crate::store::turning::writes(&standing, transition, now).unwrap();
        let faulty = world.table.clone().with_faults(Faults::new().at(1, rialto_dynamo::Fault::Rival(writes)));
        let outcome = Inventory::new(faulty).turn(id, mine, at(1)).await;
        let state = world.clean.reservation(id).await.unwrap().unwrap().state;
        match theirs {
            // A release after the rival's confirmation restocks.
            Turn::Confirm => assert_eq!((outcome.unwrap(), state), (Some(State::Restocked), State::Restocked)),
            _ => assert!(matches!(outcome.unwrap_err(), Error::ReservationExpired { state: Some(s) } if s == state)),
        }
        world.audit().await;
    }
}

#[tokio::test]
async fn given_its_end_when_a_late_confirmation_or_an_early_expiry_is_written_then_the_condition_refuses_it() {
    for world in worlds(Faults::new()).await {
        let (_, id) = reserved(&world, 2).await;
        let standing = world.clean.reservation(id).await.unwrap().unwrap();
        for (transition, now) in [(Transition::Confirm, at(900)), (Transition::Expire, at(899))] {
            let writes = crate::store::turning::writes(&standing, transition, now).unwrap();
            assert_eq!(world.table.transact(writes).await.unwrap_err().failed_conditions(), [0], "{transition:?}");
        }
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_reservation_that_arrives_just_before_the_tombstone_when_released_then_its_units_come_back() {
    let world = World::in_memory(Faults::new());
    let (offer, first) = reserved(&world, 2).await;
    let mut second = world.clean.reservation(first).await.unwrap().unwrap();
    second.reservation_id = ReservationId::draw();
    let late = crate::store::reserving::writes(&second, at(1)).unwrap();
    let shop = Inventory::new(world.table.clone().with_faults(Faults::new().at(1, Fault::Rival(late))));
    assert_eq!(shop.turn(second.reservation_id, Turn::Release, at(1)).await.unwrap(), Some(State::Released));
    assert_eq!(world.level(offer).await, (5, 2, 3));
    world.audit().await;
}

#[tokio::test]
async fn given_no_reservation_when_confirmed_or_expired_then_nothing_is_written() {
    let world = World::in_memory(Faults::new());
    let late = world.shop.turn(ReservationId::draw(), Turn::Confirm, at(0)).await.unwrap_err();
    assert!(matches!(late, Error::ReservationExpired { state: None }));
    assert_eq!(world.shop.turn(ReservationId::draw(), Turn::Expire, at(0)).await.unwrap(), None);
    assert!(testing::items(&world.table).await.unwrap().is_empty());
}

#[tokio::test]
async fn given_many_due_reservations_when_swept_then_all_shards_and_pages_are_read_and_a_failure_waits() {
    let world = World::in_memory(Faults::new());
    let home = world.warehouse("home", "US").await;
    let offer = world.stock("A", home, 1000).await;
    for _ in 0..450 {
        world.clean.reserve(&wanted(ReservationId::draw(), &[(offer, 1)]), LIFE, at(0)).await.unwrap();
    }
    let lost = world.table.clone().with_faults(Faults::new().at(7, rialto_dynamo::Fault::NotApplied));
    let swept = Inventory::new(lost).expire_due(at(900)).await;
    assert_eq!((swept.expired, swept.failed), (449, 1));
    assert_eq!(world.shop.expire_due(at(960)).await.expired, 1);
    assert_eq!(world.level(offer).await, (1000, 0, 1000));
    world.audit().await;
}
