//! Random items, conditions and updates: a table in memory and DynamoDB Local say the same, and laws of logic hold.

use std::collections::HashMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rialto_dynamo::cond::{self, Cond};
use rialto_dynamo::{Error, Item, Path, Put, Table, Update, Value, Write, testing};

use crate::{attributes, key, put};

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "c"])
}

fn path() -> impl Strategy<Value = Path> {
    prop_oneof![3 => name().prop_map(Path::from), 1 => (name(), name()).prop_map(|(a, b)| Path::of(&[a, b]))]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        // In the one form that AWS answers, and DynamoDB Local does not make.
        prop::sample::select(vec!["-7", "-0.5", "0", "0.25", "1", "2", "2.5", "10", "100"])
            .prop_map(|n| Value::N(n.into())),
        "[ab]{0,2}".prop_map(Value::S),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null(true)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let strings = prop::collection::btree_set("[ab]", 1..3).prop_map(|set| Value::Ss(set.into_iter().collect()));
    prop_oneof![
        4 => scalar(),
        1 => strings,
        1 => prop::collection::vec(scalar(), 0..3).prop_map(Value::L),
        2 => prop::collection::hash_map(name().prop_map(str::to_owned), scalar(), 0..3).prop_map(Value::M),
    ]
}

fn ordered() -> impl Strategy<Value = Value> {
    scalar().prop_filter("has an order", |value| value.is_n() || value.is_s())
}

fn condition() -> impl Strategy<Value = Cond> {
    let leaf = prop_oneof![
        path().prop_map(cond::exists),
        path().prop_map(cond::absent),
        (path(), value()).prop_map(|(path, value)| cond::eq(path, value)),
        (path(), value()).prop_map(|(path, value)| cond::ne(path, value)),
        (path(), ordered()).prop_map(|(path, value)| cond::lt(path, value)),
        (path(), ordered()).prop_map(|(path, value)| cond::ge(path, value)),
        (path(), scalar()).prop_map(|(path, value)| cond::contains(path, value)),
        (path(), "[ab]").prop_map(|(path, prefix)| cond::begins_with(path, prefix)),
        (path(), 0_u8..3).prop_map(|(path, size)| cond::le(cond::size(path), size)),
        (path(), prop::collection::vec(value(), 1..3)).prop_map(|(path, values)| cond::is_in(path, values)),
        (-20..20, 0..9).prop_map(|(low, more)| cond::between("a", low, low + more)),
        Just(cond::eq("a", Path::attribute("b"))),
        Just(cond::lt("b", Path::attribute("c"))),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(cond::all),
            prop::collection::vec(inner.clone(), 1..3).prop_map(cond::any),
            inner.prop_map(cond::not),
        ]
    })
}

fn update() -> impl Strategy<Value = Update> {
    let change = prop_oneof![
        (path(), value()).prop_map(|(path, value)| Update::of(key()).set(path, value)),
        (path(), value()).prop_map(|(path, value)| Update::of(key()).set_if_absent(path, value)),
        (path(), -5..5).prop_map(|(path, by)| Update::of(key()).add(path, by)),
        (path(), scalar()).prop_map(|(path, value)| Update::of(key()).append(path, [value])),
        path().prop_map(|path| Update::of(key()).remove(path)),
    ];
    (change, -2..2).prop_map(|(update, by)| update.add("d", by))
}

fn item() -> impl Strategy<Value = Put> {
    prop::collection::hash_map(name(), value(), 0..4).prop_map(|attributes: HashMap<&str, Value>| {
        attributes.into_iter().fold(put(&key()), |put, (name, value)| put.with(name, value))
    })
}

/// How it ended, without texts, and what is there now.
async fn outcome(table: &Table, item: &Put, write: Write, single: bool) -> (String, Option<Item>) {
    table.put(item.clone()).await.unwrap();
    let outcome = match write {
        Write::Update(update) if single => table.update(update).await,
        write => table.transact(vec![write]).await,
    };
    let ending = match outcome {
        Ok(()) => "done".to_owned(),
        Err(Error::Invalid(_)) => "invalid".to_owned(),
        Err(error) => format!("{:?}", error.failed_conditions()),
    };
    (ending, attributes(table, &key()).await.map(sets_sorted))
}

fn sets_sorted(item: Item) -> Item {
    let sorted = |value| match value {
        Value::Ss(mut set) => {
            set.sort();
            Value::Ss(set)
        }
        other => other,
    };
    item.into_iter().map(|(name, value)| (name, sorted(value))).collect()
}

#[test]
fn a_table_in_memory_does_as_dynamodb() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let tables = runtime.block_on(testing::tables("equivalence")).unwrap();
    let mut runner = TestRunner::new(Config { failure_persistence: None, cases: 300, ..Config::default() });
    runner
        .run(&(item(), condition(), update(), any::<bool>()), |(item, condition, update, single)| {
            runtime.block_on(async {
                let write = Write::from(update.when(condition));
                let mut outcomes = Vec::new();
                for table in &tables {
                    outcomes.push(outcome(table, &item, write.clone(), single).await);
                }
                for other in &outcomes {
                    prop_assert_eq!(&outcomes[0], other);
                }
                Ok(())
            })
        })
        .unwrap();
}

#[test]
fn negation_and_de_morgan_hold() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let table = Table::in_memory("laws");
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    runner
        .run(&(item(), condition(), condition()), |(item, a, b)| {
            runtime.block_on(async {
                table.put(item.clone()).await.unwrap();
                let holds = async |condition| table.put(item.clone().when(condition)).await.is_ok();
                let (left, right) = (holds(a.clone()).await, holds(b.clone()).await);
                prop_assert_eq!(holds(cond::not(a.clone())).await, !left);
                prop_assert_eq!(holds(cond::all([a.clone(), b.clone()])).await, left && right);
                let not_both = cond::not(cond::any([cond::not(a), cond::not(b)]));
                prop_assert_eq!(holds(not_both).await, left && right);
                Ok(())
            })
        })
        .unwrap();
}
