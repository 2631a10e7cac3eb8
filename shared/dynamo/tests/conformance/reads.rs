//! Gets, one and many.

use rialto_dynamo::{Error, Read, Write};
use serde::Deserialize;

use crate::{Key, on_every_table, put};

#[derive(Deserialize)]
struct Row {
    n: usize,
}

#[tokio::test]
async fn any_number_of_keys_is_read_in_their_order() {
    on_every_table(async |table| {
        let keys: Vec<Key> = (0..250).map(|n| Key::new(format!("P#{}", n % 7), format!("S#{n}"))).collect();
        for (chunk, keys) in keys.chunks(100).enumerate() {
            let writes = keys.iter().enumerate().filter(|(at, _)| at % 2 == 0);
            let writes = writes.map(|(at, key)| put(key).with("n", chunk * 100 + at).into());
            table.transact(writes.collect::<Vec<Write>>()).await.unwrap();
        }
        let mut asked = keys.clone();
        asked.reverse();
        asked.extend(keys);
        let rows: Vec<Row> = table.batch_get(&asked, Read::Strong).await.unwrap();
        let numbers: Vec<usize> = rows.iter().map(|row| row.n).collect();
        assert_eq!(numbers, (0..250).filter(|n| n % 2 == 0).rev().collect::<Vec<_>>());
        assert!(table.batch_get::<Row>(&[], Read::Eventual).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_absent_item_is_none_and_an_empty_key_invalid() {
    on_every_table(async |table| {
        assert!(table.get::<Row>(&Key::new("P", "S"), Read::Eventual).await.unwrap().is_none());
        for key in [Key::new("", "S"), Key::new("P", ""), Key::new("P", "x".repeat(1025))] {
            assert!(matches!(table.get::<Row>(&key, Read::Strong).await, Err(Error::Invalid(_))));
        }
    })
    .await;
}
