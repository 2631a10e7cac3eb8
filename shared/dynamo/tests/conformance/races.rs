//! Many callers at once.

use futures::future::join_all;
use rialto_dynamo::{Fault, Faults, Read, Table, Update, cond};
use serde::Deserialize;

use crate::{key, on_every_table, put};

#[derive(Deserialize)]
struct Stock {
    n: u32,
    #[serde(default)]
    sold: u32,
}

async fn take_one(table: Table, in_transaction: bool) -> bool {
    let update = Update::of(key()).subtract("n", 1).add("sold", 1).when(cond::ge("n", 1));
    let outcome = if in_transaction { table.transact(vec![update.into()]).await } else { table.update(update).await };
    match outcome {
        Ok(()) => true,
        Err(error) if error.condition_failed() => false,
        Err(error) => panic!("{error:?}"),
    }
}

async fn fifty_take_from_thirty(table: &Table) {
    table.put(put(&key()).with("n", 30)).await.unwrap();
    let takers = (0..50).map(|n| tokio::spawn(take_one(table.clone(), n % 2 == 0)));
    let taken = join_all(takers).await.into_iter().filter(|outcome| *outcome.as_ref().unwrap()).count();
    let left: Stock = table.get(&key(), Read::Strong).await.unwrap().unwrap();
    assert_eq!((taken, left.n, left.sold), (30, 0, 30));
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_never_take_more_than_there_is() {
    on_every_table(async |table| fifty_take_from_thirty(&table).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_and_throttles_refuse_nobody() {
    on_every_table(async |table| {
        let faults = Faults::new().share(20, Fault::Conflict).share(10, Fault::Throttled).share(5, Fault::InProgress);
        fifty_take_from_thirty(&table.with_faults(faults.seed(11))).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_first_puts_one_wins() {
    on_every_table(async |table| {
        let puts = (0..20).map(|n| {
            let table = table.clone();
            tokio::spawn(async move { table.put(put(&key()).with("n", n).when(cond::absent("pk"))).await.is_ok() })
        });
        let won = join_all(puts).await.into_iter().filter(|outcome| *outcome.as_ref().unwrap()).count();
        assert_eq!(won, 1);
    })
    .await;
}
