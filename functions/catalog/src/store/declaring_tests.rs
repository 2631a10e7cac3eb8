use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use rialto_dynamo::{Counts, Fault, Faults, Read, Table, testing as tables};
use rialto_http::{IfMatch, Problem, code};
use rialto_kernel::ImportId;
use serde_json::{Value, json};

use super::{
    GoodRow, Settled, Store,
    testing::{Pump, now, path, row, sell, seller},
};
use crate::{
    Error,
    domain::{
        attributes::Attribute,
        category::Category,
        listing::Outcome,
        row::{Row, RowCode},
    },
};

fn width() -> Value {
    json!([{"name": "Width", "type": "number", "unit": "cm", "required": true}])
}

async fn declare(store: &Store, category: &str, attributes: &Value) -> Category {
    let attributes: Vec<Attribute> = serde_json::from_value(attributes.clone()).unwrap();
    let id = Category::at(&path(category)).category_id;
    store.declare_attributes::<Error>(id, &attributes, now(), |_| Ok(())).await.unwrap()
}

async fn made(store: &Store, paths: &[&str]) {
    for one in paths {
        store.create_category(&path(one), now()).await.unwrap();
    }
}

/// The names that products at a path are judged by.
async fn declared(store: &Store, at: &str) -> Vec<String> {
    let led = store.lead(&path(at), Read::Strong).await.unwrap();
    led.types
        .iter()
        .map(|declared| format!("{} by {}", declared.attribute.name.as_str(), declared.path.join(">")))
        .collect()
}

fn wide(sku: &str, width: &str) -> Row {
    let attributes = BTreeMap::from([("width".to_owned(), width.to_owned())]);
    Row {
        attributes: attributes.into_iter().filter(|(_, width)| !width.is_empty()).collect(),
        ..row(sku, "Home > Lamps", "1.00")
    }
}

async fn settle(store: &Store, import: &str, rows: &[Row]) -> Vec<Settled> {
    let good = (2..).zip(rows).map(|(line, row)| GoodRow { line, row, refusal: None }).collect();
    store.settle(seller(), ImportId::named(&[import]), good, now()).await.unwrap()
}

/// As an import does: those that do not say what is declared do not get there.
async fn judged(store: &Store, import: &str, rows: &[Row]) -> Vec<Settled> {
    let numbered: Vec<_> = (2..).zip(rows).collect();
    let mistyped = store.mistyped(&numbered).await.unwrap();
    let good = numbered.iter().filter(|(line, _)| !mistyped.contains_key(line));
    let good = good.map(|(line, row)| GoodRow { line: *line, row, refusal: None }).collect();
    let mut settled = store.settle(seller(), ImportId::named(&[import]), good, now()).await.unwrap();
    settled.extend(mistyped.into_iter().map(|(line, errors)| Settled::rejected(line, errors)));
    settled.sort_by_key(|row| row.line);
    settled
}

#[tokio::test]
async fn given_declared_types_when_rows_are_applied_then_they_are_kept_as_declared_or_refused_by_name() {
    for table in tables::tables("catalog-declared").await.unwrap() {
        let store = Store::new(table);
        made(&store, &["Home"]).await;
        declare(&store, "Home", &width()).await;
        let rows = [wide("A", "42.50"), wide("B", ""), wide("C", "wide"), wide("D", "7cm")];
        let settled = judged(&store, "one", &rows).await;
        let outcomes: Vec<_> = settled.iter().map(|row| row.outcome).collect();
        assert_eq!(outcomes, [Outcome::Accepted, Outcome::Rejected, Outcome::Rejected, Outcome::Accepted]);
        let errors: Vec<_> =
            settled.iter().flat_map(|row| &row.errors).map(|it| (it.field.as_str(), it.code)).collect();
        assert_eq!(errors, [("attr:Width", RowCode::Missing), ("attr:width", RowCode::WrongType)]);
        let product = store.product(rows[0].product_id(seller())).await.unwrap().product;
        assert_eq!(product.described().common, BTreeMap::from([("Width".to_owned(), "42.5 cm".to_owned())]));
        assert!(store.product(rows[1].product_id(seller())).await.is_err());

        // What is declared anew is not asked of a row that says what it said.
        declare(&store, "Home", &json!([{"name": "Color", "type": "text", "required": true}])).await;
        let again = settle(&store, "two", &rows).await;
        assert_eq!((again[0].outcome, again[3].outcome), (Outcome::Unchanged, Outcome::Unchanged));
        let later = judged(&store, "three", &[Row { title: "New".into(), ..wide("A", "1") }]).await;
        assert_eq!(later[0].errors[0].field, "attr:Color");
    }
}

#[tokio::test]
async fn given_declared_types_when_rows_are_applied_then_they_cost_no_read_more() {
    let mut counted = BTreeSet::new();
    for attributes in [json!([]), width()] {
        let table = Table::in_memory("t");
        let store = Store::new(table.clone());
        made(&store, &["Home", "Home > Lamps"]).await;
        declare(&store, "Home", &attributes).await;
        let counts = Counts::default();
        let store = Store::new(table.counted(&counts));
        let rows: Vec<Row> = (0..8).map(|n| wide(&format!("A{n}"), "4")).collect();
        settle(&store, "one", &rows).await;
        let changed = counts.reads();
        settle(&store, "two", &rows).await;
        counted.insert((changed, counts.reads() - changed));
    }
    // Listings, products and categories; then listings alone.
    assert_eq!(counted, BTreeSet::from([(3, 1)]));
}

#[tokio::test]
async fn given_a_category_that_declares_when_moved_renamed_or_removed_then_its_types_go_with_it_and_all_under_it() {
    for table in tables::tables("catalog-declared-moves").await.unwrap() {
        let store = Store::new(table);
        let mut pump = Pump::default();
        made(&store, &["A", "A > x", "A > x > y", "B"]).await;
        declare(&store, "A > x", &width()).await;
        declare(&store, "A > x > y", &json!([{"name": "Deep", "type": "boolean"}])).await;
        sell(&store, "i", &[]).await;
        let moved = Category::at(&path("A > x")).category_id;
        store.move_category::<Error>(moved, &path("B > z"), now(), |_| Ok(())).await.unwrap();
        // Who files under the old path before the rest has followed enters the new place first.
        settle(&store, "early", &[Row { category_path: path("A > x > y"), ..wide("E", "4") }]).await;
        pump.run(&store).await;
        for at in ["A > x > y", "B > z > y"] {
            assert_eq!(declared(&store, at).await, ["Deep by B>z>y", "Width by B>z"], "{at}");
        }
        let renamed = Category::at(&path("B > z")).category_id;
        store.move_category::<Error>(renamed, &path("B > Z"), now(), |_| Ok(())).await.unwrap();
        pump.run(&store).await;
        assert_eq!(declared(&store, "b > z > Y").await, ["Deep by B>Z>y", "Width by B>Z"]);
        // Nothing is left where it was: what comes there is another category.
        made(&store, &["A > x"]).await;
        assert_eq!(declared(&store, "A > x").await, [""; 0]);
        declare(&store, "A > x", &width()).await;
        store.remove_category::<Error>(moved, now(), |_| Ok(())).await.unwrap();
        sell(&store, "back", &[("S", "A > x")]).await;
        pump.run(&store).await;
        assert_eq!(declared(&store, "A > x").await, [""; 0]);
    }
}

#[tokio::test]
async fn given_two_categories_that_declare_when_merged_then_the_targets_stand_and_what_is_under_keeps_its_own() {
    let store = Store::new(Table::in_memory("t"));
    made(&store, &["A", "A > both", "A > only", "B", "B > both"]).await;
    for (at, name) in [("A", "FromA"), ("A > both", "BothOfA"), ("A > only", "Only"), ("B > both", "BothOfB")] {
        declare(&store, at, &json!([{"name": name, "type": "text"}])).await;
    }
    let id = |at: &str| Category::at(&path(at)).category_id;
    store.merge_category::<Error>(id("A"), id("B"), now(), |_| Ok(())).await.unwrap();
    Pump::default().run(&store).await;
    assert_eq!(declared(&store, "A > both").await, ["BothOfB by B>both"]);
    assert_eq!(declared(&store, "A > only").await, ["Only by B>only"]);
    assert_eq!(declared(&store, "A").await, [""; 0]);
}

#[tokio::test]
async fn given_faults_at_any_write_when_a_tree_that_declares_moves_then_nothing_that_was_declared_is_lost() {
    for seed in 0..20 {
        let table = Table::in_memory("t");
        let calm = Store::new(table.clone());
        made(&calm, &["A", "A > x", "A > x > y", "B"]).await;
        declare(&calm, "A > x", &width()).await;
        declare(&calm, "A > x > y", &json!([{"name": "Deep", "type": "text"}])).await;
        calm.move_category::<Error>(Category::at(&path("A")).category_id, &path("B > A"), now(), |_| Ok(()))
            .await
            .unwrap();
        let faults = Faults::new().seed(seed).share(20, Fault::AnswerLost).share(15, Fault::NotApplied);
        let stormy = Store::new(table.with_faults(faults.share(10, Fault::SentTwice)));
        let news = rialto_events::types::CategoryMoved {
            category_id: Category::at(&path("A")).category_id,
            path: path("A"),
            moved_to: Some(path("B > A")),
        };
        let mut page = Some(super::Refiling::of(news));
        while let Some(this) = page.clone() {
            // A page that failed comes again.
            if let Ok(next) = stormy.refile(&this, now()).await {
                page = next;
            }
        }
        let types = declared(&calm, "A > x > y").await;
        assert_eq!(types, ["Deep by B>A>x>y", "Width by B>A>x"], "seed {seed}");
    }
}

#[tokio::test]
async fn given_two_operators_at_once_when_they_declare_on_one_version_then_one_of_them_has_to_read_again() {
    for table in tables::tables("catalog-declared-race").await.unwrap() {
        let store = Store::new(table);
        made(&store, &["A"]).await;
        let id = Category::at(&path("A")).category_id;
        let lists: Vec<Vec<Attribute>> = ["One", "Two", "Three"]
            .map(|name| serde_json::from_value(json!([{"name": name, "type": "text"}])).unwrap())
            .into();
        let judge = |version| IfMatch::Versions(vec![1]).admit(version);
        let done = join_all(lists.iter().map(|list| store.declare_attributes(id, list, now(), judge))).await;
        let (won, lost): (Vec<_>, Vec<_>) = done.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 2));
        assert!(
            lost.iter().all(|it: &Result<_, Problem>| it.as_ref().unwrap_err().code() == code::PRECONDITION_FAILED)
        );
        let winner = won[0].as_ref().unwrap();
        let (now_there, _) = store.category(id).await.unwrap();
        assert_eq!((&now_there, now_there.version), (winner, 2));
        // Again, it is so already.
        assert_eq!(
            &store.declare_attributes::<Error>(id, &winner.attributes, now(), |_| Ok(())).await.unwrap(),
            winner
        );
    }
}
