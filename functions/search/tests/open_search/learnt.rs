//! What was learnt from visitors, in the index.

use rialto_events::types::{AvailabilityStatus, ProductChanged};
use rialto_kernel::Timestamp;
use rialto_lambda::Message;
use search::{
    Searcher,
    domain::{
        Document, INDEX_DEFINITION, ProductRow, Search, Sort, Update,
        behaviour::{Learnt, Signals},
    },
    index::Index,
};
use serde_json::{Value, json};

use crate::shop::{Shop, browse, changed, product, stocked};

fn learnt(product: &ProductChanged, second: i64, signals: Signals) -> Message {
    let learnt_at = Timestamp::from_second(second).unwrap();
    let body = serde_json::to_string(&Learnt { product_id: product.product_id, learnt_at, signals }).unwrap();
    Message { id: format!("{}-{second}", product.product_id), body, receive_count: 1 }
}

fn selling(sales: u32) -> Signals {
    Signals { sales, conversion: sales, popularity: sales }
}

fn of(words: &str) -> Search {
    Search { words: Some(words.to_owned()), ..browse() }
}

/// Lamps of one kind and another product that has one word more than its query's.
fn lamps() -> Vec<ProductChanged> {
    let titles = ["Lamp one", "Lamp two", "Lamp three", "Lamp four", "Walnut lamp"];
    titles.iter().enumerate().map(|(n, title)| product(n, title, "Lumen", "Home>Lamps", 100)).collect()
}

#[tokio::test]
async fn given_what_was_learnt_when_searched_then_it_decides_among_equals_and_never_against_words() {
    let Some(shop) = Shop::open().await else { return };
    let lamps = lamps();
    let news = lamps.iter().flat_map(|lamp| [changed(lamp, 1), stocked(lamp, 1, AvailabilityStatus::InStock)]);
    shop.deliver(news.collect()).await;
    shop.settle(5).await;
    shop.deliver(vec![
        learnt(&lamps[2], 10, selling(1_000_000)),
        learnt(&lamps[0], 10, selling(20)),
        learnt(&lamps[1], 20, selling(0)),
        learnt(&lamps[1], 10, selling(5_000)),
    ])
    .await;
    let first = |words: &'static str| async { shop.find(&of(words)).await.items[0].title.clone() };
    for _ in 0..200 {
        if first("lamp").await == "Lamp three" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(first("lamp").await, "Lamp three");
    assert_eq!(first("walnut lamp").await, "Walnut lamp", "no popularity makes up for a word");
    let explained = shop.searcher().explain(&of("lamp")).await.unwrap();
    let part = |title: &str, part: &str| {
        let item = explained.items.iter().find(|item| item.title == title).unwrap();
        item.parts.get(part).copied().unwrap_or_default()
    };
    assert!((part("Lamp one", "sales") - 0.05).abs() < 0.001, "half of the weight, at the half");
    for (name, weight) in [("sales", 0.1), ("conversion", 0.08), ("popular", 0.06)] {
        let most = part("Lamp three", name);
        assert!(most > 0.9 * weight && most <= weight, "{name}: {most}");
        assert!(part("Lamp two", name).abs() < f64::EPSILON, "what was learnt last is nothing");
    }
    let best = shop.find(&Search { sort: Sort::BestSelling, ..browse() }).await;
    let titles: Vec<&str> = best.items.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles[..2], ["Lamp three", "Lamp one"]);
}

#[tokio::test]
async fn given_an_index_of_the_definition_before_when_written_and_searched_then_it_takes_the_news_and_ranks_without() {
    let Some(shop) = Shop::unprepared() else { return };
    let mut before: Value = serde_json::from_str(INDEX_DEFINITION).unwrap();
    before["mappings"]["properties"]["item"]["properties"] = json!({"sellerId": {"type": "keyword"}});
    let index = format!("{}-before", shop.alias);
    shop.index.make(&index, &before.to_string()).await.unwrap();
    let documents: Vec<Document> = lamps()
        .iter()
        .map(|lamp| {
            let mut row = ProductRow::unheard(lamp.product_id);
            let news = rialto_events::Envelope::of(lamp, lamp.product_id, 1, Timestamp::UNIX_EPOCH).unwrap();
            row.accept(&Update::read(&news).unwrap().unwrap());
            let learnt = Learnt {
                product_id: lamp.product_id,
                learnt_at: Timestamp::from_second(1).unwrap(),
                signals: selling(7),
            };
            row.accept(&learnt.into());
            Document::of(&row).unwrap()
        })
        .collect();
    let refused = shop.index.write(std::slice::from_ref(&index), &documents).await.unwrap();
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(shop.index.count(&index).await.unwrap(), 5);
    let searcher = Searcher::over(index.clone(), shop.index.clone(), shop.store.clone());
    for sort in [Sort::Relevance, Sort::BestSelling] {
        let found = searcher.search(&Search { sort, limit: 2, ..of("lamp") }).await.unwrap();
        assert_eq!((found.total, found.items.len()), (5, 2), "{sort:?}");
        let mut next = Search { sort, limit: 2, ..of("lamp") };
        next.resume(&found.next_cursor.unwrap()).unwrap();
        assert_eq!(searcher.search(&next).await.unwrap().items.len(), 2, "{sort:?}");
    }
    shop.index.delete(&index).await.unwrap();
}
