//! Transactions.

use rialto_dynamo::{Check, Delete, Error, Key, Put, Reason, Update, Write, cond, testing};

use crate::{attributes, key, on_every_table, put};

fn nth(n: usize) -> Key {
    Key::new("P", format!("S#{n:03}"))
}

#[tokio::test]
async fn all_kinds_of_writes_are_applied_together() {
    on_every_table(async |table| {
        table.put(put(&nth(1)).with("n", 1)).await.unwrap();
        table.put(put(&nth(2))).await.unwrap();
        table.put(put(&nth(3))).await.unwrap();
        let writes: Vec<Write> = vec![
            put(&nth(0)).when(cond::absent("pk")).into(),
            Update::of(nth(1)).subtract("n", 1).when(cond::ge("n", 1)).into(),
            Delete::of(nth(2)).when(cond::exists("pk")).into(),
            Check::of(nth(3), cond::exists("pk")).into(),
        ];
        table.transact(writes.clone()).await.unwrap();
        assert_eq!(attributes(&table, &nth(1)).await.unwrap()["n"].as_n().unwrap(), "0");
        assert_eq!(attributes(&table, &nth(2)).await, None);
        assert_eq!(testing::items(&table).await.unwrap().len(), 3);

        let refused = table.transact(writes).await.unwrap_err();
        assert!(refused.condition_failed());
        assert_eq!(refused.failed_conditions(), [0, 1, 2]);
        let Error::Cancelled { reasons } = refused else { panic!("{refused:?}") };
        assert!(matches!(&reasons[0], Reason::ConditionFailed { item: Some(_) }));
        assert!(matches!(&reasons[2], Reason::ConditionFailed { item: None }));
        assert_eq!(reasons[3], Reason::Met);
    })
    .await;
}

#[tokio::test]
async fn one_unmet_condition_refuses_all() {
    on_every_table(async |table| {
        let writes = vec![
            put(&nth(0)).into(),
            Update::of(nth(1)).add("n", 1).into(),
            Check::of(nth(2), cond::exists("pk")).into(),
        ];
        let refused = table.transact(writes).await.unwrap_err();
        assert_eq!(refused.failed_conditions(), [2]);
        assert_eq!(testing::items(&table).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_answers_the_items() {
    on_every_table(async |table| {
        table.put(put(&nth(1)).with("n", 3)).await.unwrap();
        let update = Update::of(nth(1)).subtract("n", 5).when(cond::ge("n", 5));
        let refused = table.transact(vec![put(&nth(0)).into(), update.into()]).await.unwrap_err();
        #[derive(serde::Deserialize)]
        struct Stock {
            n: u32,
        }
        assert_eq!(refused.failed_item::<Stock>(1).unwrap().unwrap().n, 3);
        assert!(refused.failed_item::<Stock>(0).unwrap().is_none());
        assert!(refused.failed_item::<Stock>(9).unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_hundred_writes_are_taken_and_no_more() {
    on_every_table(async |table| {
        let writes = |count: usize| (0..count).map(|n| put(&nth(n)).into()).collect::<Vec<Write>>();
        table.transact(writes(100)).await.unwrap();
        assert_eq!(testing::items(&table).await.unwrap().len(), 100);
        assert!(matches!(table.transact(writes(101)).await, Err(Error::Invalid(_))));
        assert!(matches!(table.transact(vec![]).await, Err(Error::Invalid(_))));
    })
    .await;
}

#[tokio::test]
async fn two_actions_on_one_item_are_invalid() {
    on_every_table(async |table| {
        let writes = vec![put(&key()).into(), Check::of(key(), cond::absent("pk")).into()];
        assert!(matches!(table.transact(writes).await, Err(Error::Invalid(_))));
        assert_eq!(testing::items(&table).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn an_invalid_write_outweighs_an_unmet_condition() {
    on_every_table(async |table| {
        let writes = vec![
            Check::of(nth(1), cond::exists("pk")).into(),
            Update::of(nth(0)).set_path(&["absent", "entry"], 1).into(),
        ];
        assert!(matches!(table.transact(writes).await, Err(Error::Invalid(_))));
    })
    .await;
}

#[tokio::test]
async fn a_cancellation_shows_no_values() {
    on_every_table(async |table| {
        let secret =
            Put::new(&key(), &[("email", "ann@example.org")].into_iter().collect::<std::collections::HashMap<_, _>>());
        table.put(secret.unwrap()).await.unwrap();
        let refused = table.transact(vec![put(&key()).when(cond::absent("pk")).into()]).await.unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("ann@"));
    })
    .await;
}
