//! Ranks a catalogue for queries, as the search does and as a plain `multi_match` of the same index does.
//!
//! `rank <OpenSearch URL> <products> <queries>`: products as JSON Lines (`sku`, `title`, `description`, `brand`, `category`
//! from the department down, `attributes`, `price` in minor units), queries as JSON Lines (`id`, `q`). Writes one line a
//! query: `id`, and the SKUs by `ours` and by `plain`, at most 50 each. The index is made under a name of its own, which the
//! first line says; who reads it deletes it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::panic,
    reason = "a tool of `make relevance`"
)]

use std::collections::BTreeMap;

use rialto_dynamo::Table;
use rialto_events::{
    Envelope,
    types::{AvailabilityChanged, AvailabilityStatus, ProductChanged, ProductStatus, VariantData},
};
use rialto_kernel::{Currency, EventId, Money, OfferId, ProductId, SellerId, Timestamp, VariantId};
use rialto_lambda::Message;
use search::{
    Rebuilder, Searcher,
    domain::Search,
    handlers::{Indexer, index_product, prepare_index},
    open_search::OpenSearch,
    store::SearchStore,
};
use serde::Deserialize;
use serde_json::{Value, json};

const DEPTH: u32 = 50;
const PLAIN_FIELDS: [&str; 5] = ["title", "brand", "description", "categoryNames", "attributeValues"];

#[derive(Deserialize)]
struct Product {
    sku: String,
    title: String,
    description: String,
    brand: Option<String>,
    category: Vec<String>,
    attributes: BTreeMap<String, String>,
    price: i64,
}

#[derive(Deserialize)]
struct Query {
    id: String,
    q: String,
}

fn lines<T: for<'de> Deserialize<'de>>(path: &str) -> Vec<T> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn message(envelope: &Envelope) -> Message {
    let body = json!({"detail-type": envelope.event_type, "detail": envelope}).to_string();
    Message { id: envelope.id.to_string(), body, receive_count: 1 }
}

fn messages(product: &Product, now: Timestamp) -> [Message; 2] {
    let (product_id, offer_id) = (ProductId::named(&[&product.sku]), OfferId::named(&[&product.sku]));
    let seller_id = SellerId::named(&["rank"]);
    let changed = ProductChanged {
        product_id,
        seller_id,
        status: ProductStatus::Active,
        title: product.title.clone(),
        description: product.description.clone(),
        brand: product.brand.clone(),
        category_path: product.category.clone(),
        tags: Vec::new(),
        attributes: product.attributes.clone(),
        images: Vec::new(),
        created_at: now,
        variants: vec![VariantData {
            variant_id: VariantId::named(&[&product.sku]),
            sku: product.sku.clone(),
            offer_id,
            options: BTreeMap::new(),
            price: Money::new(product.price, Currency::USD),
            image: None,
        }],
    };
    let stocked = AvailabilityChanged {
        offer_id,
        product_id,
        seller_id,
        sku: product.sku.clone(),
        status: AvailabilityStatus::InStock,
        available: None,
    };
    [
        message(&Envelope::of(&changed, product_id, 1, now).unwrap()),
        message(&Envelope::of(&stocked, offer_id, 1, now).unwrap()),
    ]
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, products, queries] = arguments.as_slice() else { panic!("rank <url> <products> <queries>") };
    let (products, queries): (Vec<Product>, Vec<Query>) = (lines(products), lines(queries));
    let index = OpenSearch::connect(url, None).unwrap();
    let alias = format!("relevance-{}", EventId::draw());
    let store = SearchStore::new(Table::in_memory("search"));
    let rebuilder = Rebuilder::over(alias.clone(), store.clone(), index.clone());
    let prepared = prepare_index(&rebuilder, Value::Null).await.unwrap();
    println!("{}", json!({"index": prepared.serving}));
    let indexer = Indexer::over(store.clone(), index.clone());
    let now = rialto_lambda::now();
    for batch in products.chunks(100) {
        let messages = batch.iter().flat_map(|product| messages(product, now)).collect();
        assert!(index_product(&indexer, messages).await.is_empty(), "not all products were taken");
    }
    let searcher = Searcher::over(alias.clone(), index.clone(), store);
    settle(&searcher, &search(None, now), products.len()).await;
    for query in queries {
        let ours = searcher.search(&search(Some(&query.q), now)).await.unwrap();
        let ours: Vec<String> = ours.items.into_iter().map(|item| item.sku).collect();
        let multi_match = json!({"multi_match": {"query": query.q, "fields": PLAIN_FIELDS}});
        let body = json!({"size": DEPTH, "_source": ["item"], "query": multi_match,
            "sort": [{"_score": "desc"}, {"productId": "asc"}]});
        let plain = index.find(&alias, "rank", &body, false).await.unwrap();
        println!("{}", json!({"id": query.id, "ours": ours, "plain": plain.skus()}));
    }
}

fn search(words: Option<&str>, now: Timestamp) -> Search {
    Search { words: words.map(str::to_owned), ..Search::browse(now, DEPTH) }
}

async fn settle(searcher: &Searcher, browse: &Search, products: usize) {
    for _ in 0..200 {
        if searcher.search(browse).await.is_ok_and(|found| usize::try_from(found.total) == Ok(products)) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("not searchable within 20 s");
}
