//! Conditions, judged by whether a put goes through.

use std::collections::HashMap;

use rialto_dynamo::cond::{self, Cond};
use rialto_dynamo::{Error, IntoValue, Path, Put, Table, Value, Write};

use crate::{key, on_every_table, put};

fn sample() -> Put {
    let nested = HashMap::from([("inner.dotted".to_owned(), 7.into_value()), ("text".to_owned(), "x".into_value())]);
    put(&key())
        .with("n", 10)
        .with("big", Value::N("12345678901234567890123456789012345678".into()))
        .with("fraction", Value::N("0.10".into()))
        .with("s", "banana")
        .with("empty", "")
        .with("umlaut", "ä")
        .with("flag", true)
        .with("nothing", Value::Null(true))
        .with("list", vec![1, 2])
        .with("set", Value::Ss(vec!["a".into(), "b".into()]))
        .with("numbers", Value::Ns(vec!["1".into(), "2.50".into()]))
        .with("same", 10)
        .with("blob", Value::B(vec![1_u8, 2, 3].into()))
        .with("map", Value::M(nested))
}

/// Whether the condition holds on the sample, both in a single write and in a transaction.
async fn holds(table: &Table, condition: Cond) -> bool {
    let write = sample().when(condition);
    let single = table.put(write.clone()).await;
    let transacted = table.transact(vec![Write::from(write)]).await;
    assert_eq!(single.is_ok(), transacted.is_ok());
    for outcome in [&single, &transacted] {
        assert!(
            matches!(outcome, Ok(()) | Err(Error::ConditionFailed { .. } | Error::Cancelled { .. })),
            "{outcome:?}"
        );
    }
    single.is_ok()
}

async fn check(expected: bool, conditions: Vec<Cond>) {
    on_every_table(async |table| {
        table.put(sample()).await.unwrap();
        for condition in &conditions {
            assert_eq!(holds(&table, condition.clone()).await, expected, "{table:?} {condition:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn numbers_compare_exactly() {
    let big = |text: &str| Value::N(text.into());
    check(
        true,
        vec![
            cond::eq("n", big("10.0")),
            cond::eq("n", big("1e1")),
            cond::lt("n", 11),
            cond::gt("n", 9),
            cond::ge("n", 10),
            cond::le("n", 10),
            cond::gt("n", 9_u64),
            cond::lt("big", big("12345678901234567890123456789012345679")),
            cond::gt("big", big("12345678901234567890123456789012345677")),
            cond::eq("fraction", big("0.1")),
            cond::gt("fraction", big("0.0999999999999999999999999999999999999")),
            cond::between("n", 10, 10),
            cond::is_in("n", [9, 10]),
            cond::gt("n", -11),
        ],
    )
    .await;
    check(
        false,
        vec![
            cond::eq("n", 9),
            cond::lt("n", 10),
            cond::gt("n", 10),
            cond::ne("n", big("10.00")),
            cond::between("n", 11, 20),
            cond::is_in("n", [1, 2]),
        ],
    )
    .await;
}

#[tokio::test]
async fn strings_compare_by_bytes() {
    check(
        true,
        vec![
            cond::eq("s", "banana"),
            cond::gt("s", "apple"),
            cond::lt("s", "bananas"),
            cond::gt("s", "Zebra"),
            cond::gt("umlaut", "z"),
            cond::begins_with("s", "ban"),
            cond::contains("s", "nan"),
            cond::eq("empty", ""),
            cond::between("s", "a", "c"),
        ],
    )
    .await;
    check(false, vec![cond::begins_with("s", "Ban"), cond::contains("s", "nab"), cond::lt("umlaut", "z")]).await;
}

#[tokio::test]
async fn absent_attributes_make_comparisons_false_and_only_ne_true() {
    check(
        false,
        vec![
            cond::eq("no", 1),
            cond::lt("no", 1),
            cond::ge("no", 1),
            cond::between("no", 1, 2),
            cond::is_in("no", [1]),
            cond::begins_with("no", "a"),
            cond::contains("no", "a"),
            cond::exists("no"),
            cond::eq("n", Path::attribute("no")),
            cond::eq(cond::size("no"), 0),
            cond::eq(cond::size("n"), 2),
            cond::eq(cond::size("flag"), 1),
        ],
    )
    .await;
    check(
        true,
        vec![
            cond::ne("no", 1),
            cond::ne("n", Path::attribute("no")),
            cond::absent("no"),
            cond::not(cond::eq("no", 1)),
            cond::not(cond::lt("no", 1)),
            cond::exists("nothing"),
        ],
    )
    .await;
}

#[tokio::test]
async fn values_of_two_types_are_unequal_and_unordered() {
    check(false, vec![cond::eq("n", "10"), cond::lt("n", "99"), cond::gt("s", 1), cond::begins_with("n", "1")]).await;
    check(true, vec![cond::ne("n", "10"), cond::ne("s", 1), cond::not(cond::lt("n", "99"))]).await;
}

#[tokio::test]
async fn lists_sets_and_maps() {
    let numbers = |texts: [&str; 2]| Value::Ns(texts.map(str::to_owned).to_vec());
    check(
        true,
        vec![
            cond::contains("list", 2),
            cond::contains("set", "a"),
            cond::contains("numbers", Value::N("2.5".into())),
            cond::eq("list", vec![1, 2]),
            cond::eq("set", Value::Ss(vec!["b".into(), "a".into()])),
            cond::eq("numbers", numbers(["2.5", "1"])),
            cond::eq(cond::size("list"), 2),
            cond::lt(cond::size("map"), 3),
            cond::eq(cond::size("s"), 6),
            cond::eq(cond::size("blob"), 3),
            cond::eq("blob", Value::B(vec![1_u8, 2, 3].into())),
            cond::eq("flag", true),
        ],
    )
    .await;
    check(
        false,
        vec![
            cond::contains("list", 3),
            cond::contains("list", "2"),
            cond::contains("set", "c"),
            cond::eq("list", vec![2, 1]),
            cond::ne("set", Value::Ss(vec!["b".into(), "a".into()])),
            cond::eq("flag", false),
        ],
    )
    .await;
}

#[tokio::test]
async fn paths_reach_into_maps_and_names_are_never_interpreted() {
    check(
        true,
        vec![
            cond::eq(Path::of(&["map", "inner.dotted"]), 7),
            cond::exists(Path::attribute("map").entry("text")),
            cond::absent(Path::of(&["map", "inner", "dotted"])),
            cond::absent(Path::of(&["n", "below"])),
            cond::absent("map.text"),
            cond::eq("n", Path::attribute("same")),
        ],
    )
    .await;
}

#[tokio::test]
async fn conditions_combine() {
    let (yes, no) = (|| cond::eq("n", 10), || cond::eq("n", 11));
    check(
        true,
        vec![
            cond::all([yes(), yes()]),
            cond::all([yes()]),
            cond::any([no(), yes()]),
            cond::not(cond::any([no(), no()])),
            cond::any([cond::all([yes(), no()]), cond::all([yes(), cond::not(no())])]),
            cond::not(cond::not(cond::all([cond::any([yes()])]))),
        ],
    )
    .await;
    check(false, vec![cond::all([yes(), no()]), cond::any([no(), no()]), cond::not(yes())]).await;
}

#[tokio::test]
async fn conditions_that_cannot_be_asked_are_invalid() {
    on_every_table(async |table| {
        for condition in [
            cond::all([]),
            cond::any([]),
            cond::is_in("n", Vec::<i32>::new()),
            cond::is_in("n", 0..101),
            cond::between("n", 2, 1),
            cond::lt("flag", true),
            cond::eq(Path::of::<&str>(&[]), 1),
            cond::eq("n", Value::N("many".into())),
            cond::eq("set", Value::Ss(vec![])),
        ] {
            let outcome = table.put(sample().when(condition)).await;
            assert!(matches!(outcome, Err(Error::Invalid(_))), "{table:?} {outcome:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn conditions_given_one_after_another_must_all_hold() {
    on_every_table(async |table| {
        table.put(sample()).await.unwrap();
        let outcome = table.put(sample().when(cond::eq("n", 10)).when(cond::eq("s", "apple"))).await;
        assert!(outcome.unwrap_err().condition_failed());
    })
    .await;
}
