#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod moving;

use rialto_dynamo::{Table, testing::items};
use rialto_events::{Envelope, types::StockMoved};
use rialto_http::{
    Code, Operator, Problem, Request, Response, Seller, SellerOrOperator, StatusCode, code, testing::request,
};
use rialto_kernel::{
    ImportId, MovementId, OfferId, OrderId, ProductId, ReservationId, SellerId, SignedDuration, UserId,
};
use rialto_lambda::{Message, StepError};
use serde_json::{Value, json};

use super::{set_import_stock::ImportStock, *};
use crate::domain::Lives;
use crate::store::{Inventory, Wanted};

fn seller(name: &str) -> Seller {
    Seller { user_id: UserId::named(&[name]), seller_id: SellerId::named(&[name]) }
}

fn selling(name: &str) -> SellerOrOperator {
    SellerOrOperator::Seller(seller(name))
}

fn operating() -> SellerOrOperator {
    SellerOrOperator::Operator(Operator { user_id: UserId::named(&["operator"]) })
}

fn steps(inventory: &Inventory) -> Reservations {
    Reservations::new(inventory.clone(), Lives::new(900, 86_400, 259_200, true).unwrap())
}

fn offer(name: &str, sku: &str) -> OfferId {
    OfferId::named(&[name, sku])
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

async fn imported(inventory: &Inventory, name: &str, skus: &[&str], quantity: u32) -> Value {
    let row = |(index, sku): (usize, &&str)| {
        json!({"line": index + 2, "offerId": offer(name, sku), "productId": ProductId::named(&[name, sku]), "sku": sku,
            "quantity": quantity})
    };
    let rows: Vec<_> = skus.iter().enumerate().map(row).collect();
    let input = json!({"importId": ImportId::draw(), "sellerId": seller(name).seller_id, "stock": rows});
    let input: ImportStock = serde_json::from_value(input).unwrap();
    serde_json::to_value(set_import_stock(inventory, input).await.unwrap()).unwrap()
}

async fn shop() -> (Inventory, Value) {
    let inventory = Inventory::new(Table::in_memory("inventory"));
    assert_eq!(imported(&inventory, "ada", &["A", "B"], 5).await, json!({"rejected": []}));
    let body = json!({"name": "Reno", "country": "US", "region": "NV", "postalCode": "89501"});
    let added = add_warehouse(&inventory, selling("ada"), post(&body, "w")).await.unwrap();
    assert_eq!(added.status(), StatusCode::CREATED);
    (inventory, json_of(&added))
}

fn post(body: &Value, key: &str) -> Request {
    request("POST", "/").json(body).header("idempotency-key", key).build()
}

async fn shown(inventory: &Inventory, caller: SellerOrOperator, id: &str) -> Result<Value, Problem> {
    let request = request("GET", "/v1/inventory/x").path("id", id).build();
    show_stock(inventory, caller, request).await.map(|response| json_of(&response))
}

#[tokio::test]
async fn given_an_import_when_shown_by_sku_or_offer_then_the_row_is_as_documented() {
    let (inventory, _) = shop().await;
    let by_sku = shown(&inventory, selling("ada"), "A").await.unwrap();
    let id = offer("ada", "A").to_string();
    assert_eq!(by_sku, shown(&inventory, selling("ada"), &id).await.unwrap());
    assert_eq!(by_sku, shown(&inventory, operating(), "A").await.unwrap());
    let mut row = by_sku["items"][0].clone();
    assert!(row["warehouseId"].take().is_string());
    let expected = json!({"offerId": id, "sku": "A", "warehouseId": null, "onHand": 5, "reserved": 0, "available": 5,
        "version": 1});
    assert_eq!(row, expected);
}

#[tokio::test]
async fn given_two_sellers_with_one_sku_when_shown_then_only_an_operator_has_to_choose() {
    let (inventory, _) = shop().await;
    imported(&inventory, "eve", &["A"], 1).await;
    assert_eq!(shown(&inventory, selling("eve"), "A").await.unwrap()["items"][0]["onHand"], 1);
    assert_eq!(shown(&inventory, operating(), "A").await.unwrap_err().code(), code::AMBIGUOUS_SKU);
    assert!(shown(&inventory, operating(), &offer("eve", "A").to_string()).await.is_ok());
    for id in ["B", &offer("ada", "A").to_string(), "off_x", "", &"x".repeat(5000), &OfferId::draw().to_string()] {
        assert_eq!(shown(&inventory, selling("eve"), id).await.unwrap_err().code(), code::NOT_FOUND, "{id:.20}");
    }
}

#[tokio::test]
async fn given_a_receipt_when_sent_twice_under_one_key_then_the_stock_moves_once() {
    let (inventory, warehouse) = shop().await;
    let body = json!({"sku": "A", "warehouseId": warehouse["id"], "quantity": 3, "reason": "delivery 7"});
    let first = receive_stock(&inventory, selling("ada"), post(&body, "k")).await.unwrap();
    let second = receive_stock(&inventory, selling("ada"), post(&body, "k")).await.unwrap();
    assert_eq!((first.status(), first.body()), (StatusCode::CREATED, second.body()));
    assert_eq!(json_of(&first)["items"][0]["onHand"], 3);
    receive_stock(&inventory, operating(), post(&body, "k")).await.unwrap();
    let rows = shown(&inventory, selling("ada"), "A").await.unwrap();
    let sum: u64 = rows["items"].as_array().unwrap().iter().map(|row| row["onHand"].as_u64().unwrap()).sum();
    assert_eq!(sum, 5 + 3 + 3, "an operator's key is another one");
    assert_eq!(inventory.ledger_of(offer("ada", "A")).await.unwrap().len(), 3);
}

#[tokio::test]
async fn given_bad_input_when_booked_then_the_problem_says_so_and_nothing_moves() {
    let (inventory, warehouse) = shop().await;
    let before = items(inventory.table()).await.unwrap().len();
    let warehouse = &warehouse["id"];
    let eves = json!({"name": "X", "country": "US"});
    let eves =
        json_of(&add_warehouse(&inventory, selling("eve"), request("POST", "/").json(&eves).build()).await.unwrap());
    let cases: Vec<(Value, Code)> = vec![
        (json!({"sku": "A", "warehouseId": warehouse, "quantity": 0}), code::INVALID_VALUE),
        (json!({"sku": "A", "warehouseId": warehouse, "quantity": -1}), code::INVALID_VALUE),
        (json!({"sku": "A", "warehouseId": warehouse, "quantity": 1_000_001}), code::INVALID_VALUE),
        (json!({"sku": "A", "warehouseId": warehouse, "quantity": 1.5}), code::INVALID_BODY),
        (json!({"sku": "A", "warehouseId": warehouse, "quantity": "1"}), code::INVALID_BODY),
        (json!({"sku": "A", "warehouseId": "whs_1", "quantity": 1}), code::INVALID_VALUE),
        (json!({"sku": "A", "warehouseId": warehouse, "quantity": 1, "reason": "a\nb"}), code::INVALID_VALUE),
        (json!({"sku": "A", "warehouseId": warehouse, "quantity": 1, "price": 1}), code::INVALID_BODY),
        (json!({"warehouseId": warehouse, "quantity": 1}), code::INVALID_VALUE),
        (
            json!({"sku": "A", "offerId": offer("ada", "A"), "warehouseId": warehouse, "quantity": 1}),
            code::INVALID_VALUE,
        ),
        (json!({"sku": "Z", "warehouseId": warehouse, "quantity": 1}), code::NOT_FOUND),
        (json!({"sku": "A", "warehouseId": eves["id"], "quantity": 1}), code::NOT_FOUND),
        (json!({"offerId": OfferId::draw(), "warehouseId": warehouse, "quantity": 1}), code::NOT_FOUND),
    ];
    for (body, expected) in cases {
        let problem = receive_stock(&inventory, selling("ada"), post(&body, "k")).await.unwrap_err();
        assert_eq!(problem.code(), expected, "{body}");
    }
    let body = json!({"sku": "A", "warehouseId": warehouse, "quantity": 1});
    let keyless = receive_stock(&inventory, selling("ada"), request("POST", "/").json(&body).build()).await;
    assert_eq!(keyless.unwrap_err().code(), code::IDEMPOTENCY_KEY_REQUIRED);
    let theirs = receive_stock(&inventory, selling("eve"), post(&body, "k")).await;
    assert_eq!(theirs.unwrap_err().code(), code::NOT_FOUND);
    for (field, value, expected) in [
        ("delta", json!(0), code::INVALID_VALUE),
        ("delta", json!(-1_000_001), code::INVALID_VALUE),
        ("reason", json!(" "), code::INVALID_VALUE),
        ("reason", Value::Null, code::INVALID_BODY),
    ] {
        let mut body = json!({"sku": "A", "warehouseId": warehouse, "delta": 1, "reason": "count"});
        body[field] = value;
        let problem = adjust_stock(&inventory, selling("ada"), post(&body, "k")).await.unwrap_err();
        assert_eq!(problem.code(), expected, "{body}");
    }
    assert_eq!(items(inventory.table()).await.unwrap().len(), before + 1, "only Eve's warehouse came");
}

#[tokio::test]
async fn given_reserved_units_when_adjusted_below_then_409_and_the_answer_is_kept() {
    let (inventory, _) = shop().await;
    let step = steps(&inventory);
    reserve_stock(&step, order(ReservationId::draw(), &[("A", 2), ("A", 1)])).await.unwrap();
    let row = shown(&inventory, selling("ada"), "A").await.unwrap()["items"][0].clone();
    assert_eq!((&row["reserved"], &row["available"]), (&json!(3), &json!(2)), "two lines draw on one stock");
    let body = |delta: i64| json!({"sku": "A", "warehouseId": row["warehouseId"], "delta": delta, "reason": "lost"});
    for _ in 0..2 {
        let answer = adjust_stock(&inventory, selling("ada"), post(&body(-3), "k")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        let problem = json_of(&answer);
        assert_eq!((&problem["code"], &problem["reserved"]), (&json!("STOCK_RESERVED"), &json!(3)));
    }
    let done = adjust_stock(&inventory, selling("ada"), post(&body(-2), "l")).await.unwrap();
    assert_eq!(json_of(&done)["items"][0]["available"], 0);
}

fn order(reservation: ReservationId, lines: &[(&str, u32)]) -> reserve_stock::Order {
    let line = |(sku, quantity): &(&str, u32)| json!({"offerId": offer("ada", sku), "quantity": quantity});
    let lines: Vec<_> = lines.iter().map(line).collect();
    let destination = json!({"country": "US", "region": "NV", "postalCode": "89501"});
    let order = json!({"orderId": OrderId::draw(), "reservationId": reservation, "lines": lines,
        "destination": destination, "more": "ignored"});
    serde_json::from_value(order).unwrap()
}

#[tokio::test]
async fn given_a_checkout_when_its_steps_run_and_are_undone_then_names_and_details_are_as_the_workflow_expects() {
    let (inventory, _) = shop().await;
    let step = steps(&inventory);
    let short = reserve_stock(&step, order(ReservationId::draw(), &[("A", 3), ("B", 1), ("A", 3)])).await.unwrap_err();
    assert_eq!(short.name(), "OutOfStock");
    let expected = json!({"items": [{"offerId": offer("ada", "A"), "requested": 6, "available": 5}]});
    assert_eq!(short.detail(), expected);

    let id = ReservationId::draw();
    let which: confirm_reservation::ReservationOf = serde_json::from_value(json!({"reservationId": id})).unwrap();
    let reserved = reserve_stock(&step, order(id, &[("A", 5)])).await.unwrap();
    assert!(serde_json::to_value(&reserved).unwrap()["expiresAt"].is_string());
    let state = |turned: confirm_reservation::Turned| serde_json::to_value(turned).unwrap();
    assert_eq!(state(confirm_reservation(&inventory, which).await.unwrap()), json!({"state": "confirmed"}));
    assert_eq!(state(release_reservation(&inventory, which).await.unwrap()), json!({"state": "restocked"}));
    let late = confirm_reservation(&inventory, which).await.unwrap_err();
    assert_eq!((late.name(), late.detail()), ("ReservationExpired", json!({"state": "restocked"})));
    let closed = reserve_stock(&step, order(id, &[("A", 5)])).await.unwrap_err();
    assert_eq!((closed.name(), closed.detail()), ("ReservationClosed", json!({"state": "restocked"})));

    let order = order(ReservationId::draw(), &[("A", 5)]);
    let units = [(offer("ada", "A"), 5)].into();
    let late = Wanted {
        reservation_id: order.reservation_id,
        order_id: order.order_id,
        units,
        destination: order.destination,
    };
    inventory.reserve(&late, SignedDuration::from_secs(-10), rialto_lambda::now()).await.unwrap();
    let swept = expire_reservations(&inventory, json!({"source": "aws.events"})).await.unwrap();
    assert_eq!(serde_json::to_value(swept).unwrap(), json!({"expired": 1, "settled": 0, "failed": 0}));
}

#[tokio::test]
async fn given_a_delivery_when_read_then_it_names_the_offer_and_others_are_left_alone() {
    let (inventory, _) = shop().await;
    let offer_id = offer("ada", "A");
    let movement = inventory.ledger_of(offer_id).await.unwrap().remove(0);
    let moved = StockMoved {
        movement_id: movement.movement_id,
        offer_id,
        product_id: movement.product_id,
        warehouse_id: movement.warehouse_id,
        delta_on_hand: 5,
        delta_reserved: 0,
        reason: "imported".to_owned(),
    };
    let envelope = Envelope::of(&moved, MovementId::draw(), 1, movement.at).unwrap();
    let message = |body: Value| Message { body: body.to_string(), ..Message::default() };
    assert_eq!(offer_of(&message(json!({"detail": envelope}))).unwrap(), Some(offer_id));
    let mut other = serde_json::to_value(&envelope).unwrap();
    other["type"] = json!("OrderConfirmed.v1");
    assert_eq!(offer_of(&message(json!({"detail": other}))).unwrap(), None);
    assert!(offer_of(&message(json!({"detail": 1}))).is_err());
    track_availability(&inventory, Some(offer_id)).await.unwrap();
    track_availability(&inventory, None).await.unwrap();
    let told =
        items(inventory.table()).await.unwrap().into_iter().filter(|i| i["sk"].as_s().unwrap() == "AVAILABILITY");
    assert_eq!(told.count(), 1);
}

#[tokio::test]
async fn given_warehouses_when_listed_then_they_are_the_sellers_own_page_by_page() {
    let (inventory, added) = shop().await;
    let list = async |name: &str, query: &str| {
        let request = request("GET", &format!("/v1/warehouses{query}")).build();
        list_warehouses(&inventory, selling(name), request).await.map(|response| json_of(&response))
    };
    let ada = seller("ada").seller_id;
    assert_eq!(list("eve", &format!("?sellerId={ada}")).await.unwrap_err().code(), code::NOT_FOUND);
    let run = async |query: &str| list_warehouses(&inventory, operating(), request("GET", query).build()).await;
    assert_eq!(run("/v1/warehouses").await.unwrap_err().code(), code::INVALID_QUERY);
    let seen = json_of(&run(&format!("/v1/warehouses?sellerId={ada}")).await.unwrap());
    assert_eq!(seen, list("ada", "").await.unwrap(), "an operator sees what the seller sees");
    for (caller, seller_id, expected) in
        [(selling("eve"), json!(ada), code::NOT_FOUND), (operating(), json!(null), code::INVALID_VALUE)]
    {
        let body = json!({"name": "Theirs", "country": "US", "sellerId": seller_id});
        assert_eq!(add_warehouse(&inventory, caller, post(&body, "t")).await.unwrap_err().code(), expected);
    }
    let body = json!({"name": "Run", "country": "US", "sellerId": seller("run").seller_id});
    let made = json_of(&add_warehouse(&inventory, operating(), post(&body, "r")).await.unwrap());
    assert_eq!(list("run", "").await.unwrap()["items"], json!([made]));
    let all = list("ada", "").await.unwrap();
    let found: Vec<_> = all["items"].as_array().unwrap().iter().filter(|one| one["id"] == added["id"]).collect();
    assert_eq!((all["items"].as_array().unwrap().len(), found[0]), (2, &added), "the default one and the added one");
    let first = list("ada", "?limit=1").await.unwrap();
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = list("ada", &format!("?limit=1&cursor={cursor}")).await.unwrap();
    assert_eq!([&first["items"][0], &second["items"][0]], [&all["items"][0], &all["items"][1]]);
    assert_eq!(list("eve", "").await.unwrap()["items"], json!([]));
    assert_eq!(list("ada", "?cursor=x").await.unwrap_err().code(), code::INVALID_CURSOR);
}

#[tokio::test]
async fn given_a_bad_warehouse_when_added_then_the_problem_names_the_field() {
    let (inventory, _) = shop().await;
    for (field, value, expected) in [
        ("name", json!(""), code::INVALID_VALUE),
        ("country", json!("usa"), code::INVALID_VALUE),
        ("region", json!("x".repeat(101)), code::INVALID_VALUE),
        ("priority", json!(-1), code::INVALID_VALUE),
        ("priority", json!(70_000), code::INVALID_VALUE),
        ("id", json!("whs_1"), code::INVALID_BODY),
    ] {
        let mut body = json!({"name": "Reno", "country": "US"});
        body[field] = value;
        let problem = add_warehouse(&inventory, selling("ada"), post(&body, "k")).await.unwrap_err();
        assert_eq!(problem.code(), expected, "{body}");
    }
}

#[test]
fn given_the_contract_when_written_then_each_route_has_its_function() {
    let document = serde_json::to_value(crate::openapi()).unwrap();
    for (path, method, function) in [
        ("/v1/warehouses", "post", "inventory-add-warehouse"),
        ("/v1/warehouses", "get", "inventory-list-warehouses"),
        ("/v1/inventory/receipts", "post", "inventory-receive-stock"),
        ("/v1/inventory/adjustments", "post", "inventory-adjust-stock"),
        ("/v1/inventory/{id}", "get", "inventory-show-stock"),
        ("/v1/inventory/{id}/movements", "get", "inventory-list-movements"),
        ("/v1/inventory/{id}/threshold", "put", "inventory-set-threshold"),
        ("/v1/inventory/low-stock", "get", "inventory-list-low-stock"),
        ("/v1/inventory/stocktakes", "post", "inventory-take-stock"),
        ("/v1/inventory/transfers", "post", "inventory-dispatch-transfer"),
        ("/v1/inventory/transfers", "get", "inventory-list-transfers"),
        ("/v1/inventory/transfers/{id}", "get", "inventory-show-transfer"),
        ("/v1/inventory/transfers/{id}/receive", "post", "inventory-receive-transfer"),
        ("/v1/inventory/transfers/{id}/cancel", "post", "inventory-cancel-transfer"),
    ] {
        assert_eq!(document["paths"][path][method]["operationId"], function);
    }
}
