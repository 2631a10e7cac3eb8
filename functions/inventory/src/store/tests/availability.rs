use rialto_events::{Envelope, types::AvailabilityChanged};

use super::*;
use crate::domain::Band;

/// The news on the availability row, if it has any.
async fn told(world: &World) -> Option<(u64, Option<u32>)> {
    let items = testing::items(&world.table).await.unwrap();
    let row = items.iter().find(|item| item["sk"].as_s().unwrap() == "AVAILABILITY")?;
    let text = row.get("outbox")?.as_l().unwrap()[0].as_s().unwrap().clone();
    let envelope: Envelope = serde_json::from_str(&text).unwrap();
    Some((envelope.version, envelope.read::<AvailabilityChanged>().unwrap().unwrap().available))
}

#[tokio::test]
async fn given_movements_when_told_then_only_a_change_of_band_is_news() {
    for world in worlds(Faults::new()).await {
        let (near, far) = (world.warehouse("near", "US").await, world.warehouse("far", "FR").await);
        let offer = world.stock("A", near, 20).await;
        world.shop.tell_availability(offer, at(1)).await.unwrap();
        assert_eq!(told(&world).await, Some((1, None)));
        world.shop.tell_availability(offer, at(1)).await.unwrap();
        assert_eq!(told(&world).await, Some((1, None)), "the same again writes nothing");
        world.stock("A", far, 2).await;
        world.shop.tell_availability(offer, at(2)).await.unwrap();
        assert_eq!(told(&world).await, None, "more of plenty is no news, and the old news is gone");
        world.clean.reserve(&wanted(ReservationId::draw(), &[(offer, 15)]), LIFE, at(0)).await.unwrap();
        world.shop.tell_availability(offer, at(3)).await.unwrap();
        assert_eq!(told(&world).await, Some((3, Some(7))));
    }
}

#[tokio::test]
async fn given_an_unknown_offer_when_told_then_nothing_is_written() {
    let world = World::in_memory(Faults::new());
    world.shop.tell_availability(OfferId::draw(), at(0)).await.unwrap();
    assert!(testing::items(&world.table).await.unwrap().is_empty());
}

#[tokio::test]
async fn given_lost_answers_and_repetitions_when_told_then_the_last_news_is_the_last_band() {
    for seed in 0..30 {
        let faults = Faults::new().share(20, Fault::AnswerLost).share(20, Fault::SentTwice).share(20, Fault::Conflict);
        let world = World::in_memory(faults.seed(seed));
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 3).await;
        let mut news = Vec::new();
        for _ in 0..3 {
            until_certain(|| world.shop.tell_availability(offer, at(0))).await.unwrap();
            news.extend(told(&world).await);
            world.clean.reserve(&wanted(ReservationId::draw(), &[(offer, 1)]), LIFE, at(0)).await.unwrap();
        }
        assert_eq!(news, [(1, Some(3)), (2, Some(2)), (3, Some(1))]);
    }
}

#[tokio::test]
async fn given_another_consumer_that_tells_a_lower_band_meanwhile_when_told_then_the_return_is_news() {
    let world = World::in_memory(Faults::new());
    let home = world.warehouse("home", "US").await;
    let offer = world.stock("A", home, 20).await;
    world.clean.tell_availability(offer, at(0)).await.unwrap();
    world.clean.book(&world.booking("A", home, -15, Reason::Adjusted), at(1)).await.unwrap();
    world.clean.book(&world.booking("A", home, 15, Reason::Received), at(2)).await.unwrap();
    let low = rialto_dynamo::Update::of(super::super::keys::availability(offer))
        .set("band", rialto_dynamo::to_value(&Band::of(5)).unwrap())
        .set("version", 2_u64)
        .add("revision", 1);
    let faults = Faults::new().at(1, Fault::Rival(vec![low.into()]));
    let shop = Inventory::new(world.table.clone().with_faults(faults));
    shop.tell_availability(offer, at(3)).await.unwrap();
    assert_eq!(told(&world).await, Some((3, None)));
}
