use std::collections::{BTreeMap, BTreeSet};

use rialto_dynamo::{Fault, Faults, Item, Table, Value, testing};
use rialto_events::{Envelope, types::ProductChanged};
use rialto_kernel::{ImportId, SellerId};

use super::*;
use crate::{
    domain::{
        job::State,
        record::{Position, WINDOW_BYTES},
        row::{RowCode, RowError},
        upload::Upload,
    },
    store::Arrival,
};

const HEADER: &str = "sku,title,description,brand,category,price,currency,quantity,parent_sku,attr:color";

fn seller() -> SellerId {
    SellerId::named(&["s"])
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn row(sku: &str, price: &str, parent: &str, color: &str) -> String {
    format!("{sku},Title of {sku},,,Home > Light,{price},USD,5,{parent},{color}")
}

fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// A file and the workflow's loop over it.
struct Run<'a> {
    store: Store,
    name: &'a str,
    file: &'a str,
    reserved: BTreeMap<String, u32>,
}

impl<'a> Run<'a> {
    fn new(table: &Table, name: &'a str, file: &'a str) -> Self {
        Self { store: Store::new(table.clone()), name, file, reserved: BTreeMap::new() }
    }

    async fn open(&self) -> Job {
        let key = format!("uploads/{}/{}.csv", seller(), self.name);
        let upload = Upload { seller_id: seller(), import_id: None, file_name: format!("{}.csv", self.name) };
        let bytes = u64::try_from(self.file.len()).unwrap();
        let file = Arrival { bucket: "b".into(), key, version_id: "v".into(), bytes, time: now() };
        persist(async || self.store.open_job(&upload, &file).await).await
    }

    fn window(&self, job: &Job) -> Window {
        let from = usize::try_from(job.offset).unwrap();
        let to = (from + usize::try_from(WINDOW_BYTES).unwrap()).min(self.file.len());
        Window { bytes: self.file.as_bytes()[from..to].to_vec(), last: to == self.file.len() }
    }

    /// One turn of the loop; whether there was one to take.
    async fn step(&self, id: ImportId) -> Result<bool, Error> {
        let job = self.store.job(id).await?;
        if job.read {
            return Ok(false);
        }
        let chunk = chunk_of(&job, &self.window(&job))?;
        let Stocked { stock, refused } = stock_of(&self.store, &job, &chunk).await?;
        let rejected: Vec<_> = stock
            .iter()
            .filter_map(|row| {
                let reserved = *self.reserved.get(&row.sku).filter(|reserved| **reserved > row.quantity)?;
                Some(RejectedStock { line: row.line, reserved })
            })
            .collect();
        // As the workflow does, the second half alone is tried again with what the first answered.
        persist(async || apply(&self.store, &self.store.job(id).await?, &chunk, &rejected, &refused, now()).await)
            .await;
        Ok(true)
    }

    async fn to_its_end(&self) -> Job {
        let id = self.open().await.import_id;
        while persist(async || self.step(id).await).await {}
        persist(async || self.store.job(id).await).await
    }

    async fn errors(&self, id: ImportId) -> Vec<(u64, Vec<RowError>)> {
        self.store.errors_of(id, None).await.unwrap().0
    }
}

/// Tries again, as a workflow and a queue do.
async fn persist<T>(mut attempt: impl AsyncFnMut() -> Result<T, Error>) -> T {
    for _ in 0..200 {
        match attempt().await {
            Ok(value) => return value,
            Err(Error::Table(error)) if error.is_transient() => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("it never succeeds")
}

async fn import(table: &Table, name: &str, rows: &[String]) -> Job {
    Run::new(table, name, &file(rows)).to_its_end().await
}

fn text(item: &Item, name: &str) -> String {
    item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

/// The whole table by key.
async fn content(table: &Table) -> BTreeMap<(String, String), Item> {
    let items = testing::items(table).await.unwrap();
    items.into_iter().map(|item| ((text(&item, "pk"), text(&item, "sk")), item)).collect()
}

async fn products(table: &Table) -> BTreeMap<String, Item> {
    let content = content(table).await;
    content.into_iter().filter(|((_, sk), _)| sk == "PRODUCT").map(|((pk, _), item)| (pk, item)).collect()
}

fn news(product: &Item) -> Option<ProductChanged> {
    let Value::L(list) = product.get("outbox")? else { panic!("no list") };
    let envelope: Envelope = serde_json::from_str(list[0].as_s().unwrap()).unwrap();
    envelope.read().unwrap()
}

fn good_and_bad() -> Vec<String> {
    let good = |n: usize| row(&format!("G{n}"), "9.99", "", "red");
    let mut rows: Vec<String> = (0..1000).map(good).collect();
    let bad = [
        ",No sku,,,Home,1.00,USD,1,,",
        "B1,,,,Home,1.00,USD,1,,",
        "B2,No category,,,,1.00,USD,1,,",
        "B3,Empty level,,,Home > > Lamp,1.00,USD,1,,",
        "B4,Too deep,,,A>B>C>D>E>F,1.00,USD,1,,",
        "B5,No price,,,Home,,USD,1,,",
        "B6,Bad price,,,Home,ten,USD,1,,",
        "B7,Negative,,,Home,-1.00,USD,1,,",
        "B8,Zero,,,Home,0.00,USD,1,,",
        "B9,Three decimals,,,Home,1.999,USD,1,,",
        "B10,No currency,,,Home,1.00,,1,,",
        "B11,Bad currency,,,Home,1.00,DOLLAR,1,,",
        "B12,No quantity,,,Home,1.00,USD,,,",
        "B13,Bad quantity,,,Home,1.00,USD,-3,,",
        "B14,Half a unit,,,Home,1.00,USD,1.5,,",
        "B15,Huge,,,Home,1.00,USD,99999999,,",
        "B16,Too few values",
        "B17,\"Open quote,,,Home,1.00,USD,1,,",
        "B18,Its own parent,,,Home,1.00,USD,1,B18,",
        "G7,Twice,,,Home,1.00,USD,1,,",
    ];
    for (n, bad) in bad.into_iter().enumerate() {
        rows.insert(n * 47 + 20, bad.to_owned());
    }
    rows
}

#[tokio::test]
async fn given_good_and_bad_rows_when_imported_then_each_is_counted_and_again_nothing_changes() {
    for table in testing::tables("catalog-import").await.unwrap() {
        let rows = good_and_bad();
        let file = file(&rows);
        let first = Run::new(&table, "first", &file);
        let job = first.to_its_end().await;
        assert_eq!((job.rows, job.accepted, job.rejected, job.unchanged), (1020, 1000, 20, 0));
        assert_eq!(job.ending(None), State::CompletedWithErrors);
        let errors = first.errors(job.import_id).await;
        assert_eq!(errors.len(), 20);
        assert_eq!(errors.iter().filter(|(_, errors)| errors.len() == 1).count(), 20);
        let numbers: BTreeSet<_> = (0..20).map(|n| n * 47 + 22).collect();
        assert_eq!(errors.iter().map(|(line, _)| *line).collect::<BTreeSet<u64>>(), numbers);
        let before = products(&table).await;
        assert_eq!(before.len(), 1000);

        let second = Run::new(&table, "second", &file).to_its_end().await;
        assert_eq!((second.rows, second.accepted, second.rejected, second.unchanged), (1020, 0, 20, 1000));
        assert_eq!(products(&table).await, before);
    }
}

#[tokio::test]
async fn given_crashes_and_lost_answers_at_any_write_when_resumed_then_all_is_as_without_them() {
    let mut rows: Vec<String> = (0..290).map(|n| row(&format!("A{n}"), "1.00", "", "red")).collect();
    rows.push(row("V1", "1.00", "A3", "blue"));
    rows.push(row("A5", "2.00", "", "red"));
    rows.push(row("X", "bad", "", ""));
    let file = file(&rows);
    let calm = Table::in_memory("calm");
    Run::new(&calm, "one", &file).to_its_end().await;
    let expected = content(&calm).await;
    for seed in 0..12 {
        let table = Table::in_memory("stormy");
        let faults = Faults::new()
            .seed(seed)
            .share(8, Fault::NotApplied)
            .share(8, Fault::AnswerLost)
            .share(8, Fault::SentTwice)
            .share(4, Fault::Conflict);
        Run::new(&table.clone().with_faults(faults), "one", &file).to_its_end().await;
        let content = content(&table).await;
        assert_eq!(content.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "seed {seed}");
        content.iter().for_each(|(key, item)| assert_eq!(item, &expected[key], "seed {seed}"));
    }
}

#[tokio::test]
async fn given_a_chunk_when_applied_again_then_it_counts_once() {
    let table = Table::in_memory("catalog");
    let file = file(&[row("A", "1.00", "", ""), row("B", "bad", "", "")]);
    let run = Run::new(&table, "one", &file);
    let job = run.open().await;
    let chunk = chunk_of(&job, &run.window(&job)).unwrap();
    for _ in 0..3 {
        apply(&run.store, &job, &chunk, &[], &[], now()).await.unwrap();
    }
    let job = run.store.job(job.import_id).await.unwrap();
    assert_eq!((job.rows, job.accepted, job.rejected, job.read), (2, 1, 1, true));
}

#[tokio::test]
async fn given_variants_before_their_parent_when_imported_then_the_product_is_shown_once_the_parent_is_there() {
    let table = Table::in_memory("catalog");
    let store = Store::new(table.clone());
    let id = ProductId::named(&[&seller().to_string(), "shirt"]);
    import(&table, "one", &[row("shirt-b", "18.00", "shirt", "blue"), row("shirt-g", "19.00", "shirt", "green")]).await;
    assert!(matches!(store.product(id).await, Err(Error::ProductNotFound)));
    assert!(products(&table).await.values().all(|product| news(product).is_none()));

    import(&table, "two", &[row("shirt", "20.00", "", "red")]).await;
    let shown = store.product(id).await.unwrap();
    assert_eq!((shown.product.variants.len(), shown.product.main.unwrap().title), (3, "Title of shirt".to_owned()));
    let told = news(products(&table).await.values().next().unwrap()).unwrap();
    assert_eq!(told.variants.iter().map(|v| v.sku.as_str()).collect::<Vec<_>>(), ["shirt", "shirt-b", "shirt-g"]);
    assert_eq!(told.variants[1].options, BTreeMap::from([("color".to_owned(), "blue".to_owned())]));
}

#[tokio::test]
async fn given_many_variants_in_one_file_when_imported_then_one_product_holds_them() {
    let table = Table::in_memory("catalog");
    let mut rows: Vec<String> = (0..99).map(|n| row(&format!("v{n}"), "1.00", "p", &format!("c{n}"))).collect();
    rows.insert(50, row("p", "1.00", "", "c"));
    rows.push(row("one-too-many", "1.00", "p", "x"));
    let run_file = file(&rows);
    let run = Run::new(&table, "one", &run_file);
    let job = run.to_its_end().await;
    assert_eq!((job.accepted, job.rejected), (100, 1));
    assert_eq!(run.errors(job.import_id).await[0].1[0].code, RowCode::TooMany);
    assert_eq!(products(&table).await.len(), 1);
    let told = news(products(&table).await.values().next().unwrap()).unwrap();
    assert_eq!(told.variants.len(), 100);
}

#[tokio::test]
async fn given_a_row_that_goes_to_another_product_when_imported_then_it_is_a_variant_of_that_one_only() {
    let table = Table::in_memory("catalog");
    import(&table, "one", &[row("shirt", "20.00", "", ""), row("blue", "18.00", "", "blue")]).await;
    let job = import(&table, "two", &[row("shirt", "20.00", "", ""), row("blue", "18.00", "shirt", "blue")]).await;
    assert_eq!((job.accepted, job.unchanged), (1, 1));
    let store = Store::new(table.clone());
    let id = |sku| ProductId::named(&[&seller().to_string(), sku]);
    assert_eq!(store.product(id("shirt")).await.unwrap().product.variants.len(), 2);
    assert!(store.product(id("blue")).await.is_err());
    let old = &products(&table).await[&format!("PRODUCT#{}", id("blue"))];
    assert_eq!(news(old).unwrap().status, rialto_events::types::ProductStatus::Archived);
    let offer = OfferId::named(&[&seller().to_string(), "blue"]);
    let wanted = crate::store::Wanted { offer_id: offer, quantity: rialto_kernel::Quantity::ONE };
    assert_eq!(store.quote(&[wanted]).await.unwrap()[0].product_id, id("shirt"));

    import(&table, "three", &[row("blue", "18.00", "", "blue")]).await;
    assert_eq!(store.product(id("shirt")).await.unwrap().product.variants.len(), 1);
    assert_eq!(store.quote(&[wanted]).await.unwrap()[0].product_id, id("blue"));
}

#[tokio::test]
async fn given_a_sku_again_in_a_later_chunk_when_imported_then_the_later_row_is_refused() {
    let table = Table::in_memory("catalog");
    let mut rows: Vec<String> = (0..300).map(|n| row(&format!("A{n}"), "1.00", "", "")).collect();
    rows.push(row("A0", "2.00", "", ""));
    let run_file = file(&rows);
    for name in ["one", "two"] {
        let run = Run::new(&table, name, &run_file);
        let job = run.to_its_end().await;
        assert_eq!((job.accepted + job.unchanged, job.rejected), (300, 1), "{name}");
        let errors = run.errors(job.import_id).await;
        assert_eq!((errors[0].0, errors[0].1[0].code), (302, RowCode::DuplicateSku));
        assert!(errors[0].1[0].message.contains("line 2"));
    }
}

#[tokio::test]
async fn given_a_quantity_below_what_is_reserved_when_imported_then_the_row_is_refused_until_it_is_not() {
    let table = Table::in_memory("catalog");
    import(&table, "one", &[row("A", "1.00", "", "")]).await;
    let changed = file(&[row("A", "2.00", "", "")]);
    let mut run = Run::new(&table, "two", &changed);
    run.reserved.insert("A".to_owned(), 7);
    let job = run.to_its_end().await;
    assert_eq!((job.accepted, job.rejected), (0, 1));
    let error = &run.errors(job.import_id).await[0].1[0];
    assert_eq!((error.field.as_str(), error.code), ("quantity", RowCode::BelowReserved));
    assert!(error.message.contains("at least 7"));
    let price = |item: &Item| news(item).unwrap().variants[0].price.amount();
    assert_eq!(products(&table).await.values().map(price).collect::<Vec<_>>(), [100]);
    let again = Run::new(&table, "three", &changed).to_its_end().await;
    assert_eq!((again.accepted, again.unchanged), (1, 0));
    assert_eq!(products(&table).await.values().map(price).collect::<Vec<_>>(), [200]);
}

#[tokio::test]
async fn given_two_imports_at_once_when_they_meet_then_each_listing_agrees_with_its_product() {
    let table = Table::in_memory("catalog");
    let of = |price: &str| -> String {
        let rows = (0..60).map(|n| row(&format!("A{n}"), price, if n % 6 == 0 { "" } else { "A0" }, &n.to_string()));
        file(&rows.collect::<Vec<_>>())
    };
    let (ones, twos) = (of("1.00"), of("2.00"));
    let stormy = |seed| table.clone().with_faults(Faults::new().seed(seed).share(10, Fault::Conflict));
    let (one, two) = (stormy(1), stormy(2));
    let (one, two) = (Run::new(&one, "one", &ones), Run::new(&two, "two", &twos));
    let (one, two) = futures::join!(one.to_its_end(), two.to_its_end());
    assert_eq!((one.rows, one.rejected, two.rows, two.rejected), (60, 0, 60, 0));
    let content = content(&table).await;
    let rows =
        |price| (0..60).map(move |n| row(&format!("A{n}"), price, if n % 6 == 0 { "" } else { "A0" }, &n.to_string()));
    let hashes: BTreeMap<String, i64> = [("1.00", 100), ("2.00", 200)]
        .into_iter()
        .flat_map(|(price, cents)| {
            let text = file(&rows(price).collect::<Vec<_>>());
            let chunk = crate::domain::reading::read_chunk(None, text.as_bytes(), true, Position::START, 99).unwrap();
            chunk.lines.into_iter().map(move |line| (line.row.unwrap().hash(), cents)).collect::<Vec<_>>()
        })
        .collect();
    for listing in content.iter().filter(|((_, sk), _)| sk.starts_with("SKU#")).map(|(_, item)| item) {
        let product = &content[&(format!("PRODUCT#{}", text(listing, "productId")), "PRODUCT".to_owned())];
        let sold = news(product).unwrap().variants.into_iter().find(|v| v.sku == text(listing, "sku")).unwrap();
        assert_eq!(sold.price.amount(), hashes[&text(listing, "rowHash")]);
    }
}

mod typed;
