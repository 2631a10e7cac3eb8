//! Rows whose categories declare attributes.

use rialto_dynamo::Counts;
use serde_json::{Value as Json, json};

use super::*;
use crate::domain::{attributes::Attribute, category::Category};

/// Lets operators declare for the category of all rows.
async fn declare(store: &Store, attributes: Json) {
    let home = vec!["Home".to_owned()];
    let attributes: Vec<Attribute> = serde_json::from_value(attributes).unwrap();
    match store.create_category(&home, now()).await {
        Err(Error::CategoryExists) => {}
        other => drop(other.unwrap()),
    }
    let id = Category::at(&home).category_id;
    store.declare_attributes::<Error>(id, &attributes, now(), |_| Ok(())).await.unwrap();
}

#[tokio::test]
async fn given_types_that_change_between_the_steps_when_rows_are_applied_then_what_set_no_stock_is_not_shown() {
    let table = Table::in_memory("catalog");
    let store = Store::new(table.clone());
    let colors = |color: &str| json!([{"name": "Color", "type": "text", "values": [color]}]);
    declare(&store, colors("Red")).await;
    let text = file(&[row("A", "1.00", "", "red"), row("B", "1.00", "", "blue")]);
    for (name, between, last) in [("same", "Red", "Red"), ("anew", "Blue", "Blue"), ("and back", "Blue", "Red")] {
        let run = Run::new(&table, name, &text);
        let job = run.open().await;
        let chunk = chunk_of(&job, &run.window(&job)).unwrap();
        let Stocked { stock, refused } = stock_of(&store, &job, &chunk).await.unwrap();
        // The first run has listed the first row.
        assert!(stock.iter().all(|row| row.sku == "A") && refused == [3], "{name}: {stock:?} {refused:?}");
        declare(&store, colors(between)).await;
        declare(&store, colors(last)).await;
        apply(&store, &store.job(job.import_id).await.unwrap(), &chunk, &[], &refused, now()).await.unwrap();
        declare(&store, colors("Red")).await;
        let errors = run.errors(job.import_id).await;
        let codes: Vec<_> = errors.iter().map(|(line, errors)| (*line, errors[0].code)).collect();
        let expected = if last == "Red" { RowCode::NotAllowed } else { RowCode::DeclaredAnew };
        assert_eq!(codes, [(3, expected)], "{name}");
        assert_eq!(products(&table).await.len(), 1);
    }
}

#[tokio::test]
async fn given_types_that_are_declared_between_the_steps_when_a_row_breaks_them_then_it_is_taken_as_its_stock_is_set() {
    let table = Table::in_memory("catalog");
    let store = Store::new(table.clone());
    let text = file(&[row("A", "1.00", "", "red")]);
    let run = Run::new(&table, "one", &text);
    let job = run.open().await;
    let chunk = chunk_of(&job, &run.window(&job)).unwrap();
    let Stocked { stock, refused } = stock_of(&store, &job, &chunk).await.unwrap();
    assert_eq!((stock.len(), refused.len()), (1, 0));
    declare(&store, json!([{"name": "color", "type": "number"}])).await;
    // Told again, it is counted once.
    for _ in 0..2 {
        apply(&store, &job, &chunk, &[], &refused, now()).await.unwrap();
    }
    let done = store.job(job.import_id).await.unwrap();
    assert_eq!((done.accepted, done.rejected, products(&table).await.len()), (1, 0, 1));
    let text = file(&[row("A", "2.00", "", "red")]);
    let again = Run::new(&table, "two", &text);
    again.to_its_end().await;
    assert_eq!(store.job(again.open().await.import_id).await.unwrap().rejected, 1, "what is new is judged");
}

#[tokio::test]
async fn given_declared_types_when_an_unchanged_file_comes_again_then_it_costs_no_read_more() {
    let mut counted = BTreeSet::new();
    for attributes in [json!([]), json!([{"name": "color", "type": "text"}])] {
        let table = Table::in_memory("catalog");
        declare(&Store::new(table.clone()), attributes).await;
        let text = file(&(0..30).map(|n| row(&format!("A{n}"), "1.00", "", "red")).collect::<Vec<_>>());
        Run::new(&table, "one", &text).to_its_end().await;
        let counts = Counts::default();
        Run::new(&table.counted(&counts), "two", &text).to_its_end().await;
        counted.insert(counts.reads());
    }
    assert_eq!(counted.len(), 1, "{counted:?}");
}
