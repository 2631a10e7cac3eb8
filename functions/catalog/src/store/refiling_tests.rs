use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use rialto_dynamo::{Fault, Faults, Item, Read, Table, testing as tables};
use rialto_events::types::{CategoryMoved, ProductChanged};

use super::{
    Refiling, Store, keys,
    products::ProductRow,
    shelves::moves,
    testing::{Pump, now, path, refile, row, sell, seller, titles, tree},
};
use crate::domain::{category::Category, product::Product};

async fn shift(store: &Store, from: &str, to: &str) {
    store
        .move_category::<crate::Error>(Category::at(&path(from)).category_id, &path(to), now(), |_| Ok(()))
        .await
        .unwrap();
}

fn left(from: &str) -> CategoryMoved {
    CategoryMoved { category_id: Category::at(&path(from)).category_id, path: path(from), moved_to: None }
}

/// Under which categories products are filed, by shelf rows and by what their pages say.
async fn filed(table: &Table) -> (BTreeMap<String, BTreeSet<String>>, BTreeMap<String, BTreeSet<String>>) {
    let text = |item: &Item, name: &str| item.get(name).and_then(|v| v.as_s().ok()).cloned().unwrap_or_default();
    let (mut shelves, mut pages) = (BTreeMap::new(), BTreeMap::new());
    for item in tables::items(table).await.unwrap() {
        if let Some(category) = text(&item, "pk").strip_prefix("SHELF#") {
            let on: &mut BTreeSet<String> = shelves.entry(text(&item, "productId")).or_default();
            on.insert(category.to_owned());
        }
        if text(&item, "sk") == "PRODUCT" {
            let product = rialto_dynamo::from_item::<ProductRow>(item).unwrap().shown().unwrap().product;
            let along = Category::along(&product.main.unwrap().category_path);
            pages.insert(product.id.to_string(), along.into_iter().map(|c| c.category_id.to_string()).collect());
        }
    }
    (shelves, pages)
}

#[tokio::test]
async fn given_a_move_of_many_products_when_pages_fail_come_twice_and_out_of_order_then_all_are_filed_where_it_went() {
    for seed in 0..8 {
        let table = Table::in_memory("t");
        let store = Store::new(table.clone());
        let mut pump = Pump::default();
        let skus: Vec<String> = (0..70).map(|n| format!("p{n}")).collect();
        let homes = ["A", "A > x", "A > x > y", "B"];
        let rows: Vec<_> = skus.iter().zip(homes.iter().cycle()).map(|(sku, home)| (sku.as_str(), *home)).collect();
        sell(&store, "one", &rows).await;
        pump.run(&store).await;
        shift(&store, "A", "B>A").await;
        let faults = Faults::new()
            .seed(seed)
            .share(15, Fault::NotApplied)
            .share(15, Fault::AnswerLost)
            .share(10, Fault::SentTwice)
            .share(10, Fault::Conflict);
        let stormy = Store::new(table.clone().with_faults(faults));
        // Two deliveries of the same news, each page tried until it is done, and the products' news in between.
        let run = async || {
            let mut page = Some(Refiling::of(left("A")));
            while let Some(this) = page.clone() {
                if let Ok(next) = stormy.refile(&this, now()).await {
                    page = next;
                }
            }
        };
        futures::join!(run(), run());
        pump.run(&store).await;
        assert_eq!(tree(&store).await, ["B", "B>A", "B>A>x", "B>A>x>y"], "seed {seed}");
        let (shelves, pages) = filed(&table).await;
        assert_eq!(shelves, pages, "seed {seed}");
        assert_eq!(titles(&store, "B>A").await.len(), 53);
        assert_eq!(titles(&store, "B").await.len(), 70);
        let gone = Category::at(&path("A")).category_id.to_string();
        assert!(shelves.values().all(|on| !on.contains(&gone)));
    }
}

#[tokio::test]
async fn given_who_filed_without_having_heard_of_the_move_when_all_is_gone_through_again_then_it_is_put_right() {
    let table = Table::in_memory("t");
    let store = Store::new(table.clone());
    let mut pump = Pump::default();
    sell(&store, "one", &[("p", "A")]).await;
    pump.run(&store).await;
    shift(&store, "A", "B").await;
    let mut page = Some(Refiling::of(left("A")));
    let mut waits = Vec::new();
    while let Some(this) = page.take() {
        if this.delay_seconds() > 0 {
            waits.push(this.delay_seconds());
            // The first time is over. An import that read the tree before the move writes now, and so does its filing.
            let lamp = row("late", "A", "1.00");
            let unknown = Product::unknown(lamp.product_id(seller()), seller());
            let mut late = unknown.clone();
            late.place(&lamp, now());
            table.update(super::products::change(&unknown, &late, now()).unwrap()).await.unwrap();
            let news: ProductChanged = late.news(&unknown).unwrap();
            let along = Category::along(&path("A > new"));
            table.transact(moves(&news, 1, &along, None).unwrap()).await.unwrap();
            table.put(super::places::standing(&along[1]).unwrap()).await.unwrap();
        }
        page = store.refile(&this, now()).await.unwrap();
    }
    assert_eq!(waits, [super::AGAIN_AFTER_SECONDS]);
    pump.run(&store).await;
    assert_eq!(tree(&store).await, ["B", "B>new"]);
    assert_eq!(titles(&store, "B").await, ["late", "p"].map(str::to_owned).into());
    let (shelves, pages) = filed(&table).await;
    assert_eq!(shelves, pages);
}

#[tokio::test]
async fn given_imports_and_moves_at_once_when_all_is_heard_then_each_product_is_filed_as_its_page_says() {
    for table in tables::tables("catalog-refiling").await.unwrap() {
        let store = Store::new(table.clone());
        let mut pump = Pump::default();
        sell(&store, "zero", &[("p0", "A > x"), ("q0", "C")]).await;
        pump.run(&store).await;
        let selling = join_all((1..8).map(|n| {
            let store = &store;
            async move {
                let (p, q) = (format!("p{n}"), format!("q{n}"));
                sell(store, &n.to_string(), &[(&p, "A > x"), (&q, "a > X > deep")]).await;
            }
        }));
        let moving = async {
            shift(&store, "A", "C>A").await;
            refile(&store, left("A")).await;
            shift(&store, "C>A", "D").await;
            refile(&store, left("C>A")).await;
        };
        futures::join!(selling, moving);
        pump.run(&store).await;
        assert_eq!(tree(&store).await, ["C", "D", "D>x", "D>x>deep"]);
        assert_eq!(titles(&store, "A>x").await.len(), 15);
        let (shelves, pages) = filed(&table).await;
        assert_eq!(shelves, pages);
    }
}

#[tokio::test]
async fn given_a_product_that_is_not_shown_when_its_category_moves_then_it_follows_once_it_is_shown() {
    let store = Store::new(Table::in_memory("t"));
    let mut pump = Pump::default();
    sell(&store, "one", &[("p", "A")]).await;
    let id = row("p", "A", "1.00").product_id(seller());
    let set = async |gone: bool| {
        let judge =
            |shown: &super::Shown| Ok::<_, crate::Error>(crate::domain::edit::archived(&shown.product, gone, now()));
        store.edit(None, id, "op", now(), judge).await.unwrap();
    };
    pump.run(&store).await;
    set(true).await;
    pump.run(&store).await;
    shift(&store, "A", "B").await;
    pump.run(&store).await;
    set(false).await;
    pump.run(&store).await;
    let row: ProductRow = store.table().get(&keys::product(id), Read::Strong).await.unwrap().unwrap();
    assert_eq!(row.shown().unwrap().product.main.unwrap().category_path, ["B"]);
    assert_eq!(titles(&store, "B").await, ["p".to_owned()].into());
}
