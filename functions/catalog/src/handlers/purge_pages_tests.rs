use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture},
        orchestrator::{HttpRequest, HttpResponse},
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use rialto_dynamo::Table;
use rialto_events::types::{AvailabilityStatus, ProductStatus};
use rialto_kernel::{OfferId, SellerId, Timestamp};

use super::*;
use crate::{
    handlers::testing::{listed, row, seller},
    store::{Sale, testing_sdk::sdk},
};

/// A CDN that remembers what it was told, or refuses.
#[derive(Debug, Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>, bool);

impl HttpConnector for Told {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        assert!(request.uri().contains("/distribution/E1/invalidation"), "{}", request.uri());
        let body = String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap();
        let (status, answer) = if self.1 {
            (
                400,
                "<ErrorResponse><Error><Code>TooManyInvalidationsInProgress</Code></Error></ErrorResponse>".to_owned(),
            )
        } else {
            self.0.lock().unwrap().push(body.clone());
            let batch = body.split_once("?>").map_or(body.as_str(), |(_, batch)| batch);
            let time = "<CreateTime>2026-01-01T00:00:00Z</CreateTime>";
            (201, format!("<Invalidation><Id>I1</Id><Status>InProgress</Status>{time}{batch}</Invalidation>"))
        };
        let status = StatusCode::try_from(status).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer))))
    }
}

impl Told {
    /// The texts of one element, of each request.
    fn texts(&self, element: &str) -> Vec<Vec<String>> {
        let of = |body: &String| {
            let opening = format!("<{element}>");
            let texts = body.split(&opening).skip(1);
            let mut texts: Vec<String> = texts.filter_map(|rest| Some(rest.split_once("</")?.0.to_owned())).collect();
            texts.sort();
            texts
        };
        self.0.lock().unwrap().iter().map(of).collect()
    }

    fn purger(&self, store: &Store) -> Purger {
        rialto_lambda::testing::settings([("CDN_DISTRIBUTION".to_owned(), "E1".to_owned())].into());
        let context = Context::simulated("catalog", sdk("cdn.test", self.clone()), Arc::default());
        Purger { store: store.clone(), cdn: Cdn::new(&context).unwrap(), paths: Metric::unpublished() }
    }
}

fn message<E: Event>(id: &str, news: &E, subject: ProductId) -> Message {
    let body = serde_json::to_string(&Envelope::of(news, subject, 1, Timestamp::UNIX_EPOCH).unwrap()).unwrap();
    Message { id: id.to_owned(), body: format!(r#"{{"detail": {body}}}"#), receive_count: 1 }
}

fn stocked(id: &str, product_id: ProductId) -> Message {
    let news = AvailabilityChanged {
        offer_id: OfferId::named(&["o"]),
        product_id,
        seller_id: SellerId::named(&["s"]),
        sku: "A".to_owned(),
        status: AvailabilityStatus::InStock,
        available: None,
    };
    message(id, &news, product_id)
}

fn gone(id: &str, product_id: ProductId) -> Message {
    let news = ProductChanged {
        product_id,
        seller_id: SellerId::named(&["s"]),
        status: ProductStatus::Archived,
        title: "B".to_owned(),
        description: String::new(),
        brand: None,
        category_path: vec!["C".to_owned()],
        tags: Vec::new(),
        attributes: std::collections::BTreeMap::new(),
        images: Vec::new(),
        created_at: Timestamp::UNIX_EPOCH,
        variants: Vec::new(),
    };
    message(id, &news, product_id)
}

#[tokio::test]
async fn given_news_of_products_when_purged_then_each_page_is_one_path_by_id_and_by_slug_and_shown_or_not() {
    let store = Store::new(Table::in_memory("t"));
    let shown = listed(&store, "s", "A", Sale::Now).await;
    let draft = listed(&store, "s", "B", Sale::Draft { publish_at: None }).await;
    let unknown = row("C", &[]).product_id(seller("s").seller_id);
    let told = Told::default();
    let purger = told.purger(&store);
    let news = || vec![stocked("1", shown), gone("2", draft), stocked("3", shown), stocked("4", unknown)];
    assert_eq!(purge_pages(&purger, news()).await, Vec::<String>::new());
    let mut paths = [shown, draft, unknown].map(|id| format!("/v1/products/{id}")).to_vec();
    paths.extend([format!("/v1/products/by-slug/a-{shown}"), format!("/v1/products/by-slug/b-{draft}")]);
    paths.sort();
    assert_eq!(told.texts("Path"), [paths]);
    assert_eq!(told.texts("Quantity"), [["5"]]);
    let again = news().into_iter().rev().collect();
    assert_eq!(purge_pages(&purger, again).await, Vec::<String>::new());
    assert_eq!(purge_pages(&purger, vec![stocked("5", shown)]).await, Vec::<String>::new());
    let references = told.texts("CallerReference");
    assert_eq!(references[0], references[1], "the same messages are the same request");
    assert_ne!(references[0], references[2]);
}

#[tokio::test]
async fn given_news_of_very_many_products_when_purged_then_everything_is_forgotten_as_one_path() {
    let told = Told::default();
    let purger = told.purger(&Store::new(Table::in_memory("t")));
    let of = |n: usize| stocked(&n.to_string(), ProductId::named(&[&n.to_string()]));
    assert_eq!(purge_pages(&purger, (0..MANY).map(of).collect()).await, Vec::<String>::new());
    assert_eq!(purge_pages(&purger, (1..MANY).map(of).collect()).await, Vec::<String>::new());
    let counts: Vec<usize> = told.texts("Path").iter().map(Vec::len).collect();
    assert_eq!((counts, told.texts("Path")[0].as_slice()), (vec![1, MANY - 1], [ALL.to_owned()].as_slice()));
}

#[tokio::test]
async fn given_a_cdn_that_refuses_or_news_that_cannot_be_read_when_purged_then_the_messages_come_again() {
    let store = Store::new(Table::in_memory("t"));
    let product = listed(&store, "s", "A", Sale::Now).await;
    let broken = || Message { id: "broken".to_owned(), body: "{}".to_owned(), receive_count: 1 };
    let told = Told::default();
    assert_eq!(purge_pages(&told.purger(&store), vec![broken(), stocked("1", product)]).await, ["broken"]);
    assert_eq!(told.texts("Path").len(), 1, "what can be read is purged");
    assert_eq!(purge_pages(&told.purger(&store), vec![broken()]).await, ["broken"]);
    assert_eq!(told.texts("Path").len(), 1, "nothing to purge is no request");
    let refusing = Told(Arc::default(), true);
    assert_eq!(purge_pages(&refusing.purger(&store), vec![broken(), stocked("1", product)]).await, ["broken", "1"]);
}
