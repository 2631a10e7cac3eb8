//! Never oversell: many at once, on faultless and on faulty tables.

use std::sync::Arc;

use super::*;

/// `buyers` want one unit each at the same time; answers how many got one and how many were refused.
async fn rush(world: &World, offer: OfferId, buyers: usize) -> (usize, usize) {
    let shop = Arc::new(world.shop.clone());
    let tasks: Vec<_> = (0..buyers)
        .map(|_| {
            let shop = Arc::clone(&shop);
            tokio::spawn(async move {
                let wish = wanted(ReservationId::draw(), &[(offer, 1)]);
                until_certain(|| shop.reserve(&wish, LIFE, at(0))).await
            })
        })
        .collect();
    let (mut got, mut refused) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => got += 1,
            Err(Error::OutOfStock { items }) => {
                assert_eq!((items[0].requested, items[0].available), (1, 0), "refused only when nothing is left");
                refused += 1;
            }
            Err(error) => panic!("{error}"),
        }
    }
    (got, refused)
}

async fn twenty_units_for_fifty(world: &World) {
    let (near, far) = (world.warehouse("near", "US").await, world.warehouse("far", "FR").await);
    let offer = world.stock("A", near, 13).await;
    world.stock("A", far, 7).await;
    assert_eq!(rush(world, offer, 50).await, (20, 30));
    assert_eq!(world.level(offer).await, (20, 20, 0));
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_twenty_units_when_fifty_reserve_one_at_once_then_exactly_twenty_get_one() {
    for world in worlds(Faults::new()).await {
        twenty_units_for_fifty(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_conflicts_throttles_and_lost_answers_when_fifty_reserve_then_still_exactly_twenty_get_one() {
    for fault in
        [Fault::Conflict, Fault::Throttled, Fault::AnswerLost, Fault::NotApplied, Fault::SentTwice, Fault::InProgress]
    {
        for world in worlds(Faults::new().share(40, fault)).await {
            twenty_units_for_fifty(&world).await;
        }
    }
}

#[tokio::test]
async fn given_each_fault_at_each_write_when_reserved_confirmed_and_restocked_then_each_happens_once() {
    for fault in [Fault::Conflict, Fault::Throttled, Fault::AnswerLost, Fault::NotApplied, Fault::SentTwice] {
        for nth in 1..=4 {
            let world = World::in_memory(Faults::new().at(nth, fault.clone()));
            let home = world.warehouse("home", "US").await;
            let (a, b) = (world.stock("A", home, 2).await, world.stock("B", home, 3).await);
            let wish = wanted(ReservationId::draw(), &[(a, 2), (b, 1)]);
            until_certain(|| world.shop.reserve(&wish, LIFE, at(0))).await.unwrap();
            assert_eq!(turned(&world.shop, wish.reservation_id, Turn::Confirm, at(1)).await.unwrap(), State::Confirmed);
            assert_eq!((world.level(a).await, world.level(b).await), ((0, 0, 0), (2, 0, 2)), "{fault:?} at {nth}");
            assert_eq!(turned(&world.shop, wish.reservation_id, Turn::Release, at(2)).await.unwrap(), State::Restocked);
            assert_eq!((world.level(a).await, world.level(b).await), ((2, 0, 2), (3, 0, 3)), "{fault:?} at {nth}");
            world.audit().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_one_reservation_when_asked_for_ten_times_at_once_then_there_is_one() {
    for world in worlds(Faults::new().share(20, Fault::Conflict)).await {
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 5).await;
        let wish = wanted(ReservationId::draw(), &[(offer, 4)]);
        let again = (0..10).map(|_| until_certain(|| world.shop.reserve(&wish, LIFE, at(0))));
        for outcome in futures::future::join_all(again).await {
            assert_eq!(outcome.unwrap().expires_at, Some(at(900)));
        }
        assert_eq!(world.level(offer).await, (5, 4, 1));
        world.audit().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_rivals_when_one_confirms_one_releases_and_one_expires_then_exactly_one_wins() {
    for seed in 0..20 {
        let faults = Faults::new().share(30, Fault::Conflict).share(10, Fault::AnswerLost).seed(seed);
        let world = World::in_memory(faults);
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 2).await;
        let id = ReservationId::draw();
        world.clean.reserve(&wanted(id, &[(offer, 2)]), LIFE, at(0)).await.unwrap();
        let turns =
            [(Turn::Confirm, at(899)), (Turn::Expire, at(900)), (Turn::Confirm, at(899)), (Turn::Expire, at(901))];
        let tasks = turns.map(|(turn, now)| {
            let shop = world.shop.clone();
            tokio::spawn(async move { (turn, turned(&shop, id, turn, now).await) })
        });
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        let state = world.clean.reservation(id).await.unwrap().unwrap().state;
        for (turn, outcome) in outcomes {
            match (turn, outcome) {
                (Turn::Confirm, Ok(_)) => assert_eq!(state, State::Confirmed),
                (Turn::Confirm, Err(error)) => {
                    assert!(matches!(error, Error::ReservationExpired { .. }), "{error}");
                    assert_eq!(state, State::Expired);
                }
                (_, outcome) => assert_eq!(outcome.unwrap(), state),
            }
        }
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_function_that_dies_at_any_point_when_it_is_run_again_then_it_happens_once() {
    for steps in 0..12 {
        let world = World::in_memory(Faults::new().at(1, Fault::Conflict).at(3, Fault::Conflict));
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 2).await;
        let wish = wanted(ReservationId::draw(), &[(offer, 2)]);
        die_after(steps, world.shop.reserve(&wish, LIFE, at(0))).await;
        until_certain(|| world.shop.reserve(&wish, LIFE, at(0))).await.unwrap();
        die_after(steps, world.shop.turn(wish.reservation_id, Turn::Confirm, at(1))).await;
        turned(&world.shop, wish.reservation_id, Turn::Confirm, at(1)).await.unwrap();
        assert_eq!(world.level(offer).await, (0, 0, 0));
        world.audit().await;
    }
}
