use futures::future::join_all;
use rialto_dynamo::{Fault, Faults, Table, testing as tables};
use rialto_events::{Envelope, OUTBOX};
use rialto_kernel::{ImportId, ProductId, Timestamp};
use serde_json::{Value, json};

use super::{
    Sale, Shown, Store, Swept,
    testing::{Pump, now, path, row, sell, seller, titles},
};
use crate::{
    Error,
    domain::{
        category::Category,
        edit::{Edit, archived, edited},
        product::Status,
    },
};

fn at(hour: u8) -> Timestamp {
    format!("2026-02-01T{hour:02}:00:00Z").parse().unwrap()
}

/// A draft that is due at one o'clock.
async fn drafted(store: &Store) -> ProductId {
    let (row, sale) = (row("A", "C", "1.00"), Sale::Draft { publish_at: Some(at(1)) });
    store.list_item(seller(), ImportId::named(&["i"]), &row, sale, now()).await.unwrap().product.id
}

async fn change(store: &Store, id: ProductId, edit: Value) -> Result<Shown, Error> {
    let edit: Edit = serde_json::from_value(edit).unwrap();
    let judge = |shown: &Shown| edited(&shown.product, &edit, at(2)).map_err(|_| Error::Contended);
    store.edit(Some(seller()), id, "seller", at(2), judge).await
}

async fn archive(store: &Store, id: ProductId) -> Result<Shown, Error> {
    store.edit(None, id, "op", at(2), |shown| Ok::<_, Error>(archived(&shown.product, true, at(2)))).await
}

/// How often it was put on sale, and by whom.
async fn publications(store: &Store, id: ProductId) -> Vec<String> {
    let history = store.changes_of(id, 50, None).await.unwrap().items;
    let turned = history.into_iter().filter(|change| change.fields.get("status").is_some_and(|it| it.to == "active"));
    turned.map(|change| change.by).collect()
}

/// The status that the product's news tell, as they wait in the table.
async fn told(table: &Table) -> Vec<Value> {
    let items = tables::items(table).await.unwrap();
    let outboxes = items.iter().filter_map(|item| item.get(OUTBOX)?.as_l().ok());
    let news = outboxes.flatten().map(|text| serde_json::from_str::<Envelope>(text.as_s().unwrap()).unwrap());
    news.filter(|news| news.event_type == "ProductChanged.v1").map(|news| news.data["status"].clone()).collect()
}

#[tokio::test]
async fn given_a_draft_when_its_time_comes_then_it_is_shown_and_told_once_however_often_and_late_it_is_swept() {
    for table in tables::tables("catalog-publish").await.unwrap() {
        let store = Store::new(table.clone());
        let id = drafted(&store).await;
        assert!(matches!(store.product(id).await, Err(Error::ProductNotFound)));
        assert_eq!(store.product_of(Some(seller()), id).await.unwrap().product.status, Status::Draft);
        assert_eq!(told(&table).await, [Value::Null; 0]);
        assert_eq!(store.publish_due(at(0)).await.unwrap(), Swept::default());
        let sweeps = join_all((0..4).map(|_| store.publish_due(at(9)))).await;
        assert!(sweeps.into_iter().all(|swept| swept.unwrap().failed == 0));
        assert_eq!(store.publish_due(at(10)).await.unwrap(), Swept::default());
        let shown = store.product(id).await.unwrap().product;
        assert_eq!((shown.version, shown.created_at, shown.publish_at), (2, Some(at(9)), None));
        assert_eq!(publications(&store, id).await, ["schedule"]);
        assert_eq!(told(&table).await, [json!("active")]);
        Pump::default().run(&store).await;
        assert_eq!(titles(&store, "C").await, ["A".to_owned()].into());
    }
}

#[tokio::test]
async fn given_a_sweep_an_edit_and_an_archiving_at_once_when_done_then_each_saw_what_the_others_made() {
    for table in tables::tables("catalog-publish-race").await.unwrap() {
        for round in 0..6 {
            let store = Store::new(table.clone());
            let sku = format!("S{round}");
            let (row, sale) = (row(&sku, "C", "1.00"), Sale::Draft { publish_at: Some(at(1)) });
            let listed = store.list_item(seller(), ImportId::named(&[&sku]), &row, sale, now()).await.unwrap();
            let id = listed.product.id;
            let stormy = store_with(&table, round);
            let (swept, _, gone) = futures::join!(
                stormy.publish_due(at(2)),
                change(&store, id, json!({"title": format!("Title {round}")})),
                async { if round % 2 == 0 { Some(archive(&store, id).await.unwrap()) } else { None } },
            );
            // What an answer was lost of, the next sweep does.
            drop(swept);
            store.publish_due(at(3)).await.unwrap();
            let last = store.product_of(None, id).await.unwrap().product;
            assert_eq!(last.main.as_ref().unwrap().title, format!("Title {round}"));
            assert_eq!(last.status, if gone.is_some() { Status::Archived } else { Status::Active });
            assert_eq!(last.publish_at, None);
            let published = publications(&store, id).await.len();
            assert!(published <= 1 && (gone.is_some() || published == 1), "round {round}: {published}");
            store.publish_due(at(9)).await.unwrap();
            assert_eq!(store.product_of(None, id).await.unwrap().product.version, last.version);
        }
    }
}

fn store_with(table: &Table, seed: u64) -> Store {
    let faults =
        Faults::new().seed(seed).share(30, Fault::AnswerLost).share(20, Fault::Conflict).share(10, Fault::SentTwice);
    Store::new(table.clone().with_faults(faults))
}

#[tokio::test]
async fn given_faults_at_any_write_when_swept_until_done_then_each_draft_is_put_on_sale_once() {
    for seed in 0..20 {
        let table = Table::in_memory("t");
        let store = Store::new(table.clone());
        let mut ids = Vec::new();
        for n in 0..30 {
            let (row, sale) = (row(&format!("S{n}"), "C", "1.00"), Sale::Draft { publish_at: Some(at(1)) });
            let listed = store.list_item(seller(), ImportId::named(&[&n.to_string()]), &row, sale, now()).await;
            ids.push(listed.unwrap().product.id);
        }
        let stormy = store_with(&table, seed);
        while !matches!(stormy.publish_due(at(2)).await, Ok(Swept { published: 0, settled: 0, failed: 0 })) {}
        for id in ids {
            assert_eq!(publications(&store, id).await, ["schedule"], "seed {seed}");
            assert_eq!(store.product(id).await.unwrap().product.version, 2, "seed {seed}");
        }
    }
}

#[tokio::test]
async fn given_a_scheduled_draft_when_it_is_put_off_taken_back_uploaded_or_moved_then_the_schedule_is_what_it_says() {
    let table = Table::in_memory("t");
    let store = Store::new(table.clone());
    let id = drafted(&store).await;
    change(&store, id, json!({"publishAt": "2026-02-01T05:00:00Z"})).await.unwrap();
    assert_eq!(store.publish_due(at(2)).await.unwrap(), Swept::default());
    // An upload of its row, and a move of its category, change it and leave it a draft.
    sell(&store, "import", &[("A", "D")]).await;
    let mut pump = Pump::default();
    pump.run(&store).await;
    store.create_category(&path("D"), now()).await.unwrap();
    store.move_category::<Error>(Category::at(&path("D")).category_id, &path("E"), now(), |_| Ok(())).await.unwrap();
    pump.run(&store).await;
    assert_eq!(titles(&store, "E").await, [""; 0].map(str::to_owned).into());
    change(&store, id, json!({"status": "draft"})).await.unwrap();
    assert_eq!(store.publish_due(at(9)).await.unwrap(), Swept::default());
    change(&store, id, json!({"publishAt": "2026-02-01T05:00:00Z"})).await.unwrap();
    assert_eq!(store.publish_due(at(9)).await.unwrap(), Swept { published: 1, ..Swept::default() });
    pump.run(&store).await;
    assert_eq!(titles(&store, "E").await, ["A".to_owned()].into());
    assert_eq!(store.product(id).await.unwrap().product.main.unwrap().category_path, ["E"]);
}
