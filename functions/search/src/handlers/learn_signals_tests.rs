#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_dynamo::{Fault, Faults, Table};
use rialto_events::types::AvailabilityStatus;
use rialto_kernel::{OfferId, OrderId, SearchId, UserId};

use super::*;
use crate::{
    behaviour_store::Source,
    domain::{
        ProductRow, Update,
        behaviour::{Noted, Sale, Salt, effects, matching_queries, of_sale},
    },
    testing,
};

fn now() -> Timestamp {
    "2026-11-21T02:00:00Z".parse().unwrap()
}

fn next_day() -> Timestamp {
    "2026-11-22T02:00:00Z".parse().unwrap()
}

fn a_month_later() -> Timestamp {
    "2026-12-23T02:00:00Z".parse().unwrap()
}

fn today() -> Day {
    Day::of(now())
}

/// A shop that has heard of products 1 to 3.
async fn learner(least_actors: u64, clock: fn() -> Timestamp) -> Learner {
    let (behaviour, search) = (Table::in_memory("b"), Table::in_memory("s"));
    let learner = Learner::over(
        BehaviourStore::new(behaviour),
        SearchStore::new(search),
        Queue::in_memory(),
        least_actors,
        clock,
    );
    for number in 1..=3 {
        let news = testing::product(number, 1, &[(OfferId::named(&[&number.to_string()]), 100)]);
        take_in(&learner, &news).await;
    }
    learner
}

/// What the index's queue does with news.
async fn take_in(learner: &Learner, news: &Update) {
    let known = learner.search.row(news.product_id).await.unwrap();
    let mut row = known.unwrap_or_else(|| ProductRow::unheard(news.product_id));
    let read = row.version;
    if row.accept(news) {
        assert!(learner.search.replace(&row, read).await.unwrap());
    }
}

fn product(number: u32) -> ProductId {
    ProductId::named(&["test", &number.to_string()])
}

async fn done(learner: &Learner, day: Day, people: u32, event: impl Fn(u32) -> Noted) {
    for number in 0..people {
        let source = Source::actor(day, &Salt::of([1; 32]).shopper(UserId::named(&[&number.to_string()])));
        learner.behaviour.count(&source, &effects(day, &event(number))).await.unwrap();
    }
}

async fn sold(learner: &Learner, day: Day, orders: u32, number: u32) {
    for order in 0..orders {
        let order_id = OrderId::named(&[&day.to_string(), &order.to_string()]);
        let sale = Sale { order_id, product_id: product(number), units: 2, day, found_by: None };
        learner.behaviour.count(&Source::order(day, order_id), &[of_sale(&sale)]).await.unwrap();
    }
}

fn click(number: u32) -> Noted {
    Noted::Click { query: "lamp".to_owned(), product_id: product(number), position: 1 }
}

fn sent(learner: &Learner) -> BTreeMap<ProductId, Learnt> {
    let sent = learner.queue.taken();
    let sent = sent.iter().map(|body| serde_json::from_str::<Learnt>(body).unwrap());
    sent.map(|learnt| (learnt.product_id, learnt)).collect()
}

/// Learns, and has the index take it in.
async fn learn(learner: &Learner) -> BTreeMap<ProductId, Signals> {
    learn_signals(learner, LearnTick { again: true }).await.unwrap().unwrap();
    let sent = sent(learner);
    for learnt in sent.values() {
        take_in(learner, &learnt.clone().into()).await;
    }
    sent.into_iter().map(|(product, learnt)| (product, learnt.signals)).collect()
}

#[tokio::test]
async fn given_what_visitors_did_when_learnt_then_only_known_products_that_changed_are_sent() {
    let learner = learner(3, now).await;
    done(&learner, today(), 5, |_| click(1)).await;
    done(&learner, today().before(28), 4, |_| click(1)).await;
    done(&learner, today().before(29), 4, |_| click(1)).await;
    done(&learner, today(), 2, |_| click(2)).await;
    done(&learner, today(), 9, |_| click(77)).await;
    let only_stock = testing::availability(78, OfferId::named(&["78"]), 1, AvailabilityStatus::InStock);
    take_in(&learner, &only_stock).await;
    done(&learner, today(), 9, |_| click(78)).await;
    sold(&learner, today().before(1), 4, 3).await;
    let expected = [
        (product(1), Signals { popularity: 900, ..Signals::default() }),
        (product(3), Signals { sales: 4, ..Signals::default() }),
    ];
    assert_eq!(learn(&learner).await, BTreeMap::from(expected));
    assert_eq!(learn(&learner).await, BTreeMap::new(), "nothing has changed");
    done(&learner, today(), 3, |_| click(2)).await;
    assert_eq!(learn(&learner).await.keys().copied().collect::<Vec<_>>(), [product(2)]);
}

#[tokio::test]
async fn given_a_product_that_nobody_cares_for_any_more_when_learnt_then_it_loses_what_it_had() {
    let first = learner(1, now).await;
    done(&first, today(), 5, |_| click(1)).await;
    assert_eq!(learn(&first).await.len(), 1);
    let later = Learner { clock: a_month_later, ..first };
    assert_eq!(learn(&later).await, BTreeMap::from([(product(1), Signals::default())]));
    assert_eq!(learn(&later).await, BTreeMap::new());
}

#[tokio::test]
async fn given_a_day_when_it_was_learnt_then_it_is_not_again_until_the_next_or_when_asked() {
    let learner = learner(1, now).await;
    let first = learn_signals(&learner, LearnTick::default()).await.unwrap().unwrap();
    assert!(first.done);
    assert_eq!(learn_signals(&learner, LearnTick::default()).await.unwrap(), None);
    assert!(learn_signals(&learner, LearnTick { again: true }).await.unwrap().unwrap().done);
    let next = Learner { clock: next_day, ..learner };
    assert_eq!(learn_signals(&next, LearnTick::default()).await.unwrap().unwrap().day, Day::of(next_day()));
}

#[tokio::test]
async fn given_a_pass_that_dies_at_any_write_when_it_goes_on_then_all_is_learnt_in_the_end() {
    for dies_at in 1..=20 {
        let whole = learner(1, now).await;
        done(&whole, today(), 2, |_| click(1)).await;
        done(&whole, today(), 2, |_| click(2)).await;
        let search = |number: u32| {
            let search_id = SearchId::named(&[&number.to_string()]);
            Noted::Search { search_id, query: "desk lamp".to_owned(), found: true }
        };
        done(&whole, today(), 4, search).await;
        let faults = Faults::new().at(dies_at, Fault::NotApplied);
        let dying = Learner { behaviour: whole.behaviour.clone().with_faults(faults), ..whole.clone() };
        let died = learn_signals(&dying, LearnTick::default()).await;
        let again = learn_signals(&whole, LearnTick::default()).await.unwrap();
        assert!(died.is_err() || again.is_none(), "{dies_at}");
        assert_eq!(sent(&whole).len(), 2, "{dies_at}");
        let popular = whole.behaviour.popular().await.unwrap();
        assert_eq!(matching_queries(&popular, "desk", 4), ["desk lamp"], "{dies_at}");
    }
}

#[tokio::test]
async fn given_another_pass_that_begins_just_before_when_learnt_then_this_one_goes_on_with_it() {
    let learner = learner(1, now).await;
    let theirs = Pass { version: 1, day: today(), shard: 5, done: false, changed: 0 };
    let faults = Faults::new().at(1, Fault::Rival(vec![theirs.put().unwrap().into()]));
    let beaten = Learner { behaviour: learner.behaviour.clone().with_faults(faults), ..learner };
    let pass = learn_signals(&beaten, LearnTick::default()).await.unwrap().unwrap();
    // Eleven shards were left, and the end.
    assert_eq!((pass.version, pass.done), (13, true));
}

#[tokio::test]
async fn given_two_passes_at_once_when_learnt_then_they_end_and_the_later_news_of_a_product_stand() {
    let learner = learner(1, now).await;
    done(&learner, today(), 3, |_| click(1)).await;
    let (one, other) = futures::join!(
        learn_signals(&learner, LearnTick::default()),
        learn_signals(&learner, LearnTick { again: true })
    );
    assert!(one.is_ok() && other.is_ok());
    assert!(learner.behaviour.pass().await.unwrap().unwrap().done);
    let sent = sent(&learner);
    assert_eq!(sent[&product(1)].signals.popularity, 300);
    let stale = Learnt { learnt_at: Timestamp::UNIX_EPOCH, signals: Signals::default(), product_id: product(1) };
    take_in(&learner, &sent[&product(1)].clone().into()).await;
    take_in(&learner, &stale.into()).await;
    assert_eq!(learner.search.row(product(1)).await.unwrap().unwrap().signals().popularity, 300);
}

#[tokio::test]
async fn given_queries_when_learnt_then_those_that_enough_asked_on_one_day_are_popular() {
    let learner = learner(3, now).await;
    let search = |query: &'static str, found| {
        move |number: u32| Noted::Search {
            search_id: SearchId::named(&[&number.to_string()]),
            query: query.to_owned(),
            found,
        }
    };
    done(&learner, today(), 5, search("desk lamp", true)).await;
    done(&learner, today().before(2), 9, search("desk", true)).await;
    done(&learner, today(), 9, search("desk unicorn", false)).await;
    for days in 0..10 {
        done(&learner, today().before(days), 2, search("desk of somebody", true)).await;
    }
    done(&learner, today().before(29), 9, search("desk of old", true)).await;
    learn(&learner).await;
    let popular = learner.behaviour.popular().await.unwrap();
    assert_eq!(matching_queries(&popular, "desk", 9), ["desk", "desk lamp"]);
}
