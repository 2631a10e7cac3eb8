use futures::future::join_all;
use rialto_dynamo::{Fault, Faults, Table, testing as tables};
use rialto_kernel::CategoryId;

use super::{
    Store,
    testing::{Pump, now, path, sell, titles, tree},
};
use crate::{Error, domain::category::Category};

fn id(text: &str) -> CategoryId {
    Category::at(&path(text)).category_id
}

async fn made(table: &Table, paths: &[&str]) -> Store {
    let store = Store::new(table.clone());
    for text in paths {
        store.create_category(&path(text), now()).await.unwrap();
    }
    store
}

/// Moves; when the answer is lost, again.
async fn shift(store: &Store, from: &str, to: &str) -> Result<Category, Error> {
    loop {
        match store.move_category(id(from), &path(to), now(), |_| Ok(())).await {
            Err(Error::Table(error)) if error.is_transient() => {}
            moved => return moved,
        }
    }
}

async fn merge(store: &Store, from: &str, into: &str) -> Result<Category, Error> {
    store.merge_category(id(from), id(into), now(), |_| Ok(())).await
}

#[tokio::test]
async fn given_a_category_when_made_again_or_nowhere_then_it_is_refused() {
    for table in tables::tables("catalog-tree").await.unwrap() {
        let store = made(&table, &["Home", "home > Lighting"]).await;
        assert_eq!(tree(&store).await, ["Home", "Home>Lighting"]);
        let again = store.create_category(&path("HOME>lighting"), now()).await;
        assert!(matches!(again, Err(Error::CategoryExists)));
        let nowhere = store.create_category(&path("Garden>Tools"), now()).await;
        assert!(matches!(nowhere, Err(Error::CategoryMisplaced { pointer: "/path", .. })));
    }
}

#[tokio::test]
async fn given_moves_that_cannot_be_when_tried_then_each_is_refused_and_nothing_changes() {
    let table = Table::in_memory("t");
    let store = made(&table, &["A", "A>b", "A>b>c", "D", "D>e", "D>e>f", "D>e>f>g"]).await;
    let before = tables::items(&table).await.unwrap().len();
    for to in ["A>x", "A>b>A", "X>A", "D>e>f>A"] {
        let refused = shift(&store, "A", to).await;
        assert!(matches!(refused, Err(Error::CategoryMisplaced { pointer: "/path", .. })), "{to}: {refused:?}");
    }
    assert!(matches!(shift(&store, "A", "D").await, Err(Error::CategoryExists)));
    for into in ["A", "A>b", "D>e>f>g", "None"] {
        assert!(
            matches!(merge(&store, "A", into).await, Err(Error::CategoryMisplaced { pointer: "/into", .. })),
            "{into}"
        );
    }
    assert!(matches!(shift(&store, "None", "X").await, Err(Error::CategoryNotFound)));
    let stale = store.move_category(id("A"), &path("B"), now(), |_| Err(Error::SkuTaken)).await;
    assert!(matches!(stale, Err(Error::SkuTaken)));
    assert_eq!(shift(&store, "A", "A").await.unwrap().version, 1);
    assert_eq!(tables::items(&table).await.unwrap().len(), before);
}

#[tokio::test]
async fn given_two_moves_into_each_other_at_once_when_done_then_one_wins_and_nothing_is_lost() {
    for table in tables::tables("catalog-cycle").await.unwrap() {
        for round in 0..6 {
            let (a, b) = (format!("A{round}"), format!("B{round}"));
            let store = made(&table, &[&a, &b]).await;
            let (to_b, to_a) = (format!("{b}>{a}"), format!("{a}>{b}"));
            let stormy = |seed| {
                let faults = Faults::new().seed(seed).share(30, Fault::Conflict).share(20, Fault::AnswerLost);
                Store::new(table.clone().with_faults(faults))
            };
            let (one, two) = (stormy(round), stormy(round + 100));
            let (one, two) = futures::join!(shift(&one, &a, &to_b), shift(&two, &b, &to_a));
            let won = [&one, &two].iter().filter(|moved| moved.is_ok()).count();
            assert_eq!(won, 1, "{one:?} {two:?}");
            Pump::default().run(&store).await;
            let expected = if one.is_ok() { [b.clone(), to_b] } else { [a.clone(), to_a] };
            let mut here = tree(&store).await;
            here.retain(|path| path.contains(&format!("A{round}")) || path.contains(&format!("B{round}")));
            assert_eq!(here, expected);
        }
    }
}

#[tokio::test]
async fn given_many_operators_at_once_when_done_then_every_category_is_reached_from_the_top() {
    let table = Table::in_memory("t");
    let store = made(&table, &["A", "B", "C", "D"]).await;
    let names = ["A", "B", "C", "D"];
    let all = names.iter().flat_map(|from| names.iter().map(move |to| (*from, format!("{to}>{from}"))));
    let moves: Vec<_> = all.collect();
    join_all(moves.iter().map(|(from, to)| async { shift(&store, from, to).await.is_ok() })).await;
    let mut pump = Pump::default();
    pump.run(&store).await;
    for from in names {
        super::testing::refile(&store, moved(from)).await;
    }
    let tree = tree(&store).await;
    assert_eq!(tree.len(), 4, "{tree:?}");
    for path in &tree {
        let above = path.rsplit_once('>').map(|(above, _)| above.to_owned());
        assert!(above.is_none_or(|above| tree.contains(&above)), "{tree:?}");
    }
}

fn moved(from: &str) -> rialto_events::types::CategoryMoved {
    rialto_events::types::CategoryMoved { category_id: id(from), path: path(from), moved_to: None }
}

#[tokio::test]
async fn given_a_renamed_category_when_named_as_before_then_it_is_meant_and_not_made_again() {
    for table in tables::tables("catalog-rename").await.unwrap() {
        let store = Store::new(table);
        let mut pump = Pump::default();
        sell(&store, "one", &[("lamp", "Home > Lighting"), ("bulb", "Home > Lighting > Bulbs")]).await;
        pump.run(&store).await;
        let renamed = shift(&store, "Home>Lighting", "Home>Lamps").await.unwrap();
        assert_eq!((renamed.category_id, renamed.version), (id("Home>Lamps"), 2));
        pump.run(&store).await;
        assert_eq!(tree(&store).await, ["Home", "Home>Lamps", "Home>Lamps>Bulbs"]);
        // The same file with another product, and a lamp at another category of the renamed one.
        sell(&store, "two", &[("spot", "home > lighting"), ("tube", "Home > Lighting > Tubes")]).await;
        let shown = store.product(super::testing::row("spot", "x", "1.00").product_id(super::testing::seller())).await;
        assert_eq!(shown.unwrap().product.main.unwrap().category_path, ["Home", "Lamps"]);
        pump.run(&store).await;
        assert_eq!(tree(&store).await, ["Home", "Home>Lamps", "Home>Lamps>Bulbs", "Home>Lamps>Tubes"]);
        let all = ["bulb", "lamp", "spot", "tube"].map(str::to_owned).into();
        // By the new path and the old one.
        assert_eq!(titles(&store, "Home>Lamps").await, all);
        assert_eq!(titles(&store, "Home>Lighting").await, all);
        assert_eq!(titles(&store, "Home>Lighting>Bulbs").await, ["bulb".to_owned()].into());
        let (category, under) = store.category(id("Home>Lighting")).await.unwrap();
        assert_eq!(category.path, path("Home>Lamps"));
        assert_eq!(under.iter().map(Category::name).collect::<Vec<_>>(), ["Bulbs", "Tubes"]);
    }
}

#[tokio::test]
async fn given_names_that_are_exchanged_and_taken_back_when_done_then_products_are_with_their_category() {
    let store = Store::new(Table::in_memory("t"));
    let mut pump = Pump::default();
    sell(&store, "one", &[("a", "A > x"), ("b", "B > x")]).await;
    pump.run(&store).await;
    for (from, to) in [("A", "T"), ("B", "A"), ("T", "B")] {
        shift(&store, from, to).await.unwrap();
        pump.run(&store).await;
    }
    assert_eq!(titles(&store, "A>x").await, ["b".to_owned()].into());
    assert_eq!(titles(&store, "B>x").await, ["a".to_owned()].into());
    assert_eq!(tree(&store).await, ["A", "A>x", "B", "B>x"]);
    shift(&store, "A", "a").await.unwrap();
    pump.run(&store).await;
    assert_eq!(tree(&store).await, ["a", "a>x", "B", "B>x"]);
    let shown = store.browse(id("a>x"), super::Sort::Newest, 9, None).await.unwrap();
    assert_eq!(shown.items[0].product.main.as_ref().unwrap().category_path, ["a", "x"]);
}

#[tokio::test]
async fn given_a_category_that_is_merged_into_one_it_came_from_when_done_then_all_is_under_that_one() {
    let store = Store::new(Table::in_memory("t"));
    let mut pump = Pump::default();
    sell(&store, "one", &[("s", "Y > s"), ("t", "X > t"), ("u", "Y > t"), ("v", "X")]).await;
    pump.run(&store).await;
    // It leaves its old path at Y>s, which the merge brings it back to.
    shift(&store, "Y>s", "X>s").await.unwrap();
    pump.run(&store).await;
    merge(&store, "X", "Y").await.unwrap();
    pump.run(&store).await;
    assert_eq!(tree(&store).await, ["Y", "Y>s", "Y>t"]);
    for (category, all) in
        [("Y", vec!["s", "t", "u", "v"]), ("X", vec!["s", "t", "u", "v"]), ("Y>s", vec!["s"]), ("X>t", vec!["t", "u"])]
    {
        assert_eq!(titles(&store, category).await, all.into_iter().map(str::to_owned).collect(), "{category}");
    }
}

#[tokio::test]
async fn given_a_category_when_removed_then_only_an_empty_one_goes_and_a_product_brings_it_back() {
    for table in tables::tables("catalog-remove").await.unwrap() {
        let store = made(&table, &["A", "A>b", "C"]).await;
        let mut pump = Pump::default();
        let remove = async |text: &str| store.remove_category::<Error>(id(text), now(), |_| Ok(())).await;
        sell(&store, "one", &[("p", "C")]).await;
        pump.run(&store).await;
        assert!(matches!(remove("A").await, Err(Error::CategoryNotEmpty)));
        assert!(matches!(remove("C").await, Err(Error::CategoryNotEmpty)));
        remove("A>b").await.unwrap();
        remove("A").await.unwrap();
        assert!(matches!(remove("A").await, Err(Error::CategoryNotFound)));
        assert_eq!(tree(&store).await, ["C"]);
        sell(&store, "two", &[("q", "A > b")]).await;
        pump.run(&store).await;
        assert_eq!(tree(&store).await, ["A", "A>b", "C"]);
    }
}
