//! Rebuilding the index from the table while news go on.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use rialto_events::types::AvailabilityStatus;
use search::{
    RebuildError,
    domain::{Document, Indexes, Phase, Walked},
    handlers::{prepare_index, rebuild_index},
};
use serde_json::{Value, json};

use crate::shop::{Shop, changed, product, stocked};

/// More than two steps' worth.
const PRODUCTS: usize = 600;
const WITHIN: Duration = Duration::from_secs(60);

/// A shop with products at version 1.
async fn stocked_shop(products: usize) -> Option<Shop> {
    let shop = Shop::open().await?;
    for numbers in (1..=products).collect::<Vec<_>>().chunks(100) {
        shop.write(numbers, 1).await;
    }
    Some(shop)
}

impl Shop {
    async fn write(&self, numbers: &[usize], version: u64) {
        let news = numbers.iter().flat_map(|number| {
            let product = product(*number, &format!("Thing {number} of {version}"), "Sony", "Home>Lamps", 100);
            [changed(&product, version), stocked(&product, version, AvailabilityStatus::InStock)]
        });
        self.deliver(news.collect()).await;
    }

    async fn indexes(&self) -> Indexes {
        self.rebuilder().indexes().await.unwrap()
    }

    /// Each product of the table is in the index as the table has it, and nothing else is.
    async fn assert_is_the_table(&self, index: &str) {
        let mut expected = BTreeMap::new();
        let mut after = None;
        loop {
            let (rows, next) = self.store.walk(after, 100).await.unwrap();
            for document in rows.iter().filter_map(Document::of) {
                let source = serde_json::to_value(&document).unwrap();
                expected.insert(document.product_id.to_string(), (document.version, source));
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
        let indexed = self.documents_of(index).await;
        assert_eq!(indexed.len(), expected.len(), "{index}");
        for (id, document) in &expected {
            assert_eq!(indexed.get(id), Some(document), "{index} {id}");
        }
    }

    async fn assert_searched(&self, index: &String) {
        assert_eq!(&self.index.behind(&self.alias).await.unwrap(), std::slice::from_ref(index));
    }

    async fn has(&self, index: &str) -> bool {
        self.index.count(index).await.is_ok()
    }
}

#[tokio::test]
async fn given_changes_all_the_time_when_rebuilt_then_old_and_new_index_are_the_table_field_by_field() {
    let Some(shop) = stocked_shop(PRODUCTS).await else { return };
    let old = shop.indexes().await.serving;
    shop.rebuilder().start(None).await.unwrap();
    let writer = async {
        let (mut version, mut round) = (2, 0);
        while shop.indexes().await.running().is_some() {
            let numbers: Vec<usize> = (0..40).map(|n| (n * 37 + round * 11) % (PRODUCTS + 200) + 1).collect();
            shop.write(&numbers, version).await;
            version += 1;
            round += 1;
        }
        version
    };
    let rebuilder = shop.rebuilder();
    let (done, versions) = tokio::join!(rebuilder.work(WITHIN), writer);
    assert!(versions > 3, "there were changes meanwhile");
    let done = done.unwrap();
    let rebuild = done.rebuild.clone().unwrap();
    assert_eq!((rebuild.phase, done.serving == rebuild.index, done.previous.as_ref()), (Phase::Done, true, Some(&old)));
    assert!(rebuild.copied >= 600 && rebuild.verified >= 600, "{rebuild:?}");
    shop.assert_searched(&done.serving).await;
    shop.write(&[1, 2, 3], 1_000).await;
    shop.assert_is_the_table(&done.serving).await;
    shop.assert_is_the_table(&old).await;
}

#[tokio::test]
async fn given_a_rebuilding_killed_again_and_again_by_two_at_once_when_it_is_done_then_the_index_is_the_table() {
    let Some(shop) = stocked_shop(PRODUCTS).await else { return };
    let (one, other) = (shop.rebuilder(), shop.rebuilder());
    let (first, second) = tokio::join!(one.start(None), other.start(None));
    assert_eq!(first.unwrap(), second.unwrap(), "two starts at once begin one rebuilding");
    let deadline = Instant::now() + WITHIN;
    let mut state = 7_u64;
    let mut kills = 0;
    while shop.indexes().await.running().is_some() {
        assert!(Instant::now() < deadline, "it gets further between the kills");
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let lives = Duration::from_millis(20 + (state >> 33) % 300);
        let both = async { tokio::join!(one.work(WITHIN), other.work(WITHIN)) };
        // Dropped wherever it waits: between table and index, or before their answers.
        kills += u32::from(tokio::time::timeout(lives, both).await.is_err());
    }
    assert!(kills > 2, "{kills}");
    shop.rebuilder().work(WITHIN).await.unwrap();
    let done = shop.indexes().await;
    shop.assert_searched(&done.serving).await;
    shop.assert_is_the_table(&done.serving).await;
    let rebuild = done.rebuild.unwrap();
    assert_eq!((rebuild.phase, rebuild.copied, rebuild.verified), (Phase::Done, 600, 600), "each step counts once");
}

#[tokio::test]
async fn given_products_that_are_not_in_the_new_index_when_verified_then_they_are_written_and_it_is_told() {
    let Some(shop) = stocked_shop(20).await else { return };
    let old = shop.indexes().await.serving;
    shop.rebuilder().start(None).await.unwrap();
    shop.rebuilder().step().await.unwrap();
    // Whoever copied believed to be done; only two products have come by their own news.
    let copying = shop.indexes().await;
    let next = copying.rebuild.as_ref().unwrap().index.clone();
    shop.write(&[1, 2], 2).await;
    let all = Walked { products: 20, repaired: 0, next: None };
    assert!(shop.store.replace_indexes(&copying.copied(all, rialto_lambda::now())).await.unwrap());
    assert_eq!(shop.index.count(&next).await.unwrap(), 2);
    let done = shop.rebuilder().work(WITHIN).await.unwrap();
    let rebuild = done.rebuild.unwrap();
    assert_eq!((rebuild.phase, rebuild.verified, rebuild.repaired), (Phase::Done, 20, 18));
    shop.assert_is_the_table(&done.serving).await;
    shop.assert_is_the_table(&old).await;
}

#[tokio::test]
async fn given_a_new_index_that_takes_no_product_when_rebuilt_then_the_old_one_is_searched_and_the_problem_is_told() {
    let Some(shop) = stocked_shop(3).await else { return };
    let old = shop.indexes().await.serving;
    shop.rebuilder().start(None).await.unwrap();
    let next = shop.indexes().await.rebuild.unwrap().index;
    shop.send("PUT", &next, json!({"mappings": {"dynamic": "strict"}})).await;
    for _ in 0..2 {
        let failed = shop.rebuilder().work(WITHIN).await;
        assert!(matches!(failed, Err(RebuildError::Missing(3))), "{failed:?}");
    }
    let indexes = shop.indexes().await;
    assert_eq!((&indexes.serving, indexes.rebuild.unwrap().problem.is_some()), (&old, true));
    shop.assert_searched(&old).await;
}

#[tokio::test]
async fn given_a_rebuilt_index_when_rolled_back_then_the_one_before_is_searched_with_all_that_came_since() {
    let Some(shop) = stocked_shop(5).await else { return };
    let nothing = shop.rebuilder().roll_back().await;
    assert!(matches!(nothing, Err(RebuildError::NothingBefore)), "{nothing:?}");
    let old = shop.indexes().await.serving;
    rebuild_index(&shop.rebuilder(), serde_json::from_value(json!({"start": true})).unwrap()).await.unwrap();
    let new = shop.indexes().await.serving;
    assert_ne!(new, old);
    shop.write(&[1, 6], 2).await;
    shop.rebuilder().roll_back().await.unwrap();
    shop.assert_searched(&old).await;
    shop.assert_is_the_table(&old).await;
    shop.settle(6).await;
    // The calendar leaves it so.
    rebuild_index(&shop.rebuilder(), serde_json::from_value(json!({"start": true})).unwrap()).await.unwrap();
    shop.assert_searched(&old).await;
    // And while one is being made: it is given up, and what is searched stays.
    shop.rebuilder().start(None).await.unwrap();
    while shop.indexes().await.rebuild.unwrap().phase != Phase::Copying {
        shop.rebuilder().step().await.unwrap();
    }
    let given_up = shop.rebuilder().roll_back().await.unwrap();
    assert_eq!((given_up.rebuild.as_ref().unwrap().phase, &given_up.serving), (Phase::Abandoned, &old));
    shop.rebuilder().work(WITHIN).await.unwrap();
    shop.assert_searched(&old).await;
    // Whoever lost the race may have pointed the alias elsewhere; the next tick puts it right.
    shop.index.point(&shop.alias, &new, std::slice::from_ref(&old)).await.unwrap();
    rebuild_index(&shop.rebuilder(), serde_json::from_value(json!({"version": "0", "detail": {}})).unwrap())
        .await
        .unwrap();
    shop.assert_searched(&old).await;
}

#[tokio::test]
async fn given_an_index_out_of_use_when_the_clock_ticks_then_it_is_deleted() {
    let Some(shop) = stocked_shop(2).await else { return };
    let first = shop.indexes().await.serving;
    for _ in 0..2 {
        rebuild_index(&shop.rebuilder(), serde_json::from_value(json!({"start": true})).unwrap()).await.unwrap();
    }
    assert!(shop.has(&first).await, "a batch may write to it still");
    shop.rebuilder().with_clock(|| rialto_lambda::now() + Duration::from_secs(301)).work(WITHIN).await.unwrap();
    assert!(!shop.has(&first).await);
    assert_eq!(shop.indexes().await.retired, []);
    shop.assert_is_the_table(&shop.indexes().await.serving).await;
}

#[tokio::test]
async fn given_an_index_of_an_older_definition_when_prepared_then_its_products_are_in_the_new_one() {
    let Some(shop) = Shop::unprepared() else { return };
    let old = format!("{}-v1-1", shop.alias);
    shop.send("PUT", &old, json!({"mappings": {"dynamic": "false"}})).await;
    shop.send("POST", "_aliases", json!({"actions": [{"add": {"index": old, "alias": shop.alias}}]})).await;
    assert!(shop.store.replace_indexes(&Indexes::first(old.clone())).await.unwrap());
    shop.write(&[1], 1).await;
    let prepared = prepare_index(&shop.rebuilder(), Value::Null).await.unwrap();
    assert_eq!(prepared.write_targets, [prepared.serving.clone(), old.clone()]);
    assert_ne!(prepared.serving, old);
    shop.settle(1).await;
    assert_eq!(shop.titles("thing").await, ["Thing 1 of 1"]);
    let again = prepare_index(&shop.rebuilder(), Value::Null).await.unwrap();
    assert_eq!(again, prepared, "done once");
}
