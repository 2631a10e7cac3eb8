//! Every event is what its schema says.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fs,
    time::Duration,
};

use acceptance::repository;
use rialto_events::{Envelope, types::schemas};
use rialto_testkit::{Listener, Product, Shop, eventually};
use serde_json::Value;

fn json(path: &str) -> Value {
    let text = fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

#[test]
fn given_each_type_of_event_when_its_sample_is_checked_then_it_matches_the_schema_and_reads_back() {
    let mut types = BTreeSet::new();
    for (name, _) in schemas() {
        let (schema, sample) =
            (json(&format!("events/schemas/{name}.json")), json(&format!("events/samples/{name}.json")));
        let validator = jsonschema::validator_for(&schema).unwrap();
        let faults: Vec<_> = validator.iter_errors(&sample).map(|error| error.to_string()).collect();
        assert_eq!(faults, Vec::<String>::new(), "{name}");
        let mut broken = sample.clone();
        broken["data"] = Value::Null;
        assert!(!validator.is_valid(&broken), "{name}: the schema lets anything through");
        let envelope: Envelope = serde_json::from_value(sample).unwrap();
        assert_eq!(envelope.event_type, name);
        types.insert(format!("{name}.json"));
    }
    for folder in ["events/samples", "events/schemas"] {
        let files: BTreeSet<_> = fs::read_dir(repository().join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(files, types, "{folder}");
    }
}

/// The news wait in the tables they were written to. A product's are gone once its availability is known: that write
/// has no news of its own.
#[tokio::test]
async fn given_the_news_in_the_tables_when_checked_then_each_matches_its_schema() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(3)).await;
    shop.new_shopper().await.buy(&offer, 1, "pm_sandbox_approved").await.expect(201);
    let mut seen = BTreeSet::new();
    for table in ["catalog", "inventory", "orders", "payments"] {
        for item in shop.books().all(table).await {
            for text in item["outbox"].as_array().into_iter().flatten() {
                let event: Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
                let name = event["type"].as_str().unwrap();
                let validator = jsonschema::validator_for(&json(&format!("events/schemas/{name}.json"))).unwrap();
                let faults: Vec<_> = validator.iter_errors(&event).map(|error| error.to_string()).collect();
                assert_eq!(faults, Vec::<String>::new(), "{event}");
                seen.insert(name.to_owned());
            }
        }
    }
    for name in
        ["StockMoved.v1", "AvailabilityChanged.v1", "OrderCreated.v1", "OrderConfirmed.v1", "PaymentCaptured.v1"]
    {
        assert!(seen.contains(name), "{name} is not among {seen:?}");
    }
}

/// What a purchase and the listing before it tell, in any order.
const TOLD: [&str; 8] = [
    "ProductChanged.v1",
    "StockMoved.v1",
    "AvailabilityChanged.v1",
    "OrderCreated.v1",
    "OrderPaymentPending.v1",
    "PaymentAuthorised.v1",
    "PaymentCaptured.v1",
    "OrderConfirmed.v1",
];

#[tokio::test]
async fn given_a_listener_on_the_bus_when_something_is_listed_and_sold_then_it_hears_each_event_as_its_schema_says() {
    let shop = Shop::open().await;
    let listener = Listener::on_bus(&shop).await;
    let seller = shop.new_seller().await;
    let offer = seller.list_product(Product::unique(3)).await;
    let shopper = shop.new_shopper().await;
    let order = shopper.buy(&offer, 1, "pm_sandbox_approved").await.expect(201).text("/id");
    let heard = RefCell::new(Vec::new());
    let about_ours = |event: &Value| {
        let text = event.to_string();
        [&offer, &order, &seller.id].iter().any(|id| text.contains(id.as_str()))
    };
    eventually("the bus tells all of the purchase", Duration::from_secs(60), async || {
        let more = listener.heard().await;
        heard.borrow_mut().extend(more);
        let told: BTreeSet<_> = heard.borrow().iter().filter(|event| about_ours(event)).map(type_of).collect();
        TOLD.iter().all(|name| told.contains(*name)).then_some(())
    })
    .await;
    listener.end().await;

    let (mut validators, mut by_id) = (BTreeMap::new(), BTreeMap::new());
    for delivery in heard.take() {
        let (event, name) = (&delivery["detail"], type_of(&delivery));
        assert_eq!((&delivery["detail-type"], &delivery["source"]), (&event["type"], &event["source"]));
        let validator = validators
            .entry(name.clone())
            .or_insert_with(|| jsonschema::validator_for(&json(&format!("events/schemas/{name}.json"))).unwrap());
        let faults: Vec<_> = validator.iter_errors(event).map(|error| error.to_string()).collect();
        assert_eq!(faults, Vec::<String>::new(), "{event}");
        let first = by_id.entry(event["id"].to_string()).or_insert_with(|| event.clone());
        assert_eq!(first, event, "one id stands for one event");
        for personal in [shopper.email.as_str(), seller.person.email.as_str(), "Ada Lovelace", "SW1Y 4JH"] {
            assert!(!delivery.to_string().contains(personal), "the bus tells of a person: {event}");
        }
    }
}

fn type_of(delivery: &Value) -> String {
    delivery["detail"]["type"].as_str().unwrap().to_owned()
}
