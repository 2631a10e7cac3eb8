//! Transfers, stocktakes, thresholds and lists.

use rialto_kernel::{Cursor, TransferId, WarehouseId};

use super::*;
use crate::domain::PaymentClass;

/// A shop with five units of A and B in the default warehouse, and an empty warehouse in Reno.
async fn two_warehouses() -> (Inventory, Value, Value) {
    let (inventory, reno) = shop().await;
    let home = shown(&inventory, selling("ada"), "A").await.unwrap()["items"][0]["warehouseId"].clone();
    (inventory, home, reno["id"].clone())
}

fn at(id: &Value, body: &Value, key: &str) -> Request {
    let request = request("POST", "/").json(body).header("idempotency-key", key);
    request.path("id", id.as_str().unwrap()).build()
}

fn get(path: &str) -> Request {
    request("GET", path).build()
}

#[tokio::test]
async fn given_a_transfer_when_dispatched_received_and_repeated_then_answers_and_stock_are_as_documented() {
    let (inventory, home, reno) = two_warehouses().await;
    let body = json!({"sku": "A", "fromWarehouseId": home, "toWarehouseId": reno, "quantity": 4, "reason": "summer"});
    let sent = dispatch_transfer(&inventory, selling("ada"), post(&body, "t")).await.unwrap();
    assert_eq!(sent.status(), StatusCode::CREATED);
    let transfer = json_of(&sent);
    assert_eq!(sent.headers()["location"], format!("/v1/inventory/transfers/{}", transfer["id"].as_str().unwrap()));
    assert_eq!(json_of(&dispatch_transfer(&inventory, selling("ada"), post(&body, "t")).await.unwrap()), transfer);
    assert_eq!((&transfer["state"], &transfer["quantity"]), (&json!("in_transit"), &json!(4)));
    let show = request("GET", "/").path("id", transfer["id"].as_str().unwrap()).build();
    assert_eq!(json_of(&show_transfer(&inventory, operating(), show).await.unwrap()), transfer);

    for (quantity, key, expected) in [(5, "r0", code::INVALID_VALUE)] {
        let request = at(&transfer["id"], &json!({"quantity": quantity}), key);
        let problem = receive_transfer(&inventory, selling("ada"), request).await.unwrap_err();
        assert_eq!(problem.code(), expected);
    }
    for _ in 0..2 {
        let request = at(&transfer["id"], &json!({"quantity": 3}), "r");
        let received = json_of(&receive_transfer(&inventory, selling("ada"), request).await.unwrap());
        assert_eq!(
            (&received["state"], &received["received"], &received["lost"]),
            (&json!("received"), &json!(3), &json!(1))
        );
    }
    let late = cancel_transfer(&inventory, selling("ada"), at(&transfer["id"], &Value::Null, "c")).await.unwrap();
    assert_eq!((late.status(), &json_of(&late)["state"]), (StatusCode::CONFLICT, &json!("received")));
    let rows = shown(&inventory, selling("ada"), "A").await.unwrap();
    let mut units: Vec<_> =
        rows["items"].as_array().unwrap().iter().map(|row| row["onHand"].as_u64().unwrap()).collect();
    units.sort_unstable();
    assert_eq!(units, [1, 3]);
}

#[tokio::test]
async fn given_another_sellers_things_when_transferred_or_counted_then_they_are_not_found_and_nothing_moves() {
    let (inventory, home, reno) = two_warehouses().await;
    imported(&inventory, "eve", &["E"], 5).await;
    let theirs = shown(&inventory, selling("eve"), "E").await.unwrap()["items"][0]["warehouseId"].clone();
    let body = json!({"sku": "A", "fromWarehouseId": home, "toWarehouseId": reno, "quantity": 1});
    let transfer = json_of(&dispatch_transfer(&inventory, selling("ada"), post(&body, "t")).await.unwrap());
    let before = items(inventory.table()).await.unwrap().len();
    for (from, to) in [(&home, &theirs), (&theirs, &reno), (&home, &json!(WarehouseId::draw()))] {
        let body = json!({"sku": "A", "fromWarehouseId": from, "toWarehouseId": to, "quantity": 1});
        let problem = dispatch_transfer(&inventory, selling("ada"), post(&body, "u")).await.unwrap_err();
        assert_eq!(problem.code(), code::NOT_FOUND);
    }
    let problem =
        cancel_transfer(&inventory, selling("eve"), at(&transfer["id"], &Value::Null, "c")).await.unwrap_err();
    assert_eq!(problem.code(), code::NOT_FOUND);
    let unknown = at(&json!(TransferId::draw()), &json!({"quantity": 1}), "r");
    assert_eq!(receive_transfer(&inventory, selling("ada"), unknown).await.unwrap_err().code(), code::NOT_FOUND);
    let same = json!({"sku": "A", "fromWarehouseId": home, "toWarehouseId": home, "quantity": 1});
    let problem = dispatch_transfer(&inventory, selling("ada"), post(&same, "s")).await.unwrap_err();
    assert_eq!(problem.code(), code::INVALID_VALUE);
    let counts = json!({"warehouseId": home, "counts": [{"sku": "E", "version": 1, "quantity": 0}]});
    assert_eq!(take_stock(&inventory, selling("eve"), post(&counts, "k")).await.unwrap_err().code(), code::NOT_FOUND);
    assert_eq!(items(inventory.table()).await.unwrap().len(), before);
}

#[tokio::test]
async fn given_a_stocktake_when_counted_then_each_offer_is_answered_and_bad_ones_book_nothing() {
    let (inventory, home, reno) = two_warehouses().await;
    reserve_stock(&steps(&inventory), order(ReservationId::draw(), &[("B", 2)])).await.unwrap();
    let count = |sku: &str, version: u64, quantity: u32| json!({"sku": sku, "version": version, "quantity": quantity});
    let counts = [count("A", 1, 4), count("B", 2, 1)];
    let body = json!({"warehouseId": home, "reason": "year's end", "counts": counts});
    for _ in 0..2 {
        let taken = take_stock(&inventory, selling("ada"), post(&body, "k")).await.unwrap();
        assert_eq!(taken.status(), StatusCode::CREATED);
        let items = json_of(&taken)["items"].clone();
        assert_eq!(
            (&items[0]["outcome"], &items[0]["delta"], &items[0]["stock"]["onHand"]),
            (&json!("booked"), &json!(-1), &json!(4))
        );
        assert_eq!(
            (&items[1]["outcome"], &items[1]["delta"], &items[1]["stock"]["reserved"]),
            (&json!("below_reserved"), &json!(0), &json!(2))
        );
    }
    let empty = json!({"warehouseId": reno, "counts": [count("A", 0, 0), count("B", 7, 1)]});
    let items = json_of(&take_stock(&inventory, operating(), post(&empty, "e")).await.unwrap())["items"].clone();
    assert_eq!(
        (&items[0]["outcome"], &items[0]["stock"], &items[1]["outcome"]),
        (&json!("booked"), &Value::Null, &json!("moved"))
    );
    let many: Vec<_> = (0..101).map(|_| count("A", 1, 1)).collect();
    for (counts, expected) in [
        (json!([]), code::INVALID_VALUE),
        (json!(many), code::INVALID_VALUE),
        (json!([count("A", 2, 1), count("A", 2, 1)]), code::INVALID_VALUE),
        (json!([{"version": 1, "quantity": 1}]), code::INVALID_VALUE),
        (json!([count("A", 2, 1), count("nothing", 1, 1)]), code::NOT_FOUND),
        (json!([count("A", 2, 1_000_000_001)]), code::INVALID_VALUE),
        (json!([{"sku": "A", "quantity": 1}]), code::INVALID_VALUE),
    ] {
        let body = json!({"warehouseId": home, "counts": counts});
        let problem = take_stock(&inventory, selling("ada"), post(&body, "bad")).await.unwrap_err();
        assert_eq!(problem.code(), expected, "{body}");
    }
    assert_eq!(shown(&inventory, selling("ada"), "A").await.unwrap()["items"][0]["version"], 2);
}

#[tokio::test]
async fn given_a_threshold_when_set_then_the_low_list_shows_it_to_its_seller_and_to_an_operator_who_asks() {
    let (inventory, ..) = two_warehouses().await;
    let set = async |body: Value| {
        let request = request("PUT", "/").json(&body).path("id", "A").build();
        set_threshold(&inventory, selling("ada"), request).await.map(|response| json_of(&response))
    };
    let standing = set(json!({"threshold": 5})).await.unwrap();
    assert_eq!((&standing["alert"], &standing["available"]), (&json!("low"), &json!(5)));
    let list = async |caller, query: &str| {
        let request = get(&format!("/v1/inventory/low-stock{query}"));
        list_low_stock(&inventory, caller, request).await.map(|response| json_of(&response))
    };
    let own = list(selling("ada"), "").await.unwrap();
    assert_eq!(own["items"], json!([standing]));
    let (ada, eve) = (seller("ada").seller_id, seller("eve").seller_id);
    assert_eq!(list(operating(), &format!("?sellerId={ada}")).await.unwrap(), own);
    assert_eq!(list(selling("ada"), &format!("?sellerId={ada}")).await.unwrap(), own);
    assert_eq!(list(selling("eve"), "").await.unwrap()["items"], json!([]));
    assert_eq!(list(selling("eve"), &format!("?sellerId={ada}")).await.unwrap_err().code(), code::NOT_FOUND);
    assert_eq!(list(operating(), "").await.unwrap_err().code(), code::INVALID_QUERY);
    assert_eq!(list(operating(), &format!("?sellerId={eve}")).await.unwrap()["items"], json!([]));
    for (body, expected) in [
        (json!({}), code::INVALID_VALUE),
        (json!({"threshold": -1}), code::INVALID_VALUE),
        (json!({"threshold": "5"}), code::INVALID_BODY),
    ] {
        assert_eq!(set(body.clone()).await.unwrap_err().code(), expected, "{body}");
    }
    assert_eq!(set(json!({"threshold": null})).await.unwrap()["alert"], "none");
    assert_eq!(list(selling("ada"), "").await.unwrap()["items"], json!([]));
}

#[tokio::test]
async fn given_movements_when_listed_then_the_newest_come_first_page_by_page_and_only_to_their_seller() {
    let (inventory, home, _) = two_warehouses().await;
    let imported = rialto_lambda::now();
    for (second, delta, key) in [(1, 2, "k1"), (2, -1, "k2"), (3, 3, "k3")] {
        let body = json!({"sku": "A", "warehouseId": home, "delta": delta, "reason": key});
        let request = request("POST", "/").json(&body).header("idempotency-key", key);
        let request = request.at(imported + SignedDuration::from_secs(second)).build();
        adjust_stock(&inventory, selling("ada"), request).await.unwrap();
    }
    let list = async |caller, id: &str, query: &str| {
        let request = request("GET", &format!("/v1/inventory/x/movements{query}")).path("id", id).build();
        list_movements(&inventory, caller, request).await.map(|response| json_of(&response))
    };
    let all = list(selling("ada"), "A", "").await.unwrap();
    let reasons: Vec<_> =
        all["items"].as_array().unwrap().iter().map(|m| (m["reason"].clone(), m["deltaOnHand"].clone())).collect();
    let adjusted = |units: i64| (json!("adjusted"), json!(units));
    assert_eq!(reasons, [adjusted(3), adjusted(-1), adjusted(2), (json!("imported"), json!(5))]);
    assert_eq!((&all["items"][0]["reference"], &all["items"][0]["warehouseId"]), (&json!("k3"), &home));
    let first = list(operating(), &offer("ada", "A").to_string(), "?limit=3").await.unwrap();
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = list(selling("ada"), "A", &format!("?limit=3&cursor={cursor}")).await.unwrap();
    assert_eq!((&second["items"][0], second.get("nextCursor")), (&all["items"][3], None));
    assert_eq!(list(selling("eve"), "A", "").await.unwrap_err().code(), code::NOT_FOUND);
    assert_eq!(list(selling("ada"), "B", &format!("?cursor={cursor}")).await.unwrap_err().code(), code::INVALID_CURSOR);
    let forged = Cursor::encode("GET /v1/inventory/low-stock", &1).unwrap();
    assert_eq!(list(selling("ada"), "A", &format!("?cursor={forged}")).await.unwrap_err().code(), code::INVALID_CURSOR);
}

#[tokio::test]
async fn given_a_checkout_by_bank_transfer_when_it_is_extended_then_the_step_says_until_when() {
    let (inventory, ..) = two_warehouses().await;
    let step = steps(&inventory);
    let id = ReservationId::draw();
    let reserved = reserve_stock(&step, order(id, &[("A", 1)])).await.unwrap();
    let input = |class: &str| serde_json::from_value(json!({"reservationId": id, "paymentClass": class})).unwrap();
    let extended = extend_reservation(&step, input("bank_transfer")).await.unwrap();
    let longer = extended.expires_at.unwrap().duration_since(reserved.expires_at.unwrap());
    assert!((258_300..258_310).contains(&longer.as_secs()), "{longer:?}");
    assert_eq!(extend_reservation(&step, input("card")).await.unwrap(), extended);
    let which = serde_json::from_value(json!({"reservationId": id})).unwrap();
    release_reservation(&inventory, which).await.unwrap();
    let late = extend_reservation(&step, input("wallet")).await.unwrap_err();
    assert_eq!((late.name(), late.detail()), ("ReservationExpired", json!({"state": "released"})));
    let mut direct = order(ReservationId::draw(), &[("A", 1)]);
    direct.payment_class = PaymentClass::ManualReview;
    let reviewed = reserve_stock(&step, direct).await.unwrap().expires_at.unwrap();
    assert!(reviewed.duration_since(reserved.expires_at.unwrap()).as_secs() >= 85_500);
}

#[tokio::test]
async fn given_books_that_differ_when_reconciled_then_the_function_fails_once_so_that_its_alarm_goes_off() {
    let (inventory, home, _) = two_warehouses().await;
    let sound = reconcile_stock(&inventory, json!({})).await.unwrap();
    assert_eq!((sound.offers, sound.finished), (2, true));
    let key =
        rialto_dynamo::Key::new(format!("OFFER#{}", offer("ada", "A")), format!("STOCK#{}", home.as_str().unwrap()));
    let planted = rialto_dynamo::Update::of(key).add("onHand", 1).add("available", 1);
    inventory.table().update(planted).await.unwrap();
    let again =
        |inventory: Inventory| async move { reconcile_stock::reconcile(&inventory, SignedDuration::ZERO).await };
    let alarm = again(inventory.clone()).await.unwrap_err();
    assert!(matches!(alarm, crate::Error::BooksDiffer { found: 1 }), "{alarm}");
    assert_eq!(again(inventory.clone()).await.unwrap().found, 0, "told once");
    assert_eq!(shown(&inventory, selling("ada"), "A").await.unwrap()["items"][0]["onHand"], 6, "and never mended");
}

#[tokio::test]
async fn given_coordinates_when_a_warehouse_is_added_then_they_are_shown_and_half_a_point_is_refused() {
    let (inventory, _) = shop().await;
    let add = async |more: Value, key: &str| {
        let mut body = json!({"name": "Reno", "country": "US"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        add_warehouse(&inventory, selling("ada"), post(&body, key)).await.map(|response| json_of(&response))
    };
    let there = add(json!({"latitude": 39.5296, "longitude": -119}), "a").await.unwrap();
    assert_eq!((&there["latitude"], there["longitude"].as_f64()), (&json!(39.5296), Some(-119.0)));
    for more in [json!({"latitude": 1}), json!({"longitude": 1}), json!({"latitude": 90.5, "longitude": 0})] {
        assert_eq!(add(more.clone(), "b").await.unwrap_err().code(), code::INVALID_VALUE, "{more}");
    }
}

#[tokio::test]
async fn given_units_that_are_sold_and_not_sent_when_the_whole_shelf_is_counted_then_they_are_not_booked_as_found() {
    let (inventory, home, _) = two_warehouses().await;
    let offer = shown(&inventory, selling("ada"), "A").await.unwrap()["items"][0]["offerId"].clone();
    let (order, reservation) = (rialto_kernel::OrderId::draw(), rialto_kernel::ReservationId::draw());
    let wanted = crate::store::Wanted {
        reservation_id: reservation,
        order_id: order,
        units: [(offer.as_str().unwrap().parse().unwrap(), 2)].into(),
        destination: rialto_kernel::Destination { country: "US".into(), region: None, postal_code: None },
    };
    let now = rialto_lambda::now();
    inventory.reserve(&wanted, rialto_kernel::SignedDuration::from_secs(60), now).await.unwrap();
    inventory.turn(reservation, crate::domain::Turn::Confirm, now).await.unwrap();
    let row = shown(&inventory, selling("ada"), "A").await.unwrap()["items"][0].clone();
    assert_eq!((&row["onHand"], &row["available"]), (&json!(3), &json!(3)), "what is sold has left onHand");

    // All five stand there, two of them in parcels.
    let count = |sold: Value| json!({"warehouseId": home, "counts": [{"sku": "A", "version": row["version"], "quantity": 5, "soldAmongThem": sold}]});
    let told = take_stock(&inventory, selling("ada"), post(&count(json!(2)), "whole")).await.unwrap();
    assert_eq!(
        (&json_of(&told)["items"][0]["outcome"], &json_of(&told)["items"][0]["delta"]),
        (&json!("booked"), &json!(0))
    );
    let wrong = take_stock(&inventory, selling("ada"), post(&count(json!(6)), "wrong")).await.unwrap_err();
    assert_eq!(wrong.code().name, "INVALID_VALUE");
    let found = take_stock(&inventory, selling("ada"), post(&count(json!(1)), "found")).await.unwrap();
    assert_eq!(json_of(&found)["items"][0]["delta"], 1, "a unit more than the books have");
}
