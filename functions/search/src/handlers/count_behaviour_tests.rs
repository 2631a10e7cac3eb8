#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use rialto_dynamo::{Fault, Faults, Table, testing::tables};
use rialto_events::types::OrderLineData;
use rialto_kernel::{Currency, Money, OfferId, OrderId, Quantity, SearchId, SellerId};

use super::*;
use crate::{
    behaviour_store::SHARDS,
    domain::behaviour::{ActorKey, ProductTotals, QueryTotals, Salt},
};

const DAY: &str = "2026-11-21";

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn day() -> Day {
    DAY.parse().unwrap()
}

fn counter(table: &Table) -> BehaviourCounter {
    BehaviourCounter::over(BehaviourStore::new(table.clone()), now)
}

fn actor(number: u32) -> ActorKey {
    Salt::of([7; 32]).shopper(UserId::named(&[&number.to_string()]))
}

fn product(number: u32) -> ProductId {
    ProductId::named(&[&number.to_string()])
}

fn search(number: u32, query: &str, found: bool) -> Noted {
    Noted::Search { search_id: SearchId::named(&[&number.to_string()]), query: query.to_owned(), found }
}

fn click(query: &str, number: u32, position: u16) -> Noted {
    Noted::Click { query: query.to_owned(), product_id: product(number), position }
}

fn batch(actor: &ActorKey, events: Vec<Noted>) -> Message {
    let batch = EventBatch { day: day(), at: now().as_millisecond(), actor: actor.clone(), shopper: true, events };
    Message { id: "m".to_owned(), body: serde_json::to_string(&batch).unwrap(), receive_count: 1 }
}

fn order(number: u32, buyer: UserId, time: &str, lines: &[(u32, u32)]) -> Message {
    let order_id = OrderId::named(&[&number.to_string()]);
    let price = Money::new(100, Currency::USD);
    let lines = lines.iter().enumerate().map(|(index, (of, quantity))| OrderLineData {
        offer_id: OfferId::named(&[&index.to_string()]),
        product_id: product(*of),
        seller_id: SellerId::named(&["s"]),
        sku: "SKU".to_owned(),
        quantity: Quantity::new(*quantity).unwrap(),
        unit_price: price,
    });
    let data = OrderConfirmed { order_id, shopper_id: buyer, lines: lines.collect(), total: price };
    let envelope = Envelope::of(&data, order_id, 2, time.parse().unwrap()).unwrap();
    let body = serde_json::json!({ "detail": envelope }).to_string();
    Message { id: "o".to_owned(), body, receive_count: 1 }
}

async fn queries(store: &BehaviourStore, day: Day) -> BTreeMap<String, QueryTotals> {
    let mut all = BTreeMap::new();
    for shard in 0..SHARDS {
        let seen = |totals: QueryTotals| assert!(all.insert(totals.query.clone(), totals).is_none(), "each once");
        store.each_query(day, shard, seen).await.unwrap();
    }
    all
}

async fn products(store: &BehaviourStore, day: Day) -> BTreeMap<ProductId, ProductTotals> {
    let mut all = BTreeMap::new();
    for shard in 0..SHARDS {
        let seen = |product, totals| assert!(all.insert(product, totals).is_none(), "each once");
        store.each_product(day, shard, seen).await.unwrap();
    }
    all
}

#[tokio::test]
async fn given_visitors_who_repeat_themselves_when_counted_then_each_counts_once_for_a_query_and_a_product() {
    for table in tables("behaviour").await.unwrap() {
        let counter = counter(&table);
        for number in 0..3 {
            let actor = actor(number);
            let ada = vec![
                search(number, "lamp", true),
                search(number, "lamp", true),
                search(number + 100, "lamp", true),
                search(number, "unicorn", false),
                click("lamp", 1, 4),
                click("lamp", 1, 1),
                click("desk lamp", 1, 1),
                click("lamp", 2, 1),
                Noted::View { product_id: product(1) },
                Noted::View { product_id: product(1) },
            ];
            for _ in 0..2 {
                count_behaviour(&counter, batch(&actor, ada.clone())).await.unwrap();
            }
        }
        let queries = queries(&counter.store, day()).await;
        let lamp = QueryTotals {
            query: "lamp".to_owned(),
            searches: 6,
            actors: 3,
            clicks: 6,
            clickers: 3,
            ..QueryTotals::default()
        };
        assert_eq!(queries["lamp"], lamp);
        let unicorn = &queries["unicorn"];
        assert_eq!((unicorn.searches, unicorn.zero_results, unicorn.actors, unicorn.zero_actors), (3, 3, 3, 3));
        let products = products(&counter.store, day()).await;
        let first = ProductTotals { views: 3, clickers: 3, click_weight: 600, ..ProductTotals::default() };
        assert_eq!(products[&product(1)], first, "by the place of the first click, whatever found it");
        assert_eq!(products[&product(2)].click_weight, 300);
    }
}

#[tokio::test]
async fn given_a_bot_when_it_does_more_than_people_do_then_it_counts_no_further_and_others_do() {
    let counter = counter(&Table::in_memory("t"));
    for start in 0..40_u32 {
        let events = (0..25).map(|n| Noted::View { product_id: product(start * 25 + n) }).collect();
        count_behaviour(&counter, batch(&actor(1), events)).await.unwrap();
    }
    let seen =
        |products: &BTreeMap<ProductId, ProductTotals>| products.values().map(|totals| totals.views).sum::<u64>();
    assert_eq!(seen(&products(&counter.store, day()).await), 300);
    count_behaviour(&counter, batch(&actor(1), vec![click("lamp", 1, 10)])).await.unwrap();
    assert_eq!(queries(&counter.store, day()).await.len(), 0);
    assert_eq!(
        counter.store.last_click(day(), &actor(1), product(1)).await.unwrap(),
        None,
        "nor does it find anything"
    );
    count_behaviour(&counter, batch(&actor(2), vec![click("lamp", 1, 10)])).await.unwrap();
    assert_eq!(queries(&counter.store, day()).await["lamp"].clicks, 1);
}

#[tokio::test]
async fn given_the_same_batch_delivered_ten_times_at_once_when_counted_then_it_counts_once() {
    for table in tables("behaviour").await.unwrap() {
        let counter = counter(&table);
        let events = vec![search(1, "lamp", true), click("lamp", 1, 2), Noted::View { product_id: product(1) }];
        let deliveries = (0..10).map(|_| count_behaviour(&counter, batch(&actor(1), events.clone())));
        for outcome in futures::future::join_all(deliveries).await {
            // One that lost too often comes again.
            if outcome.is_err() {
                count_behaviour(&counter, batch(&actor(1), events.clone())).await.unwrap();
            }
        }
        let lamp = queries(&counter.store, day()).await.remove("lamp").unwrap();
        assert_eq!((lamp.searches, lamp.actors, lamp.clicks, lamp.clickers), (1, 1, 1, 1));
        let totals = products(&counter.store, day()).await[&product(1)];
        assert_eq!((totals.views, totals.clickers, totals.click_weight), (1, 1, 141));
    }
}

#[tokio::test]
async fn given_news_more_than_two_days_late_or_rubbish_when_they_come_then_they_count_nothing() {
    fn late() -> Timestamp {
        "2026-11-24T00:00:00Z".parse().unwrap()
    }
    fn in_time() -> Timestamp {
        "2026-11-23T23:59:59Z".parse().unwrap()
    }
    let store = BehaviourStore::new(Table::in_memory("t"));
    let message = batch(&actor(1), vec![search(1, "lamp", true)]);
    count_behaviour(&BehaviourCounter::over(store.clone(), late), message.clone()).await.unwrap();
    assert!(queries(&store, day()).await.is_empty());
    count_behaviour(&BehaviourCounter::over(store.clone(), in_time), message).await.unwrap();
    assert_eq!(queries(&store, day()).await.len(), 1);
    let rubbish = Message { id: "m".to_owned(), body: "{}".to_owned(), receive_count: 1 };
    assert!(count_behaviour(&counter(&Table::in_memory("t")), rubbish.clone()).await.is_err());
    assert!(count_sales(&counter(&Table::in_memory("t")), rubbish).await.is_err());
}

#[tokio::test]
async fn given_orders_told_twice_and_at_once_when_counted_then_each_counts_once() {
    for table in tables("behaviour").await.unwrap() {
        let counter = counter(&table);
        let buyer = UserId::named(&["ada"]);
        let news = [
            order(1, buyer, "2026-11-21T10:00:00Z", &[(1, 2), (2, 1), (1, 3)]),
            order(2, buyer, "2026-11-21T10:00:00Z", &[(1, 1)]),
        ];
        let told = news.iter().chain(&news).chain(&news).map(|news| count_sales(&counter, news.clone()));
        for (index, outcome) in futures::future::join_all(told).await.into_iter().enumerate() {
            if outcome.is_err() {
                count_sales(&counter, news[index % 2].clone()).await.unwrap();
            }
        }
        let products = products(&counter.store, day()).await;
        let sold = |number| (products[&product(number)].orders, products[&product(number)].units);
        assert_eq!((sold(1), sold(2)), ((2, 6), (1, 1)));
    }
}

#[tokio::test]
async fn given_a_click_before_an_order_when_sold_then_the_last_query_of_a_day_before_has_brought_it_in() {
    let counter = counter(&Table::in_memory("t"));
    let (ada, eve) = (UserId::named(&["ada"]), UserId::named(&["eve"]));
    let salt = counter.store.salt_or(day(), Salt::of([7; 32])).await.unwrap();
    let actor = salt.shopper(ada);
    // The second batch is delivered first: what was clicked last stands.
    let at = |at: &str, query: &str| {
        let at = at.parse::<Timestamp>().unwrap().as_millisecond();
        let events = vec![click("desk", 1, 1), click(query, 1, 1)];
        let batch = EventBatch { day: day(), at, actor: actor.clone(), shopper: true, events };
        Message { id: "m".to_owned(), body: serde_json::to_string(&batch).unwrap(), receive_count: 1 }
    };
    count_behaviour(&counter, at("2026-11-21T09:00:00Z", "desk lamp")).await.unwrap();
    count_behaviour(&counter, at("2026-11-21T08:00:00Z", "lamp")).await.unwrap();
    for news in [
        order(1, ada, "2026-11-21T10:00:00Z", &[(1, 1), (2, 1)]),
        order(1, ada, "2026-11-21T10:00:00Z", &[(1, 1), (2, 1)]),
        order(2, ada, "2026-11-22T08:59:59Z", &[(1, 1)]),
        order(3, ada, "2026-11-22T09:00:01Z", &[(1, 1)]),
        order(4, ada, "2026-11-21T07:00:00Z", &[(1, 1)]),
        order(5, eve, "2026-11-21T10:00:00Z", &[(1, 1)]),
    ] {
        count_sales(&counter, news).await.unwrap();
    }
    let queries = queries(&counter.store, day()).await;
    let brought = |query: &str| queries[query].orders;
    assert_eq!((brought("desk lamp"), brought("lamp"), brought("desk")), (2, 0, 0));
}

/// Who, which query, which search or product, and what kind of event.
type Drawn = (u32, u32, u32, u8);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is delivered twice, out of order, to a table with faults, and again when it failed: the counts are those of a
    /// count by hand.
    #[test]
    fn given_any_deliveries_when_counted_then_the_counts_are_those_of_sets(
        events in proptest::collection::vec((0_u32..4, 0_u32..3, 0_u32..3, 0_u8..4), 1..60),
        order in any::<prop::sample::Index>(),
        seed in any::<u64>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let faults = Faults::new().seed(seed).share(10, Fault::Conflict).share(5, Fault::AnswerLost)
                .share(5, Fault::NotApplied).share(5, Fault::SentTwice);
            let table = Table::in_memory("t");
            let counter = counter(&table.clone().with_faults(faults));
            let event = |(_, query, of, kind): &Drawn| match kind {
                0 => search(*of, &format!("q{query}"), true),
                1 => search(*of, &format!("q{query}"), false),
                2 => click(&format!("q{query}"), *of, 1),
                _ => Noted::View { product_id: product(*of) },
            };
            let at = order.index(events.len());
            let shuffled = events[at..].iter().chain(&events[..at]).chain(&events);
            for it in shuffled {
                while count_behaviour(&counter, batch(&actor(it.0), vec![event(it)])).await.is_err() {}
            }
            let distinct = |query: u32, kinds: &[u8], by: fn(&Drawn) -> (u32, u32)| {
                let of = events.iter().filter(|it| it.1 == query && kinds.contains(&it.3));
                u64::try_from(of.map(by).collect::<std::collections::BTreeSet<_>>().len()).unwrap()
            };
            let counted = queries(&counter.store, day()).await;
            for query in 0..3 {
                let found = counted.get(&format!("q{query}")).cloned().unwrap_or_default();
                prop_assert_eq!(found.searches, distinct(query, &[0, 1], |it| (it.0, it.2)));
                prop_assert_eq!(found.actors, distinct(query, &[0, 1], |it| (it.0, 0)));
                prop_assert_eq!(found.zero_actors, distinct(query, &[1], |it| (it.0, 0)));
                prop_assert_eq!(found.clicks, distinct(query, &[2], |it| (it.0, it.2)));
                prop_assert_eq!(found.clickers, distinct(query, &[2], |it| (it.0, 0)));
            }
            let counted = products(&counter.store, day()).await;
            for of in 0..3 {
                let viewers: std::collections::BTreeSet<_> =
                    events.iter().filter(|it| it.2 == of && it.3 == 3).map(|it| it.0).collect();
                let views = counted.get(&product(of)).map_or(0, |totals| totals.views);
                prop_assert_eq!(views, u64::try_from(viewers.len()).unwrap());
            }
            Ok(())
        })?;
    }
}
