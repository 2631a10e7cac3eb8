#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_dynamo::{Fault, Faults, testing::items};
use rialto_kernel::{SearchId, UserId};

use super::*;
use crate::domain::behaviour::{Noted, QueryTotals, effects};

fn day() -> Day {
    "2026-11-21".parse().unwrap()
}

fn ada() -> Source {
    Source::actor(day(), &Salt::of([1; 32]).shopper(UserId::named(&["ada"])))
}

fn search(number: u32, found: bool) -> Vec<Effect> {
    let search_id = SearchId::named(&[&number.to_string()]);
    effects(day(), &Noted::Search { search_id, query: "lamp".to_owned(), found })
}

fn writes_of(effects: &[Effect]) -> Vec<Write> {
    writes(&ada(), &effects.iter().collect::<Vec<_>>())
}

async fn lamp(store: &BehaviourStore) -> QueryTotals {
    let mut found = QueryTotals::default();
    for shard in 0..SHARDS {
        store.each_query(day(), shard, |totals| found = totals).await.unwrap();
    }
    found
}

#[tokio::test]
async fn given_another_delivery_that_gets_in_just_before_when_counted_then_nothing_counts_twice() {
    for (rival, outcome, searches) in [
        (search(1, false), Counted::Before, 1),
        // Another search of the same visitor, for the same words.
        (search(2, false), Counted::Now, 2),
        (search(2, true), Counted::Now, 2),
    ] {
        let table = Table::in_memory("t");
        let faults = Faults::new().at(1, Fault::Rival(writes_of(&rival)));
        let store = BehaviourStore::new(table.with_faults(faults));
        assert_eq!(store.count(&ada(), &search(1, false)).await.unwrap(), outcome);
        let lamp = lamp(&store).await;
        assert_eq!((lamp.searches, lamp.actors, lamp.zero_actors), (searches, 1, 1));
    }
}

#[tokio::test]
async fn given_the_last_event_of_a_day_taken_just_before_when_counted_then_it_is_too_much() {
    let table = Table::in_memory("t");
    let full = Update::of(ada().budget()).set("events", MOST_EVENTS);
    let faults = Faults::new().at(1, Fault::Rival(vec![full.into()]));
    let store = BehaviourStore::new(table.clone().with_faults(faults));
    assert_eq!(store.count(&ada(), &search(1, true)).await.unwrap(), Counted::TooMuch);
    assert_eq!(items(&table).await.unwrap().len(), 1, "nothing but the number of events");
}

#[tokio::test]
async fn given_a_lost_answer_when_counted_again_then_it_counts_once() {
    for fault in [Fault::AnswerLost, Fault::NotApplied, Fault::SentTwice, Fault::InProgress] {
        let store = BehaviourStore::new(Table::in_memory("t").with_faults(Faults::new().at(1, fault)));
        if store.count(&ada(), &search(1, true)).await.is_err() {
            store.count(&ada(), &search(1, true)).await.unwrap();
        }
        assert_eq!(lamp(&store).await.searches, 1);
    }
}

#[tokio::test]
async fn given_another_salt_just_before_or_a_lost_answer_when_a_day_begins_then_it_has_one_salt() {
    let (mine, theirs) = (Salt::of([1; 32]), Salt::of([2; 32]));
    let theirs_first = Put::new(&salt_key(day()), &SaltRow { salt: theirs.clone() }).unwrap();
    let with = |fault| BehaviourStore::new(Table::in_memory("t").with_faults(Faults::new().at(1, fault)));
    let beaten = with(Fault::Rival(vec![theirs_first.into()]));
    assert_eq!(beaten.salt_or(day(), mine.clone()).await.unwrap(), theirs);
    assert_eq!(with(Fault::SentTwice).salt_or(day(), mine.clone()).await.unwrap(), mine);
    let lost = with(Fault::AnswerLost);
    assert!(lost.salt_or(day(), mine.clone()).await.is_err());
    assert_eq!(lost.salt_or(day(), theirs).await.unwrap(), mine, "the one that was written");
}

#[tokio::test]
async fn given_a_day_when_it_is_over_then_what_names_anyone_goes_before_the_counts_and_everything_goes() {
    let table = Table::in_memory("t");
    let store = BehaviourStore::new(table.clone());
    store.salt_or(day(), Salt::of([1; 32])).await.unwrap();
    store.count(&ada(), &search(1, true)).await.unwrap();
    let actor = Salt::of([1; 32]).shopper(UserId::named(&["ada"]));
    let click = LastClick { query: "lamp".to_owned(), at: 1 };
    store.remember(day(), &actor, ProductId::named(&["p"]), &click).await.unwrap();
    let report = Report { made_at: Timestamp::UNIX_EPOCH, entries: Vec::new() };
    store.keep_report(day(), ReportKind::Top, &report).await.unwrap();
    for item in items(&table).await.unwrap() {
        let pk = item["pk"].as_s().unwrap();
        let ttl: i64 = item["ttl"].as_n().unwrap().parse().unwrap();
        let days = (ttl - day().over_for(0)) / 86_400;
        let most = if pk.starts_with("SALT#") {
            2
        } else if pk.starts_with("ACTOR#") {
            4
        } else {
            90
        };
        assert!((1..=most).contains(&days), "{pk}: {days}");
        assert!(
            !pk.starts_with("ACTOR#") || item["sk"].as_s().unwrap().starts_with("LAST#") || days > LATE_DAYS,
            "{pk}"
        );
    }
}
