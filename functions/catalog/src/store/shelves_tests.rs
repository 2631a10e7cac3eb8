use futures::future::join_all;
use rialto_dynamo::{Fault, Faults, Item, Table, testing as tables};
use rialto_events::types::{ProductChanged, ProductStatus};
use rialto_kernel::{CategoryId, ImportId, ProductId, Timestamp};

use super::{
    GoodRow, Sort, Store,
    testing::{row, seller},
};
use crate::domain::{category::Category, product::Product, row::Row};

fn path(text: &str) -> Vec<String> {
    text.split('>').map(str::to_owned).collect()
}

fn category(text: &str) -> CategoryId {
    Category::at(&path(text)).category_id
}

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

/// Sells a product and files it as its news says.
async fn sell(store: &Store, row: &Row, second: i64, version: u64) -> ProductId {
    let good = GoodRow { line: version, row, refusal: None };
    let import = ImportId::named(&[&version.to_string()]);
    store.settle(seller(), import, vec![good], time(second)).await.unwrap();
    store.file(&news(row, second), version, time(second)).await.unwrap();
    row.product_id(seller())
}

fn news(row: &Row, second: i64) -> ProductChanged {
    let mut product = Product::unknown(row.product_id(seller()), seller());
    product.place(row, time(second));
    product.news(&product).unwrap()
}

async fn titles(store: &Store, category: CategoryId, sort: Sort) -> Vec<String> {
    let (mut titles, mut after) = (Vec::new(), None);
    loop {
        let page = store.browse(category, sort, 2, after).await.unwrap();
        titles.extend(page.items.iter().map(|shown| shown.product.main.as_ref().unwrap().title.clone()));
        after = page.next;
        if after.is_none() {
            return titles;
        }
    }
}

#[tokio::test]
async fn given_products_when_browsed_then_each_is_once_under_its_category_and_those_above_in_every_order() {
    for table in tables::tables("catalog-shelves").await.unwrap() {
        let store = Store::new(table);
        sell(&store, &row("lamp", "Home > Lighting", "30.00"), 1, 1).await;
        sell(&store, &row("pan", "Home > Kitchen", "9.00"), 2, 1).await;
        sell(&store, &row("bulb", "home > lighting", "200.00"), 3, 1).await;
        assert_eq!(titles(&store, category("Home"), Sort::Newest).await, ["bulb", "pan", "lamp"]);
        assert_eq!(titles(&store, category("Home"), Sort::PriceAsc).await, ["pan", "lamp", "bulb"]);
        assert_eq!(titles(&store, category("Home>Lighting"), Sort::PriceDesc).await, ["bulb", "lamp"]);
        assert_eq!(titles(&store, category("Toys"), Sort::Newest).await, [""; 0]);
        let (home, under) = store.category(category("Home")).await.unwrap();
        assert_eq!(
            (home.name(), under.iter().map(Category::name).collect::<Vec<_>>()),
            ("Home", vec!["Kitchen", "Lighting"])
        );
        let all = store.categories().await.unwrap();
        assert_eq!(all.iter().map(Category::name).collect::<Vec<_>>(), ["Home", "Kitchen", "Lighting"]);
    }
}

#[tokio::test]
async fn given_a_product_that_moves_and_is_withdrawn_when_news_come_late_and_twice_then_the_newest_counts() {
    for table in tables::tables("catalog-moves").await.unwrap() {
        let store = Store::new(table);
        let (old, new) = (row("lamp", "Home > Lighting", "30.00"), row("lamp", "Garden", "20.00"));
        sell(&store, &old, 1, 1).await;
        sell(&store, &new, 1, 2).await;
        for (news, version) in [(news(&old, 1), 1), (news(&new, 1), 2), (news(&old, 1), 1)] {
            store.file(&news, version, time(1)).await.unwrap();
        }
        assert_eq!(titles(&store, category("Home"), Sort::Newest).await, [""; 0]);
        assert_eq!(titles(&store, category("Garden"), Sort::PriceAsc).await, ["lamp"]);
        store.file(&ProductChanged { status: ProductStatus::Archived, ..news(&new, 1) }, 3, time(1)).await.unwrap();
        assert_eq!(titles(&store, category("Garden"), Sort::Newest).await, [""; 0]);
    }
}

/// Every shelf row as category and product.
async fn shelved(table: &Table) -> Vec<(String, String)> {
    let text = |item: &Item, name: &str| item.get(name).and_then(|v| v.as_s().ok()).cloned().unwrap_or_default();
    let items = tables::items(table).await.unwrap();
    let shelves = items.iter().filter(|item| text(item, "pk").starts_with("SHELF#"));
    let mut rows: Vec<_> = shelves.map(|item| (text(item, "pk"), text(item, "productId"))).collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn given_a_products_news_all_at_once_and_faults_when_filed_and_redelivered_then_it_is_where_the_newest_says() {
    for seed in 0..20 {
        let table = Table::in_memory("t").with_faults(
            Faults::new()
                .seed(seed)
                .share(20, Fault::Conflict)
                .share(10, Fault::Throttled)
                .share(10, Fault::SentTwice)
                .share(10, Fault::AnswerLost)
                .share(5, Fault::NotApplied),
        );
        let store = Store::new(table.clone());
        let paths = ["A > B > C", "A > D", "E", "A > B", "A > D > F"];
        let all: Vec<_> = (1..).zip(paths).map(|(version, path)| (version, news(&row("p", path, "1.00"), 1))).collect();
        for _ in 0..6 {
            // Some fail, as their answers are lost: they come again, in another round.
            let _ = join_all(all.iter().rev().map(|(version, news)| store.file(news, *version, time(1)))).await;
        }
        let product = news(&row("p", "E", "1.00"), 1).product_id.to_string();
        let mut expected: Vec<_> = Category::along(&path("A>D>F"))
            .iter()
            .map(|category| (format!("SHELF#{}", category.category_id), product.clone()))
            .collect();
        expected.sort();
        assert_eq!(shelved(&table).await, expected, "seed {seed}");
    }
}
