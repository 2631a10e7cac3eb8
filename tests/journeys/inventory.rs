//! Stock in several warehouses, as sellers and buyers see it.

use std::{cell::RefCell, collections::BTreeSet, time::Duration};

use rialto_testkit::{Listener, Product, Seller, Shop, eventually};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(150);

async fn post(seller: &Seller, path: &str, key: &str, form: &Value) -> Value {
    let key = [("idempotency-key", key)];
    let answer = seller.person.send_with("POST", path, &key, Some(form)).await;
    assert!([200, 201].contains(&answer.status), "{path}: {} {}", answer.status, answer.body);
    answer.body
}

async fn get(seller: &Seller, path: &str) -> Value {
    seller.person.send("GET", path, None).await.expect(200).body
}

async fn warehouse(seller: &Seller, form: &Value) -> String {
    let made = post(seller, "/v1/warehouses", form["name"].as_str().unwrap(), form).await;
    made["id"].as_str().unwrap().to_owned()
}

/// (on hand, reserved, available) of an offer in a warehouse.
async fn level(seller: &Seller, offer: &str, warehouse: &str) -> (i64, i64, i64) {
    let rows = seller.stock(offer).await;
    let row = rows.iter().find(|row| row["warehouseId"] == warehouse).cloned().unwrap_or_default();
    let units = |name: &str| row[name].as_i64().unwrap_or_default();
    (units("onHand"), units("reserved"), units("available"))
}

#[tokio::test]
async fn given_a_warehouse_near_and_one_far_when_an_order_goes_to_london_then_the_near_one_serves_it() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let offer = seller.list_product(Product::unique(0)).await;
    // The farther one first, and before the nearer by priority.
    let sydney = json!({"name": "Sydney", "country": "AU", "region": "NSW", "latitude": -33.87, "longitude": 151.21});
    let lille = json!({"name": "Lille", "country": "FR", "latitude": 50.63, "longitude": 3.07, "priority": 9});
    let (far, near) = (warehouse(&seller, &sydney).await, warehouse(&seller, &lille).await);
    for place in [&far, &near] {
        let receipt = json!({"offerId": offer, "warehouseId": place, "quantity": 3});
        post(&seller, "/v1/inventory/receipts", place, &receipt).await;
    }
    let buyer = shop.new_shopper().await;
    buyer.buy(&offer, 2, "pm_sandbox_approved").await.expect(201);
    assert_eq!((level(&seller, &offer, &near).await, level(&seller, &offer, &far).await), ((1, 0, 1), (3, 0, 3)));
    buyer.buy(&offer, 3, "pm_sandbox_approved").await.expect(201);
    let left = (level(&seller, &offer, &near).await, level(&seller, &offer, &far).await);
    assert_eq!(left, ((1, 0, 1), (0, 0, 0)), "the far one has all of it: no split");
    assert_eq!(shop.books().stock_of(&offer).await, (1, 0, 1));
}

#[tokio::test]
async fn given_a_transfer_when_it_goes_on_its_way_then_its_units_are_for_sale_only_where_they_are() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let offer = seller.list_product(Product::unique(5)).await;
    let home = seller.stock(&offer).await[0]["warehouseId"].as_str().unwrap().to_owned();
    let north = warehouse(&seller, &json!({"name": "North", "country": "GB", "postalCode": "LS1 4DY"})).await;
    let form = json!({"offerId": offer, "fromWarehouseId": home, "toWarehouseId": north, "quantity": 4});
    let transfer = post(&seller, "/v1/inventory/transfers", "send", &form).await;
    let path = format!("/v1/inventory/transfers/{}", transfer["id"].as_str().unwrap());
    assert_eq!(shop.books().stock_of(&offer).await, (1, 0, 1));
    assert_eq!(get(&seller, &path).await["state"], "in_transit");
    let received = post(&seller, &format!("{path}/receive"), "arrived", &json!({"quantity": 3})).await;
    assert_eq!((&received["state"], &received["lost"]), (&json!("received"), &json!(1)));
    assert_eq!(post(&seller, &format!("{path}/receive"), "arrived", &json!({"quantity": 3})).await, received);
    assert_eq!((level(&seller, &offer, &north).await, shop.books().stock_of(&offer).await), ((3, 0, 3), (4, 0, 4)));
    let key = [("idempotency-key", "too-late")];
    let late = seller.person.send_with("POST", &format!("{path}/cancel"), &key, None).await;
    assert_eq!(late.expect_problem(409, "CONFLICT")["state"], "received");

    let back = json!({"offerId": offer, "fromWarehouseId": north, "toWarehouseId": home, "quantity": 1});
    let second = post(&seller, "/v1/inventory/transfers", "back", &back).await["id"].as_str().unwrap().to_owned();
    let key = [("idempotency-key", "stop")];
    let stopped =
        seller.person.send_with("POST", &format!("/v1/inventory/transfers/{second}/cancel"), &key, None).await;
    assert_eq!(stopped.expect(200).body["state"], "cancelled");
    assert_eq!(level(&seller, &offer, &north).await, (3, 0, 3));
    let listed = get(&seller, "/v1/inventory/transfers").await;
    assert_eq!((&listed["items"][0]["id"], &listed["items"][1]["id"]), (&json!(second), &transfer["id"]));

    let ledger = get(&seller, &format!("/v1/inventory/{offer}/movements")).await;
    let mut reasons: Vec<_> =
        ledger["items"].as_array().unwrap().iter().map(|m| m["reason"].as_str().unwrap()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["arrived", "dispatched", "dispatched", "imported", "lost", "recalled"]);
}

#[tokio::test]
async fn given_a_threshold_when_stock_falls_and_is_counted_then_the_low_list_and_the_events_follow() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let offer = seller.list_product(Product::unique(7)).await;
    let bus = Listener::on_bus(&shop).await;
    let set = json!({"threshold": 5});
    let path = format!("/v1/inventory/{offer}/threshold");
    let standing = seller.person.send("PUT", &path, Some(&set)).await.expect(200).body;
    assert_eq!((&standing["alert"], &standing["threshold"]), (&json!("none"), &json!(5)));
    shop.new_shopper().await.buy(&offer, 2, "pm_sandbox_approved").await.expect(201);
    let alert = async |expected: &str| {
        eventually(&format!("{offer} is {expected}"), SOON, async || {
            let low = get(&seller, "/v1/inventory/low-stock").await;
            let item = low["items"].as_array()?.iter().find(|item| item["offerId"] == offer).cloned();
            item.filter(|item| item["alert"] == expected)
        })
        .await
    };
    assert_eq!(alert("low").await["available"], 5);

    let row = seller.stock(&offer).await[0].clone();
    let count = |version: &Value| {
        json!({"warehouseId": row["warehouseId"], "reason": "flood",
        "counts": [{"offerId": offer, "version": version, "quantity": 0}]})
    };
    let stale = post(&seller, "/v1/inventory/stocktakes", "stale", &count(&json!(1))).await;
    assert_eq!(stale["items"][0]["outcome"], "moved");
    let taken = post(&seller, "/v1/inventory/stocktakes", "count", &count(&row["version"])).await;
    assert_eq!((&taken["items"][0]["outcome"], &taken["items"][0]["delta"]), (&json!("booked"), &json!(-5)));
    assert_eq!(alert("depleted").await["available"], 0);
    assert_eq!(shop.books().stock_of(&offer).await, (0, 0, 0));

    let told = RefCell::new(BTreeSet::new());
    eventually("the bus tells both crossings", SOON, async || {
        let ours = bus.heard().await.into_iter().filter(|event| event.to_string().contains(&offer));
        told.borrow_mut().extend(ours.map(|event| event["detail-type"].as_str().unwrap().to_owned()));
        ["StockLow.v1", "StockDepleted.v1"].iter().all(|name| told.borrow().contains(*name)).then_some(())
    })
    .await;
    bus.end().await;
}

#[tokio::test]
async fn given_a_reservation_that_nobody_pays_when_its_time_is_up_then_the_sweeper_gives_its_units_back() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let offer = seller.list_product(Product::unique(3)).await;
    let id = |prefix: &str| format!("{prefix}_{}", offer.trim_start_matches("off_"));
    let order = json!({"orderId": id("ord"), "reservationId": id("rsv"), "destination": {"country": "GB"},
        "lines": [{"offerId": offer, "quantity": 2}]});
    let reserved = shop.invoke("inventory-reserve-stock", &order).await;
    assert_eq!(shop.books().stock_of(&offer).await, (3, 2, 1));
    let extend = json!({"reservationId": id("rsv"), "paymentClass": "manual_review"});
    let extended = shop.invoke("inventory-extend-reservation", &extend).await;
    assert!(extended["expiresAt"].as_str() > reserved["expiresAt"].as_str(), "{reserved} {extended}");
    assert_eq!(shop.invoke("inventory-extend-reservation", &extend).await, extended, "only once");
    eventually("the reservation expires", SOON, async || {
        shop.invoke("inventory-expire-reservations", &json!({})).await;
        (shop.books().stock_of(&offer).await == (3, 0, 3)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn given_the_stock_of_all_tests_when_reconciled_then_the_pass_ends() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(2)).await;
    let pass = shop.invoke("inventory-reconcile-stock", &json!({})).await;
    assert_eq!(pass["finished"], true, "{pass}");
    let findings = shop.books().under("inventory", &format!("FINDINGS#{offer}")).await;
    assert!(findings.is_empty(), "{findings:?}");
}
