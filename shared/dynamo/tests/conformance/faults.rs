//! What callers see of faults: nothing of those retried, the truth of the others.

use rialto_dynamo::{Error, Fault, Faults, Put, Read, Table, Update, Write, cond};
use serde::Deserialize;

use crate::{attributes, key, on_every_table, put};

#[derive(Deserialize)]
struct Counter {
    n: u32,
}

async fn count(table: &Table) -> u32 {
    table.get::<Counter>(&key(), Read::Strong).await.unwrap().map_or(0, |counter| counter.n)
}

fn one_more() -> Update {
    Update::of(key()).add("n", 1)
}

fn first() -> Put {
    put(&key()).with("n", 1).when(cond::absent("pk"))
}

#[tokio::test]
async fn conflicts_and_throttles_are_tried_again() {
    on_every_table(async |table| {
        let faults = Faults::new().at(1, Fault::Conflict).at(2, Fault::Throttled).at(4, Fault::Conflict);
        let table = table.with_faults(faults);
        table.update(one_more()).await.unwrap();
        table.transact(vec![one_more().into()]).await.unwrap();
        assert_eq!(count(&table).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_conflict_before_a_refusal_leaves_the_refusal() {
    on_every_table(async |table| {
        table.put(first()).await.unwrap();
        let table = table.with_faults(Faults::new().at(1, Fault::Conflict).at(3, Fault::Conflict));
        assert_eq!(table.transact(vec![first().into()]).await.unwrap_err().failed_conditions(), [0]);
        assert!(matches!(table.put(first()).await, Err(Error::ConditionFailed { item: Some(_) })));
    })
    .await;
}

#[tokio::test]
async fn endless_conflicts_are_contention_and_write_nothing() {
    let table = Table::in_memory("t").with_faults(Faults::new().share(100, Fault::Conflict));
    for outcome in [table.update(one_more()).await, table.transact(vec![one_more().into()]).await] {
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::Contention) && error.is_transient() && !error.condition_failed());
    }
    assert_eq!(count(&table).await, 0);
}

#[tokio::test]
async fn a_lost_answer_is_unavailable_whether_applied_or_not() {
    on_every_table(async |table| {
        let faults = Faults::new().at(1, Fault::AnswerLost).at(2, Fault::NotApplied).at(3, Fault::AnswerLost);
        let table = table.with_faults(faults);
        for (outcome, expected) in [
            (table.update(one_more()).await, 1),
            (table.update(one_more()).await, 1),
            (table.transact(vec![one_more().into()]).await, 2),
        ] {
            assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
            assert!(count(&table).await >= expected);
        }
        assert_eq!(count(&table).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_single_write_sent_twice_meets_itself_and_a_transaction_does_not() {
    on_every_table(async |table| {
        let faults = Faults::new().at(1, Fault::SentTwice).at(2, Fault::SentTwice).at(3, Fault::InProgress);
        let table = table.with_faults(faults);
        assert!(table.put(first()).await.unwrap_err().condition_failed());
        table.transact(vec![one_more().into()]).await.unwrap();
        table.transact(vec![one_more().into()]).await.unwrap();
        assert_eq!(count(&table).await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_throttle_after_an_unknown_outcome_applies_nothing_twice() {
    on_every_table(async |table| {
        let faults = Faults::new().at(1, Fault::InProgress).at(2, Fault::Throttled).at(3, Fault::Conflict);
        let table = table.with_faults(faults);
        table.transact(vec![one_more().into()]).await.unwrap();
        assert_eq!(count(&table).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_rival_gets_in_between() {
    on_every_table(async |table| {
        let rival: Vec<Write> = vec![put(&key()).with("n", 9).into()];
        let table = table.with_faults(Faults::new().at(1, Fault::Rival(rival)));
        assert!(table.put(first()).await.unwrap_err().condition_failed());
        assert_eq!(count(&table).await, 9);
    })
    .await;
}

#[tokio::test]
async fn a_seed_gives_the_same_faults_again() {
    let outcomes = async |seed| {
        let table = Table::in_memory("t").with_faults(Faults::new().share(50, Fault::NotApplied).seed(seed));
        let mut outcomes = Vec::new();
        for _ in 0..40 {
            outcomes.push(table.update(one_more()).await.is_ok());
        }
        assert!(attributes(&table, &key()).await.is_some());
        outcomes
    };
    assert_eq!(outcomes(3).await, outcomes(3).await);
    assert_ne!(outcomes(3).await, outcomes(4).await);
}
