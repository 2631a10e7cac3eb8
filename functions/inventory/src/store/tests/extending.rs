use super::*;
use crate::store::turning::extension;

async fn reserved(world: &World) -> (OfferId, ReservationId) {
    let home = world.warehouse("home", "US").await;
    let offer = world.stock("A", home, 5).await;
    let wish = wanted(ReservationId::draw(), &[(offer, 2)]);
    world.clean.reserve(&wish, LIFE, at(0)).await.unwrap();
    (offer, wish.reservation_id)
}

#[tokio::test]
async fn given_a_reservation_when_extended_then_its_end_is_put_off_once_and_the_sweeper_waits_for_it() {
    for world in worlds(Faults::new()).await {
        let (offer, id) = reserved(&world).await;
        let day = SignedDuration::from_secs(86_400);
        assert_eq!(world.shop.extend(id, day, at(800)).await.unwrap(), Some(at(87_200)));
        for life in [day, day * 3, LIFE] {
            assert_eq!(world.shop.extend(id, life, at(850)).await.unwrap(), Some(at(87_200)), "only once");
        }
        assert_eq!(world.shop.expire_due(at(900)).await.expired, 0);
        assert_eq!(world.shop.expire_due(at(87_199)).await.expired, 0);
        assert_eq!(world.shop.expire_due(at(87_200)).await.expired, 1);
        assert_eq!(world.level(offer).await, (5, 0, 5));
        let late = world.shop.extend(id, day, at(87_201)).await.unwrap_err();
        assert!(matches!(late, Error::ReservationExpired { state: Some(State::Expired) }));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_shorter_life_when_extended_then_the_end_stays_and_the_one_time_is_used() {
    for world in worlds(Faults::new()).await {
        let (_, id) = reserved(&world).await;
        assert_eq!(world.shop.extend(id, SignedDuration::from_secs(5), at(1)).await.unwrap(), Some(at(900)));
        assert_eq!(world.shop.extend(id, LIFE, at(800)).await.unwrap(), Some(at(900)));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_its_end_or_another_end_when_extended_past_the_read_then_the_condition_refuses_it() {
    for world in worlds(Faults::new()).await {
        let (_, id) = reserved(&world).await;
        assert!(world.table.update(extension(id, at(9_000), at(900)).unwrap()).await.unwrap_err().condition_failed());
        world.table.update(extension(id, at(1_000), at(899)).unwrap()).await.unwrap();
        assert!(world.table.update(extension(id, at(9_000), at(899)).unwrap()).await.unwrap_err().condition_failed());
        turned(&world.shop, id, Turn::Confirm, at(950)).await.unwrap();
        assert_eq!(world.shop.extend(id, LIFE, at(960)).await.unwrap(), Some(at(1_000)), "sold: nothing to put off");
        world.audit().await;
    }
}

#[tokio::test]
async fn given_another_turn_just_before_it_is_written_when_extended_then_the_condition_decides_and_not_the_read() {
    for (turn, now) in [(Turn::Release, at(1)), (Turn::Expire, at(900)), (Turn::Confirm, at(1))] {
        let world = World::in_memory(Faults::new());
        let (_, id) = reserved(&world).await;
        let standing = world.clean.reservation(id).await.unwrap().unwrap();
        let crate::domain::Decision::Move(transition) = crate::domain::decide(Some(&standing), turn, now) else {
            panic!("a move")
        };
        let rival = crate::store::turning::writes(&standing, transition, now).unwrap();
        let shop = Inventory::new(world.table.clone().with_faults(Faults::new().at(1, Fault::Rival(rival))));
        let outcome = shop.extend(id, LIFE, at(2)).await;
        let after = world.clean.reservation(id).await.unwrap().unwrap();
        assert_eq!((after.state, after.expires_at, after.extended_at), (transition.to(), Some(at(900)), None));
        match turn {
            Turn::Confirm => assert_eq!(outcome.unwrap(), Some(at(900))),
            _ => assert!(
                matches!(outcome.unwrap_err(), Error::ReservationExpired { state: Some(s) } if s == after.state)
            ),
        }
        world.audit().await;
    }
}

#[tokio::test]
async fn given_an_extension_just_before_it_expires_when_swept_then_it_stays() {
    let world = World::in_memory(Faults::new());
    let (offer, id) = reserved(&world).await;
    let rival = vec![extension(id, at(9_000), at(899)).unwrap().into()];
    let shop = Inventory::new(world.table.clone().with_faults(Faults::new().at(1, Fault::Rival(rival))));
    let swept = shop.expire_due(at(900)).await;
    assert_eq!((swept.expired, swept.settled, swept.failed), (0, 1, 0));
    assert_eq!(world.level(offer).await, (5, 2, 3));
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_many_at_once_when_extended_then_there_is_one_end() {
    for seed in 0..10 {
        let faults = Faults::new().share(20, Fault::Conflict).share(10, Fault::AnswerLost).share(10, Fault::SentTwice);
        let world = World::in_memory(faults.seed(seed));
        let (_, id) = reserved(&world).await;
        let tasks: Vec<_> = (1..=8)
            .map(|hours| {
                let shop = world.shop.clone();
                let life = SignedDuration::from_hours(hours);
                tokio::spawn(async move { until_certain(|| shop.extend(id, life, at(1))).await.unwrap() })
            })
            .collect();
        let mut ends = BTreeSet::new();
        for task in tasks {
            ends.insert(task.await.unwrap());
        }
        let standing = world.clean.reservation(id).await.unwrap().unwrap();
        assert_eq!(ends, BTreeSet::from([standing.expires_at]), "all are told the end that stands");
        world.audit().await;
    }
}
