use rialto_events::Envelope;

use super::*;
use crate::domain::StockAlert;

/// The news of alerts on the availability row: type, version, units.
async fn told(world: &World) -> Option<(String, u64, u64)> {
    let items = testing::items(&world.table).await.unwrap();
    let row = items.iter().find(|item| item["sk"].as_s().unwrap() == "AVAILABILITY")?;
    let news = row.get("outbox")?.as_l().unwrap();
    let news = news.iter().map(|text| serde_json::from_str::<Envelope>(text.as_s().unwrap()).unwrap());
    let mut alerts: Vec<_> = news.filter(|envelope| envelope.event_type.starts_with("Stock")).collect();
    assert!(alerts.len() < 2, "one crossing at a time");
    let alert = alerts.pop()?;
    Some((alert.event_type, alert.version, alert.data["available"].as_u64().unwrap()))
}

async fn adjust(world: &World, home: WarehouseId, delta: i64) {
    world.clean.book(&world.booking("A", home, delta, Reason::Adjusted), at(1)).await.unwrap();
}

#[tokio::test]
async fn given_a_threshold_when_the_stock_crosses_it_then_it_is_told_once_a_crossing() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 9).await;
        let set = world.shop.set_threshold(offer, Some(5), at(0)).await.unwrap();
        assert_eq!((set.alert, set.available), (StockAlert::None, 9));
        let mut heard = Vec::new();
        for delta in [-3, -1, -1, 1, -5, 2, 1, -3, 9, 1] {
            adjust(&world, home, delta).await;
            for _ in 0..2 {
                world.shop.tell_availability(offer, at(2)).await.unwrap();
                let news = told(&world).await;
                if news.is_some() && heard.last() != news.as_ref() {
                    heard.extend(news);
                }
            }
        }
        let types: Vec<_> = heard.iter().map(|(kind, _, units)| (kind.as_str(), *units)).collect();
        let expected = [
            ("StockLow.v1", 5),
            ("StockDepleted.v1", 0),
            ("StockReplenished.v1", 2),
            ("StockDepleted.v1", 0),
            ("StockReplenished.v1", 9),
        ];
        assert_eq!(types, expected);
        assert!(heard.is_sorted_by(|one, next| one.1 < next.1), "later news have greater versions: {heard:?}");
    }
}

#[tokio::test]
async fn given_a_low_offer_when_its_threshold_is_set_then_it_is_told_at_once_and_set_again_it_is_not() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 3).await;
        let low = world.shop.set_threshold(offer, Some(3), at(0)).await.unwrap();
        assert_eq!((low.alert, low.threshold, low.since), (StockAlert::Low, Some(3), at(0)));
        assert_eq!(told(&world).await, Some(("StockLow.v1".to_owned(), 1, 3)));
        assert_eq!(world.shop.set_threshold(offer, Some(3), at(5)).await.unwrap(), low);
        let lower = world.shop.set_threshold(offer, Some(4), at(6)).await.unwrap();
        assert_eq!((lower.alert, lower.since, told(&world).await), (StockAlert::Low, at(0), None));
        world.shop.set_threshold(offer, None, at(7)).await.unwrap();
        assert_eq!(told(&world).await, Some(("StockReplenished.v1".to_owned(), 3, 3)));
        let unknown = world.shop.set_threshold(OfferId::draw(), None, at(0)).await;
        assert!(matches!(unknown, Err(Error::UnknownOffer)));
    }
}

#[tokio::test]
async fn given_low_and_depleted_offers_when_listed_then_the_fewest_come_first_and_others_are_not_there() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        for (sku, units) in [("A", 3), ("B", 30), ("C", 12), ("D", 1)] {
            let offer = world.stock(sku, home, units).await;
            world.shop.set_threshold(offer, (sku != "D").then_some(12), at(0)).await.unwrap();
        }
        world.clean.book(&world.booking("D", home, -1, Reason::Adjusted), at(1)).await.unwrap();
        world.shop.tell_availability(offer(world.seller, "D").offer_id, at(1)).await.unwrap();
        let page = world.clean.low_stock(world.seller, 2, None).await.unwrap();
        let rest = world.clean.low_stock(world.seller, 2, page.next.clone()).await.unwrap();
        let skus: Vec<_> =
            page.items.iter().chain(&rest.items).map(|item| (item.sku.as_str(), item.available)).collect();
        assert_eq!(skus, [("D", 0), ("A", 3), ("C", 12)]);
        assert!(
            rest.next.is_none() && world.clean.low_stock(SellerId::draw(), 9, None).await.unwrap().items.is_empty()
        );
        world.clean.book(&world.booking("A", home, 10, Reason::Received), at(2)).await.unwrap();
        world.shop.tell_availability(offer(world.seller, "A").offer_id, at(2)).await.unwrap();
        let page = world.clean.low_stock(world.seller, 9, None).await.unwrap();
        assert_eq!(page.items.iter().map(|item| item.sku.as_str()).collect::<Vec<_>>(), ["D", "C"]);
    }
}

/// Every news that was ever written, as the relay would hear them: the stream shows each state of the row.
#[tokio::test]
async fn given_many_consumers_and_lost_answers_when_the_stock_falls_then_each_crossing_is_written_once() {
    for seed in 0..20 {
        let faults = Faults::new().share(20, Fault::Conflict).share(20, Fault::AnswerLost).share(10, Fault::SentTwice);
        let world = World::in_memory(faults.seed(seed));
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 6).await;
        until_certain(|| world.shop.set_threshold(offer, Some(3), at(0))).await.unwrap();
        let mut heard: BTreeMap<u64, String> = BTreeMap::new();
        for units in (0..6).rev() {
            adjust(&world, home, -1).await;
            let tellers = (0..4).map(|_| until_certain(|| world.shop.tell_availability(offer, at(2))));
            for outcome in futures::future::join_all(tellers).await {
                outcome.unwrap();
            }
            if let Some((kind, version, available)) = told(&world).await {
                assert_eq!(available, units, "{kind}");
                assert!(heard.insert(version, kind).is_none());
            }
        }
        assert_eq!(heard.into_values().collect::<Vec<_>>(), ["StockLow.v1", "StockDepleted.v1"], "seed {seed}");
    }
}

#[tokio::test]
async fn given_a_threshold_set_while_stock_is_told_when_both_write_then_neither_is_lost() {
    for seed in 0..20 {
        let world = World::in_memory(Faults::new().share(30, Fault::Conflict).seed(seed));
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 9).await;
        world.clean.tell_availability(offer, at(0)).await.unwrap();
        adjust(&world, home, -5).await;
        let (set, told) = futures::join!(
            until_certain(|| world.shop.set_threshold(offer, Some(5), at(1))),
            until_certain(|| world.shop.tell_availability(offer, at(1))),
        );
        told.unwrap();
        assert_eq!(set.unwrap().threshold, Some(5));
        let low = world.clean.low_stock(world.seller, 9, None).await.unwrap().items;
        assert_eq!((low[0].available, low[0].threshold, low[0].alert), (4, Some(5), StockAlert::Low));
    }
}
