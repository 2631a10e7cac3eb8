//! What another writes between a read and the write that follows from it: the condition decides, not the read.

use rialto_dynamo::{Fault, Faults, Put, Read, Table, Write, testing};
use rialto_events::types::{AvailabilityChanged, AvailabilityStatus, ProductChanged, ProductStatus, VariantData};
use rialto_kernel::{Currency, Money, SellerId, SignedDuration, Timestamp, VariantId};
use serde_json::Value;

use super::*;
use crate::domain::{Cart, Frozen, samples};

const NONE: [Write; 0] = [];

async fn stores() -> Vec<(Table, Store)> {
    let tables = testing::tables("carts").await.unwrap();
    tables.into_iter().map(|table| (table.clone(), Store::new(table))).collect()
}

/// The store, before whose first write another makes theirs.
fn after(table: &Table, rival: Put) -> Store {
    Store::new(table.clone().with_faults(Faults::new().at(1, Fault::Rival(vec![rival.into()]))))
}

fn at(minutes: i64) -> Timestamp {
    samples::now() + SignedDuration::from_mins(minutes)
}

async fn row(table: &Table, key: &Key) -> Option<Value> {
    table.get(key, Read::Strong).await.unwrap()
}

fn cart(version: u64) -> Cart {
    Cart { version, ..samples::empty() }
}

#[tokio::test]
async fn given_a_cart_that_is_there_or_is_at_another_version_when_saved_then_it_is_read_again() {
    for (_, store) in stores().await {
        assert!(store.save(&cart(1), 0, at(9), NONE).await.unwrap());
        assert!(!store.save(&cart(1), 0, at(9), NONE).await.unwrap(), "begun twice");
        assert!(store.save(&cart(2), 1, at(9), NONE).await.unwrap());
        assert!(!store.save(&cart(2), 1, at(9), NONE).await.unwrap(), "from one version twice");
    }
}

#[tokio::test]
async fn given_what_belongs_to_a_change_when_it_does_not_hold_then_the_cart_is_not_saved() {
    for (_, store) in stores().await {
        let (adding, order) = (EventId::named(&["adding"]), OrderId::named(&["order"]));
        assert!(store.save(&cart(1), 0, at(9), [store.noting(adding, at(0)).unwrap()]).await.unwrap());
        assert!(!store.save(&cart(2), 1, at(9), [store.noting(adding, at(0)).unwrap()]).await.unwrap(), "added twice");
        store.close(order, at(0)).await.unwrap();
        assert!(
            !store.save(&cart(2), 1, at(9), [store.still_open(order)]).await.unwrap(),
            "frozen by an order that ended"
        );
        assert!(store.save(&cart(2), 1, at(9), [store.still_open(OrderId::named(&["other"]))]).await.unwrap());
    }
}

#[tokio::test]
async fn given_no_cart_or_one_that_a_checkout_holds_when_removed_then_there_was_none_to_remove() {
    for (_, store) in stores().await {
        let id = samples::empty().id;
        assert!(!store.remove_cart(id).await.unwrap());
        let frozen = Some(Frozen { by: OrderId::named(&["order"]), version: 0 });
        assert!(store.save(&Cart { frozen, ..cart(1) }, 0, at(9), NONE).await.unwrap());
        assert!(!store.remove_cart(id).await.unwrap());
        assert!(store.save(&cart(2), 1, at(9), NONE).await.unwrap());
        assert!(store.remove_cart(id).await.unwrap());
    }
}

fn product(name: &str, cents: i64) -> ProductChanged {
    let variant = VariantData {
        variant_id: VariantId::named(&["s", "a"]),
        sku: "a".to_owned(),
        offer_id: OfferId::named(&["s", "a"]),
        options: std::collections::BTreeMap::new(),
        price: Money::new(cents, Currency::USD),
        image: None,
    };
    ProductChanged {
        product_id: ProductId::named(&["s", name]),
        seller_id: SellerId::named(&["s"]),
        status: ProductStatus::Active,
        title: name.to_owned(),
        description: String::new(),
        brand: None,
        category_path: vec!["A".to_owned()],
        tags: Vec::new(),
        attributes: std::collections::BTreeMap::new(),
        images: Vec::new(),
        created_at: at(0),
        variants: vec![variant],
    }
}

/// Without the offer.
fn emptied(name: &str) -> ProductChanged {
    ProductChanged { variants: Vec::new(), ..product(name, 0) }
}

/// Price, product and status of the offer.
async fn offered(table: &Table) -> (i64, String, String) {
    let offer = row(table, &offer_key(OfferId::named(&["s", "a"]))).await.unwrap();
    let text = |name: &str| offer[name].as_str().unwrap().to_owned();
    (offer["price"]["amount"].as_i64().unwrap(), text("title"), text("status"))
}

#[tokio::test]
async fn given_news_of_a_version_that_is_known_when_told_otherwise_then_the_first_stays() {
    for (table, store) in stores().await {
        store.product_changed(&product("lamp", 100), 3, at(3)).await.unwrap();
        let before = offered(&table).await;
        // Told of another product, of which no list of offers is known, so that only the offer's own row can refuse.
        for (name, version, minute) in [("lamp", 3, 3), ("lamp", 2, 9), ("set", 9, 3), ("set", 9, 2)] {
            let key = product_key(ProductId::named(&["s", name]));
            table.delete(rialto_dynamo::Delete::of(key)).await.unwrap();
            store.product_changed(&product(name, 777), version, at(minute)).await.unwrap();
            assert_eq!(offered(&table).await, before, "{name} {version} at {minute}");
        }
        table.delete(rialto_dynamo::Delete::of(product_key(ProductId::named(&["s", "set"])))).await.unwrap();
        store.product_changed(&product("set", 200), 1, at(4)).await.unwrap();
        assert_eq!(offered(&table).await, (200, "set".to_owned(), before.2.clone()), "a later time");
        store.product_changed(&product("set", 300), 10, at(1)).await.unwrap();
        assert_eq!(offered(&table).await.0, 300, "a greater version");
    }
}

#[tokio::test]
async fn given_an_offer_of_another_product_or_of_a_later_version_when_withdrawn_then_it_stays() {
    for (table, store) in stores().await {
        store.product_changed(&product("lamp", 100), 3, at(3)).await.unwrap();
        store.product_changed(&product("set", 200), 1, at(4)).await.unwrap();
        let sold = offered(&table).await;
        store.product_changed(&emptied("lamp"), 9, at(5)).await.unwrap();
        assert_eq!(offered(&table).await, sold, "it is the other product's");
        let key = offer_key(OfferId::named(&["s", "a"]));
        table.update(rialto_dynamo::Update::of(key).set("productVersion", 2)).await.unwrap();
        store.product_changed(&emptied("set"), 2, at(5)).await.unwrap();
        assert_eq!(offered(&table).await, sold, "told at this version already");
    }
}

#[tokio::test]
async fn given_another_told_list_of_offers_when_a_product_changes_then_it_is_read_again() {
    for (table, store) in stores().await {
        let key = product_key(ProductId::named(&["s", "lamp"]));
        let rival = |version: u64| {
            let list: [String; 0] = [];
            Put::of(key.clone()).with("version", version).with("offers", rialto_dynamo::to_value(&list).unwrap())
        };
        // The first write lists the offer under its SKU.
        after(&table, rival(9)).product_changed(&product("lamp", 100), 3, at(3)).await.unwrap();
        assert_eq!(row(&table, &key).await.unwrap()["version"], 9, "there was none");
        // The first write is of the list.
        store.product_changed(&emptied("lamp"), 10, at(4)).await.unwrap();
        after(&table, rival(20)).product_changed(&emptied("lamp"), 11, at(5)).await.unwrap();
        assert_eq!(row(&table, &key).await.unwrap()["version"], 20, "there was another");
    }
}

#[tokio::test]
async fn given_an_offer_that_is_listed_under_its_sku_when_listed_again_then_it_is_there_once() {
    for (table, store) in stores().await {
        for version in [1, 2] {
            table.delete(rialto_dynamo::Delete::of(product_key(ProductId::named(&["s", "lamp"])))).await.unwrap();
            store.product_changed(&product("lamp", 100), version, at(3)).await.unwrap();
        }
        let listed = row(&table, &sku_key(&"a".parse().unwrap())).await.unwrap();
        assert_eq!(listed["offers"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn given_a_band_of_a_version_that_is_known_when_told_otherwise_then_the_first_stays() {
    for (table, store) in stores().await {
        for (version, available) in [(2, 5), (2, 9), (1, 9)] {
            let change = AvailabilityChanged {
                offer_id: OfferId::named(&["s", "a"]),
                product_id: ProductId::named(&["s", "lamp"]),
                seller_id: SellerId::named(&["s"]),
                sku: "a".to_owned(),
                status: AvailabilityStatus::Low,
                available: Some(available),
            };
            store.availability_changed(&change, version).await.unwrap();
            let told = row(&table, &offer_key(change.offer_id)).await.unwrap();
            assert_eq!(told["availabilityVersion"], 2);
            assert!(told["availability"].to_string().contains('5'), "{told}");
        }
    }
}
