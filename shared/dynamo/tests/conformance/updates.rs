//! Puts, updates and deletes of one item.

use std::collections::HashMap;

use rialto_dynamo::{Delete, Error, IntoValue, Item, Key, Path, Put, Read, Table, Update, Value, cond, to_value};
use serde::{Deserialize, Serialize};

use crate::{attributes, key, on_every_table, put};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    sku: String,
    quantity: u32,
    note: Option<String>,
}

fn line() -> Line {
    Line { sku: "A-1".to_owned(), quantity: 2, note: None }
}

#[tokio::test]
async fn a_put_value_is_read_again_and_other_attributes_are_ignored() {
    on_every_table(async |table| {
        table.put(Put::new(&key(), &line()).unwrap().with("outbox", vec!["x"]).with("ttl", 5_i64)).await.unwrap();
        assert_eq!(table.get::<Line>(&key(), Read::Strong).await.unwrap(), Some(line()));
        let stored = attributes(&table, &key()).await.unwrap();
        assert_eq!(stored.get("ttl"), Some(&5.into_value()));
        assert!(!stored.contains_key("note"), "a None is absent");
    })
    .await;
}

#[tokio::test]
async fn a_put_replaces_the_whole_item() {
    on_every_table(async |table| {
        table.put(put(&key()).with("a", 1)).await.unwrap();
        table.put(put(&key()).with("b", 2)).await.unwrap();
        assert_eq!(attributes(&table, &key()).await, Some(Item::from([("b".to_owned(), 2.into_value())])));
    })
    .await;
}

#[tokio::test]
async fn an_unmet_condition_answers_the_item_and_writes_nothing() {
    on_every_table(async |table| {
        table.put(Put::new(&key(), &line()).unwrap()).await.unwrap();
        let failed = table.put(put(&key()).when(cond::absent("pk"))).await.unwrap_err();
        assert_eq!(failed.failed_conditions(), [0]);
        assert_eq!(failed.failed_item::<Line>(0).unwrap(), Some(line()));
        let failed =
            table.update(Update::of(key()).add("quantity", 1).when(cond::gt("quantity", 5))).await.unwrap_err();
        assert_eq!(failed.failed_item::<Line>(0).unwrap(), Some(line()));
        let failed = table.delete(Delete::of(key()).when(cond::eq("sku", "B"))).await.unwrap_err();
        assert_eq!(failed.failed_item::<Line>(0).unwrap(), Some(line()));
        let elsewhere = Key::new("P#1", "S#2");
        let failed = table.update(Update::of(elsewhere).set("a", 1).when(cond::exists("pk"))).await.unwrap_err();
        assert!(matches!(failed, Error::ConditionFailed { item: None }));
        assert_eq!(table.get::<Line>(&key(), Read::Strong).await.unwrap(), Some(line()));
    })
    .await;
}

#[tokio::test]
async fn every_change_of_an_update() {
    on_every_table(async |table| {
        table.put(put(&key()).with("n", 5).with("old", 1).with("list", vec![1]).with("kept", 1)).await.unwrap();
        let update = Update::of(key())
            .set("name", "new")
            .set_if_absent("kept", 2)
            .set_if_absent("made", 3)
            .add("n", 2)
            .add("counted", 4)
            .subtract("down", 5_u32)
            .append("list", [2, 3])
            .append("log", ["first"])
            .set_or_remove("set", Some("x"))
            .set_or_remove("old", None::<String>)
            .remove("never");
        let answered: HashMap<String, serde_json::Value> = table.update_returning(update).await.unwrap();
        let expected = Item::from(
            [
                ("name", "new".into_value()),
                ("kept", 1.into_value()),
                ("made", 3.into_value()),
                ("n", 7.into_value()),
                ("counted", 4.into_value()),
                ("down", (-5).into_value()),
                ("list", vec![1, 2, 3].into_value()),
                ("log", vec!["first"].into_value()),
                ("set", "x".into_value()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        assert_eq!(attributes(&table, &key()).await, Some(expected.clone()));
        assert_eq!(answered.len(), expected.len() + 2, "the answer is the whole item");
        assert_eq!(answered["n"], 7);
    })
    .await;
}

#[tokio::test]
async fn changes_see_the_item_as_it_was() {
    on_every_table(async |table| {
        table.update(Update::of(key()).set("b", 1).set_if_absent("a", 2)).await.unwrap();
        table.update(Update::of(key()).remove("a").set_if_absent("b", 9)).await.unwrap();
        assert_eq!(attributes(&table, &key()).await, Some(Item::from([("b".to_owned(), 1.into_value())])));
    })
    .await;
}

#[tokio::test]
async fn an_update_without_changes_makes_the_item() {
    on_every_table(async |table| {
        table.update(Update::of(key())).await.unwrap();
        assert_eq!(attributes(&table, &key()).await, Some(Item::new()));
    })
    .await;
}

#[tokio::test]
async fn entries_of_maps_change_alone() {
    on_every_table(async |table| {
        table.put(put(&key()).with("lines", Value::M(HashMap::new()))).await.unwrap();
        table
            .update(
                Update::of(key())
                    .set_path(&["lines", "itm.1"], to_value(&line()).unwrap())
                    .set_path(&["lines", "itm_2"], 1)
                    .add(Path::of(&["lines", "count"]), 3),
            )
            .await
            .unwrap();
        let quantity = Path::of(&["lines", "itm.1", "quantity"]);
        let change = Update::of(key()).subtract(&quantity, 1).remove(Path::of(&["lines", "itm_2"]));
        table.update(change.when(cond::ge(&quantity, 1))).await.unwrap();
        let stored = attributes(&table, &key()).await.unwrap();
        let lines = stored["lines"].as_m().unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines["itm.1"].as_m().unwrap()["quantity"], 1.into_value());
        assert_eq!(lines["count"], 3.into_value());
    })
    .await;
}

#[tokio::test]
async fn updates_that_do_not_fit_the_item_are_invalid_and_change_nothing() {
    on_every_table(async |table| {
        table.put(put(&key()).with("text", "x").with("map", Value::M(HashMap::new()))).await.unwrap();
        let before = attributes(&table, &key()).await;
        for update in [
            Update::of(key()).set_path(&["absent", "entry"], 1),
            Update::of(key()).set_path(&["text", "entry"], 1),
            Update::of(key()).remove(Path::of(&["absent", "entry"])),
            Update::of(key()).add(Path::of(&["absent", "entry"]), 1),
            Update::of(key()).add("text", 1),
            Update::of(key()).append("text", [1]),
            Update::of(key()).set("pk", "other"),
            Update::of(key()).set("gsi1pk", 1),
            Update::of(key()).set("gsi1sk", ""),
            Update::of(key()).set("a", 1).remove("a"),
            Update::of(key()).set("map", 1).set_path(&["map", "entry"], 1),
            Update::of(key()).set_path(&["map", "entry"], 1).set("map", 1),
            Update::of(key()).set("", 1),
            Update::of(key()).set("huge", "x".repeat(400 * 1024)),
            Update::of(Key::new("", "S")).set("a", 1),
        ] {
            let outcome = table.update(update.clone()).await;
            assert!(matches!(outcome, Err(Error::Invalid(_))), "{table:?} {update:?} {outcome:?}");
            let outcome = table.transact(vec![update.clone().into()]).await;
            assert!(matches!(outcome, Err(Error::Invalid(_))), "{table:?} {update:?} {outcome:?}");
        }
        table.update(Update::of(key()).remove(Path::of(&["map", "absent"]))).await.unwrap();
        assert_eq!(attributes(&table, &key()).await, before);
    })
    .await;
}

/// In memory only: DynamoDB Local keeps the text as it was given, which AWS does not.
#[tokio::test]
async fn numbers_are_stored_in_one_form() {
    let table = Table::in_memory("numbers");
    for (given, stored) in [("1.50", "1.5"), ("1e3", "1000"), ("-0", "0"), ("0.00001", "0.00001"), ("+07", "7")] {
        table.put(put(&key()).with("n", Value::N(given.to_owned()))).await.unwrap();
        assert_eq!(attributes(&table, &key()).await.unwrap()["n"].as_n().unwrap(), stored);
    }
}

#[tokio::test]
async fn a_delete_removes_and_accepts_absence() {
    on_every_table(async |table| {
        table.put(put(&key())).await.unwrap();
        table.delete(Delete::of(key()).when(cond::exists("pk"))).await.unwrap();
        assert_eq!(attributes(&table, &key()).await, None);
        table.delete(Delete::of(key())).await.unwrap();
        assert!(table.delete(Delete::of(key()).when(cond::exists("pk"))).await.unwrap_err().condition_failed());
    })
    .await;
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Open,
    Closed,
}

#[derive(Debug, Deserialize)]
struct Case {
    #[allow(dead_code, reason = "only read")]
    state: State,
}

#[tokio::test]
async fn an_item_that_does_not_fit_its_type_says_no_value() {
    on_every_table(async |table| {
        table.put(put(&key()).with("state", "ann@example.org")).await.unwrap();
        let error = table.get::<Case>(&key(), Read::Strong).await.unwrap_err();
        assert!(matches!(error, Error::Unreadable(_)));
        assert!(!format!("{error} {error:?}").contains("ann@"));
        let error = table.get::<Line>(&key(), Read::Strong).await.unwrap_err();
        assert!(error.to_string().contains("missing field"), "fields are named: {error}");
    })
    .await;
}
