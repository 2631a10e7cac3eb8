//! A shop with an index of its own, and events for it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use opensearch::http::{Method, headers::HeaderMap, transport::Transport};
use rialto_dynamo::Table;
use rialto_events::{
    Envelope,
    types::{AvailabilityChanged, AvailabilityStatus, ProductChanged, ProductStatus, VariantData},
};
use rialto_kernel::{Currency, EventId, Money, OfferId, ProductId, SellerId, Timestamp, VariantId};
use rialto_lambda::Message;
use search::{
    Rebuilder, SearchFailure, Searcher,
    domain::{Search, SearchResults},
    handlers::{Indexer, index_product, prepare_index},
    index::IndexError,
    open_search::OpenSearch,
    store::SearchStore,
};
use serde_json::Value;

/// For a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A shop of its own: alias, table and products.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) alias: String,
    pub(crate) store: SearchStore,
    pub(crate) index: OpenSearch,
    pub(crate) url: String,
}

impl Shop {
    /// `None` when there is no stack.
    pub(crate) async fn open() -> Option<Self> {
        let shop = Self::unprepared()?;
        prepare_index(&shop.rebuilder(), Value::Null).await.unwrap();
        Some(shop)
    }

    /// As [`Self::open`], before anything is in the index.
    pub(crate) fn unprepared() -> Option<Self> {
        let description = std::fs::read_to_string(std::env::var("RIALTO_STACK").ok()?).unwrap();
        let description: Value = serde_json::from_str(&description).unwrap();
        let url = description["opensearch"].as_str().unwrap().to_owned();
        let index = OpenSearch::connect(&url, None).unwrap();
        let alias = format!("test-{}-products", EventId::draw());
        Some(Self { alias, store: SearchStore::new(Table::in_memory("search")), index, url })
    }

    /// Asks the cluster itself.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Value) -> Value {
        let method = match method {
            "PUT" => Method::Put,
            _ => Method::Post,
        };
        let transport = Transport::single_node(&self.url).unwrap();
        let query: Option<&()> = None;
        let sent = transport.send(method, path, HeaderMap::new(), query, Some(body.to_string()), None);
        let answer = sent.await.unwrap();
        assert!(answer.status_code().is_success(), "{path}");
        answer.json().await.unwrap()
    }

    pub(crate) fn rebuilder(&self) -> Rebuilder {
        Rebuilder::over(self.alias.clone(), self.store.clone(), self.index.clone())
    }

    pub(crate) async fn deliver(&self, messages: Vec<Message>) {
        let indexer = Indexer::over(self.store.clone(), self.index.clone());
        assert_eq!(index_product(&indexer, messages).await, Vec::<String>::new());
    }

    pub(crate) async fn find(&self, search: &Search) -> SearchResults {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.searcher().search(search).await {
                Ok(results) => return results,
                // A busy machine answers late.
                Err(SearchFailure::Index(IndexError::Unavailable(_))) if Instant::now() < deadline => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    pub(crate) fn searcher(&self) -> Searcher {
        Searcher::over(self.alias.clone(), self.index.clone(), self.store.clone())
    }

    /// Waits until as many products are listed.
    pub(crate) async fn settle(&self, total: u64) {
        let deadline = Instant::now() + PATIENCE;
        while self.find(&browse()).await.total != total {
            assert!(Instant::now() < deadline, "not searchable in time");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn titles(&self, words: &str) -> Vec<String> {
        let results = self.find(&Search { words: Search::words(words).unwrap(), ..browse() }).await;
        results.items.into_iter().map(|item| item.title).collect()
    }
}

pub(crate) fn browse() -> Search {
    Search::browse(Timestamp::from_millisecond(1_700_000_000_000).unwrap(), 100)
}

pub(crate) fn seller(number: usize) -> SellerId {
    SellerId::named(&["test", &number.to_string()])
}

pub(crate) fn product(number: usize, title: &str, brand: &str, category: &str, price: i64) -> ProductChanged {
    let name = number.to_string();
    ProductChanged {
        product_id: ProductId::named(&[&name]),
        seller_id: seller(number / 2 % 2),
        status: ProductStatus::Active,
        title: title.to_owned(),
        description: "Made to last.".to_owned(),
        brand: (!brand.is_empty()).then(|| brand.to_owned()),
        category_path: category.split('>').map(str::to_owned).collect(),
        tags: Vec::new(),
        attributes: BTreeMap::from([
            ("color".to_owned(), ["Red", "Dark blue"][number % 2].to_owned()),
            ("grade".to_owned(), ["A", "B", "C"][number / 4 % 3].to_owned()),
        ]),
        images: Vec::new(),
        created_at: Timestamp::from_second(1_700_000_000 + i64::try_from(number / 3).unwrap()).unwrap(),
        variants: vec![VariantData {
            variant_id: VariantId::named(&[&name]),
            sku: format!("SKU-{number}"),
            offer_id: OfferId::named(&[&name]),
            options: BTreeMap::new(),
            price: Money::new(price, Currency::USD),
            image: None,
        }],
    }
}

fn message(envelope: &Envelope) -> Message {
    let body = serde_json::json!({"detail-type": envelope.event_type, "detail": envelope}).to_string();
    Message { id: envelope.id.to_string(), body, receive_count: 1 }
}

pub(crate) fn changed(product: &ProductChanged, version: u64) -> Message {
    message(&Envelope::of(product, product.product_id, version, rialto_lambda::now()).unwrap())
}

pub(crate) fn stocked(product: &ProductChanged, version: u64, status: AvailabilityStatus) -> Message {
    let offer_id = product.variants[0].offer_id;
    let data = AvailabilityChanged {
        offer_id,
        product_id: product.product_id,
        seller_id: product.seller_id,
        sku: "SKU".to_owned(),
        status,
        available: None,
    };
    message(&Envelope::of(&data, offer_id, version, rialto_lambda::now()).unwrap())
}
