use futures::future::join_all;
use rialto_dynamo::{Fault, Faults, Item, Table, testing};
use rialto_events::OUTBOX;

use super::*;
use crate::store::testing::{now, row, seller};

/// The events that wait on items, as type and quantity.
async fn told(table: &Table) -> Vec<(String, Option<u64>)> {
    let items: Vec<Item> = testing::items(table).await.unwrap();
    let outboxes = items.iter().filter_map(|item| item.get(OUTBOX)?.as_l().ok());
    let envelopes = outboxes.flatten().map(|text| serde_json::from_str::<Envelope>(text.as_s().unwrap()).unwrap());
    envelopes.map(|envelope| (envelope.event_type.clone(), envelope.data["quantity"].as_u64())).collect()
}

#[tokio::test]
async fn given_one_sku_listed_by_many_at_once_when_done_then_one_has_it_and_its_stock_is_told_once() {
    for table in testing::tables("catalog-items").await.unwrap() {
        let store = Store::new(table.clone());
        let ids: Vec<_> = (0..6).map(|n| ImportId::named(&[&n.to_string()])).collect();
        let row = row("A", "C", "1.00");
        let listed = join_all(ids.iter().map(|id| store.list_item(seller(), *id, &row, Sale::Now, now()))).await;
        assert_eq!(listed.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(listed.iter().flat_map(|outcome| outcome.as_ref().err()).all(|error| matches!(error, Error::SkuTaken)));
        let winner = listed.iter().position(Result::is_ok).unwrap();
        let again = store.list_item(seller(), ids[winner], &row, Sale::Now, now()).await.unwrap();
        assert_eq!(Some(&again), listed[winner].as_ref().ok());
    }
}

#[tokio::test]
async fn given_lost_answers_when_listed_again_under_the_same_id_then_there_is_one_item_and_both_events() {
    for seed in 0..20 {
        let table = Table::in_memory("t");
        let faults = Faults::new().seed(seed).share(40, Fault::AnswerLost).share(20, Fault::Conflict);
        let store = Store::new(table.clone().with_faults(faults));
        let id = ImportId::named(&["i"]);
        while store.list_item(seller(), id, &row("A", "C", "1.00"), Sale::Now, now()).await.is_err() {}
        let told = told(&table).await;
        assert_eq!(
            told,
            [("ProductChanged.v1".to_owned(), None), ("ItemListed.v1".to_owned(), Some(7))],
            "seed {seed}"
        );
    }
}

#[tokio::test]
async fn given_variants_that_fill_the_product_when_its_item_is_listed_then_it_is_refused_and_nothing_is_written() {
    let table = Table::in_memory("t");
    let store = Store::new(table.clone());
    // Just within what variants may say; the item's own news are larger.
    let care = [("care".to_owned(), "x".repeat(60_000))].into();
    let variant = |sku: &str, care| Row { parent_sku: Some("A".to_owned()), attributes: care, ..row(sku, "C", "1.00") };
    let rows = [variant("B", care), variant("C", [("wear".to_owned(), "x".repeat(59_000))].into())];
    let good = (2..).zip(&rows).map(|(line, row)| crate::store::GoodRow { line, row, refusal: None }).collect();
    let settled = store.settle(seller(), ImportId::named(&["f"]), good, now()).await.unwrap();
    assert!(settled.iter().all(|row| row.outcome == Outcome::Accepted), "{settled:?}");
    let before = testing::items(&table).await.unwrap();
    let item = Row { description: "x".repeat(5_000), ..row("A", "C", "1.00") };
    let refused = store.list_item(seller(), ImportId::named(&["i"]), &item, Sale::Now, now()).await;
    assert!(matches!(refused, Err(Error::ItemRefused(_))), "{refused:?}");
    assert_eq!(testing::items(&table).await.unwrap(), before);
}
