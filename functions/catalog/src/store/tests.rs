use std::collections::BTreeMap;

use rialto_dynamo::testing;
use rialto_events::types::{AvailabilityChanged, AvailabilityStatus};
use rialto_kernel::{ImportId, OfferId, OrderLine, ProductId, Quantity, SellerId, Timestamp};

use super::*;
use crate::{
    Error,
    domain::{
        job::{Counts, Job, State},
        reading::read_chunk,
        row::Row,
        upload::Upload,
    },
};

fn seller() -> SellerId {
    SellerId::named(&["s"])
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn row(sku: &str) -> Row {
    let values =
        [("sku", sku), ("title", "T"), ("category", "C"), ("price", "1.00"), ("currency", "USD"), ("quantity", "1")];
    Row::check(&values.map(|(k, v)| (k.to_owned(), v.to_owned())).into_iter().collect::<BTreeMap<_, _>>()).unwrap()
}

async fn sell(store: &Store, row: &Row) {
    sell_at(store, row, 2).await;
}

async fn sell_at(store: &Store, row: &Row, line: u64) {
    let good = GoodRow { line, row, refusal: None };
    store.settle(seller(), ImportId::named(&[&line.to_string()]), vec![good], now()).await.unwrap();
}

fn news(sku: &str, available: u32) -> AvailabilityChanged {
    let names = [seller().to_string(), sku.to_owned()];
    let names = [names[0].as_str(), names[1].as_str()];
    AvailabilityChanged {
        offer_id: OfferId::named(&names),
        product_id: ProductId::named(&names),
        seller_id: seller(),
        sku: sku.to_owned(),
        status: if available == 0 { AvailabilityStatus::OutOfStock } else { AvailabilityStatus::Low },
        available: (available > 0).then_some(available),
    }
}

#[tokio::test]
async fn given_availability_before_the_product_when_both_are_there_then_the_newest_is_shown_and_the_version_grows() {
    for table in testing::tables("catalog-availability").await.unwrap() {
        let store = Store::new(table);
        let id = news("A", 1).product_id;
        store.project_availability(&news("A", 5), 2).await.unwrap();
        assert!(matches!(store.product(id).await, Err(Error::ProductNotFound)));
        sell(&store, &row("A")).await;
        let shown = store.product(id).await.unwrap();
        assert_eq!(shown.availability_of(news("A", 1).offer_id).available, Some(5));

        for (units, version, seen) in [(4, 3, Some(4)), (9, 1, Some(4)), (4, 3, Some(4)), (0, 7, None), (2, 4, None)] {
            store.project_availability(&news("A", units), version).await.unwrap();
            let now = store.product(id).await.unwrap();
            assert_eq!(now.availability_of(news("A", 1).offer_id).available, seen, "version {version}");
            assert_eq!(now.product.version, shown.product.version, "availability is no change of the product");
        }
        assert_eq!(store.product(id).await.unwrap().version(), shown.version() + 5);
        assert_eq!(shown.availability_of(OfferId::named(&["other"])).status, AvailabilityStatus::OutOfStock);
    }
}

#[tokio::test]
async fn given_a_variant_that_leaves_when_the_page_is_read_then_its_version_has_grown_all_the_same() {
    for table in testing::tables("catalog-versions").await.unwrap() {
        let store = Store::new(table);
        let of_a = |sku: &str| Row { parent_sku: Some("A".to_owned()), ..row(sku) };
        sell(&store, &row("A")).await;
        sell(&store, &of_a("B")).await;
        let id = news("A", 1).product_id;
        let of_b = AvailabilityChanged { product_id: id, ..news("B", 5) };
        store.project_availability(&of_b, 7).await.unwrap();
        let before = store.product(id).await.unwrap();
        // B becomes a product of its own.
        sell_at(&store, &row("B"), 3).await;
        let after = store.product(id).await.unwrap();
        assert_eq!((before.product.variants.len(), after.product.variants.len()), (2, 1));
        assert!(after.version() > before.version(), "{} after {}", after.version(), before.version());
    }
}

#[tokio::test]
async fn given_offers_when_quoted_then_in_their_order_or_all_that_are_not_sold() {
    for table in testing::tables("catalog-quote").await.unwrap() {
        let store = Store::new(table);
        let facts = [("weight_g", "750"), ("tax_category", "books")].map(|(name, of)| (name.to_owned(), of.to_owned()));
        sell(&store, &Row { attributes: facts.into(), ..row("A") }).await;
        sell(&store, &row("B")).await;
        let orphan = Row { parent_sku: Some("no such row".to_owned()), ..row("C") };
        sell(&store, &orphan).await;
        let wanted = |sku: &str| Wanted { offer_id: news(sku, 1).offer_id, quantity: Quantity::new(3).unwrap() };
        let lines = store.quote(&[wanted("B"), wanted("A"), wanted("B")]).await.unwrap();
        assert_eq!(lines.iter().map(|line| line.sku.as_str()).collect::<Vec<_>>(), ["B", "A", "B"]);
        assert_eq!((lines[0].unit_price.amount(), lines[0].quantity.get()), (100, 3));
        // As the checkout reads them.
        let lines: Vec<OrderLine> = serde_json::from_value(serde_json::to_value(&lines).unwrap()).unwrap();
        assert_eq!((lines[0].weight_grams, lines[0].tax_category.as_deref()), (None, None));
        assert_eq!((lines[1].weight_grams, lines[1].tax_category.as_deref()), (Some(750), Some("books")));
        let Err(Error::OfferUnavailable { items }) = store.quote(&[wanted("X"), wanted("A"), wanted("C")]).await else {
            panic!("it was quoted");
        };
        assert_eq!(items, [wanted("X").offer_id, wanted("C").offer_id]);
    }
}

fn arrival(key: &str, version: &str) -> Arrival {
    Arrival { bucket: "b".into(), key: key.into(), version_id: version.into(), bytes: 7, time: now() }
}

#[tokio::test]
async fn given_a_file_for_an_import_when_told_of_twice_then_it_is_that_import_and_a_second_file_is_another() {
    for table in testing::tables("catalog-jobs").await.unwrap() {
        let store = Store::new(table);
        let (import, key) = (ImportId::named(&["i"]), "uploads/s/i/a.csv");
        store.add_job(&Job::awaiting(import, seller(), "a.csv", key.into(), now())).await.unwrap();
        let upload = Upload { seller_id: seller(), import_id: Some(import), file_name: "a.csv".into() };
        for _ in 0..2 {
            let job = store.open_job(&upload, &arrival(key, "v1")).await.unwrap();
            assert_eq!((job.import_id, job.state, job.bytes), (import, State::Running, Some(7)));
        }
        let second = store.open_job(&upload, &arrival(key, "v2")).await.unwrap();
        assert_ne!(second.import_id, import);
        assert_eq!(store.open_job(&upload, &arrival(key, "v2")).await.unwrap(), second);
        let other = Upload { seller_id: SellerId::named(&["thief"]), ..upload.clone() };
        assert_ne!(store.open_job(&other, &arrival(key, "v1")).await.unwrap().import_id, import);

        let direct = Upload { import_id: None, ..upload };
        let once = store.open_job(&direct, &arrival("uploads/s/b.csv", "v1")).await.unwrap();
        assert_eq!(store.open_job(&direct, &arrival("uploads/s/b.csv", "v1")).await.unwrap(), once);
    }
}

#[tokio::test]
async fn given_an_ended_job_when_ended_or_moved_again_then_it_stays() {
    let store = Store::new(Table::in_memory("catalog"));
    let upload = Upload { seller_id: seller(), import_id: None, file_name: "a.csv".into() };
    let job = store.open_job(&upload, &arrival("uploads/s/a.csv", "v1")).await.unwrap();
    store.end_job(job.import_id, State::Failed, Some("why"), None, now()).await.unwrap();
    store.end_job(job.import_id, State::Completed, None, None, now()).await.unwrap();
    let chunk = read_chunk(None, b"{}", true, job.position(), 1).unwrap();
    store.advance_job(job.import_id, Counts { rows: 1, ..Counts::default() }, &chunk).await.unwrap();
    let job = store.job(job.import_id).await.unwrap();
    assert_eq!((job.state, job.reason.as_deref(), job.rows), (State::Failed, Some("why"), 0));
}

#[tokio::test]
async fn given_jobs_when_listed_then_the_sellers_own_newest_first_page_by_page() {
    for table in testing::tables("catalog-list").await.unwrap() {
        let store = Store::new(table);
        for (n, seller) in [(1, seller()), (2, seller()), (3, SellerId::named(&["other"])), (4, seller())] {
            let (id, at) = (ImportId::named(&[&n.to_string()]), Timestamp::new(1_700_000_000 + n, 5).unwrap());
            store.add_job(&Job::awaiting(id, seller, &n.to_string(), "k".into(), at)).await.unwrap();
        }
        let first = store.jobs_of(seller(), 2, None).await.unwrap();
        let names = |page: &JobPage| page.items.iter().map(|job| job.file_name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&first), ["4", "2"]);
        assert_eq!(names(&store.jobs_of(seller(), 2, first.next).await.unwrap()), ["1"]);
    }
}
