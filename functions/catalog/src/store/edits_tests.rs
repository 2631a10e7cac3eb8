use futures::future::join_all;
use rialto_dynamo::{Fault, Faults, Table, testing as tables};
use rialto_events::{Envelope, OUTBOX};
use rialto_kernel::{ImportId, ProductId, SellerId};
use serde_json::json;

use super::{
    GoodRow, Shown, Store,
    testing::{now, row, seller},
};
use crate::{
    Error,
    domain::edit::{Edit, archived, edited},
};

async fn sold(store: &Store) -> ProductId {
    let row = row("A", "C", "1.00");
    let good = GoodRow { line: 2, row: &row, refusal: None };
    store.settle(seller(), ImportId::named(&["i"]), vec![good], now()).await.unwrap();
    row.product_id(seller())
}

async fn rename(store: &Store, owner: SellerId, id: ProductId, title: &str) -> Result<Shown, Error> {
    let edit: Edit = serde_json::from_value(json!({ "title": title })).unwrap();
    let judge = |shown: &Shown| edited(&shown.product, &edit, now()).map_err(|_| Error::Contended);
    store.edit(Some(owner), id, title, now(), judge).await
}

#[tokio::test]
async fn given_many_editors_at_once_when_done_then_each_change_is_one_version_with_its_entry_and_none_is_lost() {
    for table in tables::tables("catalog-edits").await.unwrap() {
        let store = Store::new(table);
        let id = sold(&store).await;
        let titles: Vec<String> = (0..6).map(|n| format!("Title {n}")).collect();
        let done = join_all(titles.iter().map(|title| rename(&store, seller(), id, title))).await;
        let written = done.iter().filter(|outcome| outcome.is_ok()).count();
        let history = store.changes_of(id, 50, None).await.unwrap().items;
        assert_eq!(history.len(), written);
        let versions: Vec<u64> = history.iter().map(|change| change.version).collect();
        assert!(versions.windows(2).all(|pair| pair[0] == pair[1] + 1), "{versions:?}");
        // Each change was judged on what the one before had made.
        for pair in history.windows(2) {
            assert_eq!(pair[0].fields["title"].from, pair[1].fields["title"].to);
        }
        assert_eq!(store.product_of(None, id).await.unwrap().product.version, versions[0]);
    }
}

#[tokio::test]
async fn given_another_sellers_product_when_edited_then_there_is_none_and_nothing_is_written() {
    let store = Store::new(Table::in_memory("t"));
    let id = sold(&store).await;
    let other = SellerId::named(&["other"]);
    assert!(matches!(rename(&store, other, id, "Mine").await, Err(Error::ProductNotFound)));
    assert_eq!(store.changes_of(id, 50, None).await.unwrap().items, []);
}

#[tokio::test]
async fn given_an_archived_product_when_asked_for_then_shoppers_have_none_its_seller_does_and_the_news_say_so() {
    let table = Table::in_memory("t");
    let store = Store::new(table.clone());
    let id = sold(&store).await;
    let set = async |gone: bool| {
        let judge = |shown: &Shown| Ok::<_, Error>(archived(&shown.product, gone, now()));
        store.edit(None, id, "op", now(), judge).await.unwrap()
    };
    set(true).await;
    set(true).await;
    assert!(matches!(store.product(id).await, Err(Error::ProductNotFound)));
    assert_eq!(store.product_of(Some(seller()), id).await.unwrap().product.version, 2);
    let items = tables::items(&table).await.unwrap();
    let outbox = items.iter().find_map(|item| item.get(OUTBOX)).unwrap().as_l().unwrap();
    let envelope: Envelope = serde_json::from_str(outbox[0].as_s().unwrap()).unwrap();
    assert_eq!((envelope.version, &envelope.data["status"]), (2, &json!("archived")));
    set(false).await;
    assert!(store.product(id).await.is_ok());
}

#[tokio::test]
async fn given_lost_answers_when_an_edit_is_repeated_then_the_change_is_told_once() {
    for seed in 0..20 {
        let faults = Faults::new().seed(seed).share(30, Fault::AnswerLost).share(20, Fault::Conflict);
        let table = Table::in_memory("t");
        let id = sold(&Store::new(table.clone())).await;
        let store = Store::new(table.with_faults(faults));
        while rename(&store, seller(), id, "Better").await.is_err() {}
        assert_eq!(store.changes_of(id, 50, None).await.unwrap().items.len(), 1, "seed {seed}");
    }
}
