//! Small and large indexes: how long they take to fill and to rebuild, and searching them beside the same `_search` sent
//! straight.
//!
//! The table is in memory, so what is measured is our code and OpenSearch.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use opensearch::http::{
    Method, Url,
    headers::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue},
    transport::{SingleNodeConnectionPool, Transport, TransportBuilder},
};
use rialto_dynamo::Table;
use rialto_events::{
    Envelope,
    types::{AvailabilityChanged, AvailabilityStatus, ProductChanged, ProductStatus, VariantData},
};
use rialto_kernel::{Currency, EventId, Money, OfferId, ProductId, SellerId, Timestamp, VariantId};
use rialto_lambda::Message;
use search::{
    Rebuilder, Searcher,
    domain::{Phase, Ranking, Search, Wording, query_body, suggest_body},
    handlers::{Indexer, index_product, prepare_index},
    open_search::OpenSearch,
    store::SearchStore,
};
use serde_json::{Value, json};

use crate::measure::{cpu, median, percentile};

const SIZES: [usize; 2] = [1_000, 100_000];
const BATCH: usize = 100;
const WARM_UP: usize = 20;
const TURNS: usize = 200;
const REBUILD_WITHIN: Duration = Duration::from_secs(1800);
/// Each is answered by 10 products or more of the smallest index, so it is one request.
const QUERIES: [&str; 3] = ["lamp", "blue lamp", "vantor kettle"];
const BEGINNING: &str = "blue st";

const COLORS: [&str; 10] = ["Blue", "Red", "Green", "Black", "White", "Grey", "Yellow", "Brown", "Pink", "Orange"];
const MATERIALS: [&str; 8] = ["Steel", "Oak", "Cotton", "Glass", "Leather", "Bamboo", "Ceramic", "Wool"];
const NOUNS: [&str; 12] = [
    "Lamp",
    "Kettle",
    "Chair",
    "Blanket",
    "Headphones",
    "Backpack",
    "Notebook",
    "Mug",
    "Shelf",
    "Speaker",
    "Jacket",
    "Pan",
];
const BRANDS: [&str; 7] = ["Vantor", "Ostra", "Pellan", "Quivo", "Brennt", "Lumera", "Tasko"];

pub(crate) async fn run(address: &str) {
    let url = Url::parse(address).expect("an address");
    let builder = TransportBuilder::new(SingleNodeConnectionPool::new(url)).disable_proxy();
    let straight = builder.header(ACCEPT_ENCODING, HeaderValue::from_static("identity")).build().expect("a client");
    for size in SIZES {
        println!("  {size} products");
        let shop = Shop::filled(address, size).await;
        shop.rebuild().await;
        for words in QUERIES {
            shop.compare(&straight, words).await;
        }
        shop.compare_suggest(&straight).await;
        shop.end().await;
    }
}

/// An index of products, and the table that it is made from.
struct Shop {
    alias: String,
    now: Timestamp,
    store: SearchStore,
    index: OpenSearch,
    rebuilder: Rebuilder,
    searcher: Searcher,
}

impl Shop {
    async fn filled(address: &str, size: usize) -> Self {
        let index = OpenSearch::connect(address, None).expect("an address");
        let store = SearchStore::new(Table::in_memory("search"));
        let alias = format!("bench-{}", EventId::draw());
        let rebuilder = Rebuilder::over(alias.clone(), store.clone(), index.clone());
        prepare_index(&rebuilder, Value::Null).await.expect("an index");
        let searcher = Searcher::over(alias.clone(), index.clone(), store.clone());
        let now = rialto_lambda::now();
        let shop = Self { alias, now, store, index, rebuilder, searcher };
        shop.fill(size).await;
        shop
    }

    async fn fill(&self, size: usize) {
        let (began, cpu_before) = (Instant::now(), cpu());
        let indexer = Indexer::over(self.store.clone(), self.index.clone());
        let numbers: Vec<usize> = (0..size).collect();
        for batch in numbers.chunks(BATCH) {
            let news = batch.iter().flat_map(|number| news(*number, self.now)).collect();
            assert!(index_product(&indexer, news).await.is_empty(), "not all products were taken");
        }
        println!(
            "    filled from events: {:.0} s, {:.0} s of them the functions'",
            began.elapsed().as_secs_f64(),
            (cpu() - cpu_before).as_secs_f64()
        );
    }

    async fn rebuild(&self) {
        let (began, cpu_before) = (Instant::now(), cpu());
        self.rebuilder.start(None).await.expect("a start");
        let indexes = self.rebuilder.work(REBUILD_WITHIN).await.expect("an index");
        let rebuild = indexes.rebuild.expect("a rebuilding");
        assert_eq!(rebuild.phase, Phase::Done, "the rebuilding is not done");
        println!(
            "    rebuilt and verified {}: {:.0} s, {:.0} s of them the function's",
            rebuild.verified,
            began.elapsed().as_secs_f64(),
            (cpu() - cpu_before).as_secs_f64()
        );
    }

    async fn compare(&self, client: &Transport, words: &str) {
        let search = Search { words: Some(words.to_owned()), ..Search::browse(self.now, 24) };
        let wording = Wording { readings: vec![words.to_owned()], ..Wording::default() };
        let body = query_body(&search, &wording, &Ranking::default(), false).to_string();
        let (mut ours, mut straight) = (Load::default(), Load::default());
        for turn in 0..WARM_UP + TURNS {
            let answer = ours.take(turn, self.searcher.search(&search)).await.expect("an answer");
            assert!(answer.total > 0, "{words} is answered by nothing");
            straight.take(turn, self.straight(client, &body)).await;
        }
        report(&format!("search {words:?}"), &ours, &straight);
    }

    async fn compare_suggest(&self, client: &Transport) {
        let body = suggest_body(BEGINNING).to_string();
        let (mut ours, mut straight) = (Load::default(), Load::default());
        for turn in 0..WARM_UP + TURNS {
            let answer = ours.take(turn, self.searcher.suggest(BEGINNING)).await.expect("an answer");
            assert!(!answer.products.is_empty(), "nothing is suggested");
            straight.take(turn, self.straight(client, &body)).await;
        }
        report(&format!("suggest {BEGINNING:?}"), &ours, &straight);
    }

    /// The answer's bytes, unread.
    async fn straight(&self, client: &Transport, body: &str) {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let path = format!("{}/_search", self.alias);
        let sent = client.send(Method::Post, &path, headers, None::<&()>, Some(body.to_owned()), None).await;
        let answer = sent.expect("an answer");
        assert!(answer.status_code().is_success(), "OpenSearch refuses the query");
        answer.text().await.expect("a whole answer");
    }

    async fn end(self) {
        let indexes = self.rebuilder.indexes().await.expect("indexes");
        for index in indexes.targets() {
            self.index.delete(&index).await.expect("an index");
        }
    }
}

/// What requests took: milliseconds on the clock, and of this thread.
#[derive(Default)]
struct Load {
    clock: Vec<f64>,
    cpu: Vec<f64>,
}

impl Load {
    async fn take<T>(&mut self, turn: usize, request: impl Future<Output = T>) -> T {
        let (began, cpu_before) = (Instant::now(), cpu());
        let answer = request.await;
        if turn >= WARM_UP {
            self.clock.push(began.elapsed().as_secs_f64() * 1e3);
            self.cpu.push((cpu() - cpu_before).as_secs_f64() * 1e3);
        }
        answer
    }

    fn said(&self) -> String {
        let [p50, p99] = [50, 99].map(|percent| percentile(&self.clock, percent));
        format!("p50 {p50:5.1} p99 {p99:5.1} ms, CPU {:4.2} ms", median(self.cpu.iter().copied()))
    }
}

fn report(what: &str, ours: &Load, straight: &Load) {
    let ratio = percentile(&ours.clock, 50) / percentile(&straight.clock, 50);
    println!("    {what}: {}; straight {}; ratio of the p50s {ratio:.2}", ours.said(), straight.said());
}

/// What is known of one product: what it is, and that it can be bought.
fn news(number: usize, now: Timestamp) -> [Message; 2] {
    let text = number.to_string();
    let (product_id, offer_id) = (ProductId::named(&[&text]), OfferId::named(&[&text]));
    let seller_id = SellerId::named(&["bench"]);
    let [color, material, noun, brand] = words(number);
    let sku = format!("BENCH-{number:06}");
    let changed = ProductChanged {
        product_id,
        seller_id,
        status: ProductStatus::Active,
        title: format!("{brand} {color} {material} {noun} {number}"),
        description: format!(
            "A {noun} of {material} by {brand}, in {color}, for home and garden. Number {number} of its kind."
        ),
        brand: Some(brand.to_owned()),
        category_path: vec!["Home".to_owned(), material.to_owned(), noun.to_owned()],
        tags: Vec::new(),
        attributes: BTreeMap::from(
            [("color", color), ("material", material)].map(|(name, value)| (name.to_owned(), value.to_owned())),
        ),
        images: Vec::new(),
        created_at: now,
        variants: vec![VariantData {
            variant_id: VariantId::named(&[&text]),
            sku: sku.clone(),
            offer_id,
            options: BTreeMap::new(),
            price: Money::new(i64::try_from(number % 20_000).expect("a small number") + 100, Currency::USD),
            image: None,
        }],
    };
    let stocked = AvailabilityChanged {
        offer_id,
        product_id,
        seller_id,
        sku,
        status: AvailabilityStatus::InStock,
        available: None,
    };
    [
        message(&Envelope::of(&changed, product_id, 1, now).expect("an event")),
        message(&Envelope::of(&stocked, offer_id, 1, now).expect("an event")),
    ]
}

/// Color, material, noun and brand: every combination in turn, as the lists' lengths and strides differ.
fn words(number: usize) -> [&'static str; 4] {
    let pick = |list: &'static [&'static str], place: usize| *list.get(place % list.len()).expect("a word");
    [pick(&COLORS, number), pick(&MATERIALS, number / 10), pick(&NOUNS, number / 80), pick(&BRANDS, number)]
}

fn message(envelope: &Envelope) -> Message {
    let body = json!({"detail-type": envelope.event_type, "detail": envelope}).to_string();
    Message { id: envelope.id.to_string(), body, receive_count: 1 }
}
