//! What the store's tests share.

use std::collections::BTreeSet;

use rialto_dynamo::{Item, testing};
use rialto_events::{
    Envelope, OUTBOX,
    types::{CategoryMoved, ProductChanged},
};
use rialto_kernel::{ImportId, SellerId, Timestamp};

use super::{GoodRow, Refiling, Sort, Store};
use crate::domain::{category::Category, row::Row};

pub(super) fn seller() -> SellerId {
    SellerId::named(&["s"])
}

pub(super) fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// A row whose title is its sku.
pub(super) fn row(sku: &str, category: &str, price: &str) -> Row {
    let values = [
        ("sku", sku),
        ("title", sku),
        ("category", category),
        ("price", price),
        ("currency", "USD"),
        ("quantity", "7"),
    ];
    Row::check(&values.map(|(column, value)| (column.to_owned(), value.to_owned())).into_iter().collect()).unwrap()
}

pub(super) fn path(text: &str) -> Vec<String> {
    text.split('>').map(|level| level.trim().to_owned()).collect()
}

/// The catalogue's own consumers of the news that wait in its table.
#[derive(Default)]
pub(super) struct Pump {
    heard: BTreeSet<String>,
}

impl Pump {
    /// Delivers what was not heard yet, and what follows from that, until there is nothing more.
    pub(super) async fn run(&mut self, store: &Store) {
        loop {
            let items: Vec<Item> = testing::items(store.table()).await.unwrap();
            let outboxes = items.iter().filter_map(|item| item.get(OUTBOX)?.as_l().ok());
            let news = outboxes.flatten().map(|text| serde_json::from_str::<Envelope>(text.as_s().unwrap()).unwrap());
            let fresh: Vec<_> = news.filter(|news| self.heard.insert(news.id.to_string())).collect();
            if fresh.is_empty() {
                return;
            }
            for envelope in fresh {
                if let Some(news) = envelope.read::<ProductChanged>().unwrap() {
                    store.file(&news, envelope.version, now()).await.unwrap();
                }
                if let Some(news) = envelope.read::<CategoryMoved>().unwrap() {
                    refile(store, news).await;
                }
            }
        }
    }
}

/// Goes through all pages.
pub(super) async fn refile(store: &Store, news: CategoryMoved) {
    let mut page = Some(Refiling::of(news));
    while let Some(this) = page {
        page = store.refile(&this, now()).await.unwrap();
    }
}

/// Sells products, each sku in its category.
pub(super) async fn sell(store: &Store, import: &str, rows: &[(&str, &str)]) {
    let rows: Vec<Row> = rows.iter().map(|(sku, category)| row(sku, category, "1.00")).collect();
    let good = (2..).zip(&rows).map(|(line, row)| GoodRow { line, row, refusal: None }).collect();
    store.settle(seller(), ImportId::named(&[import]), good, now()).await.unwrap();
}

/// The titles on a category's shelf.
pub(super) async fn titles(store: &Store, category: &str) -> BTreeSet<String> {
    let page = store.browse(Category::at(&path(category)).category_id, Sort::Newest, 100, None).await.unwrap();
    page.items.iter().map(|shown| shown.product.main.as_ref().unwrap().title.clone()).collect()
}

/// The tree as paths.
pub(super) async fn tree(store: &Store) -> Vec<String> {
    store.categories().await.unwrap().iter().map(|category| category.path.join(">")).collect()
}
