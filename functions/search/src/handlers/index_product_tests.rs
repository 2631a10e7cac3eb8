#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Mutex;

use proptest::prelude::*;
use rialto_dynamo::{Fault, Faults, Key, Put, Table};
use rialto_events::types::AvailabilityStatus;
use rialto_kernel::OfferId;
use serde_json::Value;

use super::*;
use crate::{
    domain::Indexes,
    index::IndexError,
    testing::{availability, delivery, learnt, product},
};

/// An index that keeps external versions as OpenSearch does.
#[derive(Default)]
struct Versioned {
    documents: Mutex<BTreeMap<(String, ProductId), (u64, Value)>>,
    down: Mutex<bool>,
    refuses: BTreeSet<ProductId>,
}

impl Index for &Versioned {
    async fn write(&self, targets: &[String], documents: &[Document]) -> Result<BTreeSet<ProductId>, IndexError> {
        if *self.down.lock().unwrap() {
            return Err(IndexError::Unavailable("test".to_owned()));
        }
        let mut kept = self.documents.lock().unwrap();
        let taken = documents.iter().filter(|document| !self.refuses.contains(&document.product_id));
        for (document, target) in taken.flat_map(|document| targets.iter().map(move |target| (document, target))) {
            let held = kept.entry((target.clone(), document.product_id)).or_default();
            if document.version > held.0 {
                *held = (document.version, serde_json::to_value(document).unwrap());
            }
        }
        Ok(documents.iter().map(|document| document.product_id).filter(|id| self.refuses.contains(id)).collect())
    }
}

impl Versioned {
    fn of(&self, target: &str) -> BTreeMap<ProductId, Value> {
        let documents = self.documents.lock().unwrap();
        let of_target = documents.iter().filter(|((index, _), _)| index == target);
        of_target.map(|((_, product), (_, source))| (*product, source.clone())).collect()
    }
}

async fn store(table: Table) -> SearchStore {
    let store = SearchStore::new(table);
    let indexes = Indexes { previous: Some("v2".to_owned()), ..Indexes::first("v1".to_owned()) };
    assert!(store.replace_indexes(&indexes).await.unwrap());
    store
}

fn offer(number: u32) -> OfferId {
    OfferId::named(&["test", &number.to_string()])
}

/// Three versions of three products, of their stock and of what was learnt of them.
fn history() -> Vec<Update> {
    let statuses = [AvailabilityStatus::InStock, AvailabilityStatus::OutOfStock, AvailabilityStatus::Low];
    let of_product = |number: u32| {
        (1..=3_u64).zip(statuses).flat_map(move |(version, status)| {
            let price = i64::try_from(version).unwrap() * 100;
            [
                product(number, version, &[(offer(number), price)]),
                availability(number, offer(number), version, status),
                learnt(number, version, number + u32::try_from(version).unwrap()),
            ]
        })
    };
    (1..=3).flat_map(of_product).collect()
}

fn messages(updates: &[Update]) -> Vec<Message> {
    updates.iter().enumerate().map(|(index, update)| delivery(&index.to_string(), update)).collect()
}

/// What the index holds once `batches` were delivered, and each failed message again.
async fn indexed(table: Table, batches: &[Vec<Message>]) -> BTreeMap<ProductId, Value> {
    let index = Versioned::default();
    let indexer = Indexer::over(store(table).await, &index);
    for batch in batches {
        let mut left = batch.clone();
        while !left.is_empty() {
            let failed = index_product(&indexer, left.clone()).await;
            left.retain(|message| failed.contains(&message.id));
        }
    }
    assert_eq!(index.of("v1"), index.of("v2"), "both targets hold the same");
    index.of("v1")
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_order_any_batches_and_any_repeats_end_in_the_same_documents(
        order in Just((0..27).collect::<Vec<usize>>()).prop_shuffle(),
        repeats in proptest::collection::vec(0_usize..27, 0..18),
        size in 1_usize..7,
    ) {
        let history = messages(&history());
        let shuffled: Vec<_> = order.iter().chain(&repeats).map(|index| history[*index].clone()).collect();
        let batches: Vec<_> = shuffled.chunks(size).map(<[_]>::to_vec).collect();
        let (expected, found) = run(async {
            (indexed(Table::in_memory("a"), &[history]).await, indexed(Table::in_memory("b"), &batches).await)
        });
        prop_assert_eq!(expected.len(), 3);
        for document in expected.values() {
            prop_assert!(document["item"]["sales"].as_u64() > Some(3), "{document}");
        }
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn given_a_crash_between_row_and_index_when_the_message_comes_again_then_the_document_is_written() {
    run(async {
        let index = Versioned::default();
        let indexer = Indexer::over(store(Table::in_memory("t")).await, &index);
        let batch = messages(&[product(1, 1, &[(offer(1), 100)])]);
        *index.down.lock().unwrap() = true;
        assert_eq!(index_product(&indexer, batch.clone()).await, ["0"]);
        *index.down.lock().unwrap() = false;
        assert!(index_product(&indexer, batch).await.is_empty());
        assert_eq!(index.of("v1").len(), 1);
    });
}

#[test]
fn given_one_bad_message_and_one_refused_document_when_taken_in_then_only_those_come_again() {
    run(async {
        let refused = product(2, 1, &[(offer(2), 100)]);
        let index = Versioned { refuses: BTreeSet::from([refused.product_id]), ..Versioned::default() };
        let indexer = Indexer::over(store(Table::in_memory("t")).await, &index);
        let mut batch = messages(&[
            product(1, 1, &[(offer(1), 100)]),
            refused,
            availability(2, offer(2), 1, AvailabilityStatus::Low),
        ]);
        batch.push(Message { id: "bad".to_owned(), body: "{}".to_owned(), receive_count: 1 });
        assert_eq!(index_product(&indexer, batch).await, ["bad", "1", "2"]);
        assert_eq!(index.of("v1").len(), 1);
    });
}

#[test]
fn given_a_rebuilding_that_begins_just_before_news_are_kept_when_taken_in_then_the_new_index_has_them() {
    run(async {
        let table = Table::in_memory("t");
        let before = store(table.clone()).await.indexes().await.unwrap().unwrap();
        let now = Timestamp::from_second(1).unwrap();
        let copying = before.start("v3".to_owned(), None, now).unwrap().made(0, now);
        let config = Put::new(&Key::new("CONFIG", "INDEX"), &copying).unwrap();
        // A filling that saw the table before these news does not bring them.
        let faults = Faults::new().at(1, Fault::Rival(vec![config.into()]));
        let index = Versioned::default();
        let indexer = Indexer::over(SearchStore::new(table.with_faults(faults)), &index);
        assert!(index_product(&indexer, messages(&[product(1, 1, &[(offer(1), 100)])])).await.is_empty());
        assert_eq!((index.of("v3").len(), index.of("v3")), (1, index.of("v1")));
    });
}

#[test]
fn given_news_that_got_stuck_and_news_long_passed_when_taken_in_then_only_what_became_searchable_is_measured() {
    let at = |millisecond: i64| Timestamp::from_millisecond(millisecond).unwrap();
    let bundle = |updates: Vec<Update>| Bundle { messages: Vec::new(), updates };
    let current = product(1, 3, &[(offer(1), 100)]);
    let passed = Update { time: at(0), ..product(1, 2, &[(offer(1), 100)]) };
    let stock = Update { time: at(2_000), ..availability(1, offer(1), 1, AvailabilityStatus::Low) };
    let mut row = ProductRow::unheard(current.product_id);
    for update in [&current, &stock] {
        row.accept(update);
    }
    let bundles = BTreeMap::from([(row.product_id, bundle(vec![passed.clone(), current, stock.clone()]))]);
    assert_eq!(lags(at(4_500), &[row.clone()], &bundles), [3_500], "two and a half seconds, and one to be shown");
    let product_id = row.product_id;
    let only = |update| BTreeMap::from([(product_id, bundle(vec![update]))]);
    assert_eq!(lags(at(9_000), &[row.clone()], &only(stock)), [8_000], "it comes again");
    assert_eq!(lags(at(9_000), &[row.clone()], &only(passed)), [0_u64; 0]);
    assert_eq!(lags(at(9_000), &[], &bundles), [0_u64; 0], "the index refused it");
    let night = learnt(1, 1, 7);
    row.accept(&night);
    assert_eq!(lags(at(9_000), &[row.clone()], &only(night)), [0_u64; 0], "what was learnt is in no hurry");
}

#[test]
fn given_the_definition_when_read_then_the_index_shows_what_it_has_taken_as_soon_as_lags_say() {
    let definition: Value = serde_json::from_str(crate::domain::INDEX_DEFINITION).unwrap();
    assert_eq!(definition["settings"]["refresh_interval"], format!("{}s", SHOWN_AFTER_MS / 1_000));
}

#[test]
fn given_no_index_yet_when_news_arrive_then_they_come_again() {
    run(async {
        let index = Versioned::default();
        let indexer = Indexer::over(SearchStore::new(Table::in_memory("t")), &index);
        assert_eq!(index_product(&indexer, messages(&history())).await.len(), 27);
    });
}

#[test]
fn given_batches_at_once_and_conflicts_at_the_table_when_taken_in_then_no_news_are_lost() {
    run(async {
        let history = messages(&history());
        let faults = Faults::new()
            .share(20, Fault::Conflict)
            .share(10, Fault::Throttled)
            .share(10, Fault::SentTwice)
            .share(5, Fault::AnswerLost);
        let index = Versioned::default();
        let indexer = Indexer::over(store(Table::in_memory("t").with_faults(faults)).await, &index);
        let batches = history.iter().cloned().map(|message| index_product(&indexer, vec![message]));
        let failed: Vec<_> = futures::future::join_all(batches).await.into_iter().flatten().collect();
        let again: Vec<_> = history.iter().filter(|message| failed.contains(&message.id)).cloned().collect();
        assert!(index_product(&indexer, again).await.is_empty());
        assert_eq!(index.of("v1"), indexed(Table::in_memory("u"), &[history]).await);
    });
}
