//! Every event is what its schema says.

use std::{collections::BTreeSet, fs};

use acceptance::repository;
use rialto_events::{Envelope, types::schemas};
use rialto_testkit::{Product, Shop};
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
