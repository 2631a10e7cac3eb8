use rialto_dynamo::Table;
use rialto_events::{Envelope, types};
use rialto_http::{Operator, Problem, Response, Shopper, ShopperOrOperator, testing::request};
use rialto_kernel::{OrderId, PaymentId, SessionId, UserId};
use serde_json::{Value, json};

use super::{
    advance_order::{AdvanceOrder, advance_order},
    create_order::{CreateOrder, create_order},
    list_orders::list_orders,
    show_order::show_order,
};
use crate::{domain::samples::*, store::Store};

fn shopper(name: &str) -> Shopper {
    Shopper { user_id: UserId::named(&[name]), session_id: SessionId::named(&[name]) }
}

/// Ids in the order of time.
fn nth(n: u32) -> OrderId {
    format!("ord_{n:032x}").parse().unwrap()
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

async fn create_as(store: &Store, id: OrderId, name: &str) {
    create_order(store, CreateOrder { order_id: id, origin: origin(name) }).await.unwrap();
}

/// As the workflow sends it.
async fn advance(store: &Store, id: OrderId, change: &Value) -> Value {
    let input: AdvanceOrder = serde_json::from_value(json!({"orderId": id, "change": change})).unwrap();
    serde_json::to_value(advance_order(store, input).await.unwrap()).unwrap()
}

fn pending() -> Value {
    let bill = bill(1000);
    json!({"type": "payment_pending", "lines": bill.lines, "subtotal": bill.totals.subtotal,
        "discount": bill.totals.discount, "shipping": bill.totals.shipping, "tax": bill.totals.tax,
        "total": bill.totals.total, "shippingAddress": bill.shipping_address, "paymentMethodId": "pm_sandbox_approved",
        "paymentId": bill.payment_id})
}

fn failed(error: &str, detail: &Value) -> Value {
    let cause = json!({"errorType": error, "errorMessage": detail.to_string()}).to_string();
    json!({"type": "failed", "failure": {"Error": error, "Cause": cause}})
}

async fn show(store: &Store, caller: ShopperOrOperator, id: OrderId) -> Result<Response, Problem> {
    show_order(store, caller, request("GET", "/v1/orders/x").path("id", id).build()).await
}

async fn list(store: &Store, name: &str, query: &str) -> Value {
    let request = request("GET", &format!("/v1/orders?{query}")).build();
    body(&list_orders(store, shopper(name), request).await.unwrap())
}

fn ids(page: &Value) -> Vec<OrderId> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn given_a_paid_order_when_shown_then_it_has_the_agreed_shape() {
    let store = Store::new(Table::in_memory("orders"));
    create_as(&store, id(), "me").await;
    advance(&store, id(), &pending()).await;
    let advanced = advance(&store, id(), &json!({"type": "confirmed"})).await;
    let response = show(&store, ShopperOrOperator::Shopper(shopper("me")), id()).await.unwrap();
    assert_eq!(response.headers()["etag"], "\"3\"");
    let order = body(&response);
    assert_eq!(advanced, json!({"order": order}));
    let payment = json!({"status": "captured", "method": "pm_sandbox_approved", "id": PaymentId::named(&["pay"])});
    assert_eq!((&order["status"], &order["payment"]), (&json!("CONFIRMED"), &payment));
    assert_eq!(order["total"], json!({"amount": 2000, "currency": "USD"}));
    assert_eq!(order["items"][0]["lineTotal"], json!({"amount": 2000, "currency": "USD"}));
    assert_eq!(order["shippingAddress"]["city"], "London");
    let told: Vec<&str> = order["timeline"].as_array().unwrap().iter().map(|m| m["event"].as_str().unwrap()).collect();
    assert_eq!(told, ["OrderCreated", "OrderPaymentPending", "OrderConfirmed"]);
}

#[tokio::test]
async fn given_an_order_when_another_shopper_asks_then_it_is_not_there_but_an_operator_sees_it() {
    let store = Store::new(Table::in_memory("orders"));
    create_as(&store, id(), "me").await;
    let refused = |outcome: Result<Response, Problem>| outcome.unwrap_err().code().name;
    assert_eq!(refused(show(&store, ShopperOrOperator::Shopper(shopper("you")), id()).await), "NOT_FOUND");
    assert_eq!(refused(show(&store, ShopperOrOperator::Shopper(shopper("me")), nth(1)).await), "NOT_FOUND");
    let operator = Operator { user_id: UserId::named(&["boss"]) };
    assert!(show(&store, ShopperOrOperator::Operator(operator), id()).await.is_ok());
    let malformed = request("GET", "/v1/orders/x").path("id", "x").build();
    assert_eq!(refused(show_order(&store, ShopperOrOperator::Operator(operator), malformed).await), "NOT_FOUND");
}

#[tokio::test]
async fn given_a_refusal_when_shown_then_reason_and_detail_are_there() {
    let store = Store::new(Table::in_memory("orders"));
    create_as(&store, id(), "me").await;
    let detail = json!({"items": [{"offerId": "off_1", "available": 0}]});
    let order = advance(&store, id(), &failed("OutOfStock", &detail)).await["order"].take();
    assert_eq!(
        (&order["status"], &order["reason"], &order["reasonDetail"]),
        (&json!("CANCELLED"), &json!("OUT_OF_STOCK"), &detail)
    );
    assert_eq!(list(&store, "me", "").await["items"], json!([]), "it never came to a payment");
}

#[tokio::test]
async fn given_many_orders_when_listed_then_newest_first_page_by_page_by_status_and_only_ones_own() {
    let store = Store::new(Table::in_memory("orders"));
    for n in 0..30 {
        create_as(&store, nth(n), if n == 7 { "you" } else { "me" }).await;
        if n != 9 {
            advance(&store, nth(n), &pending()).await;
        }
        if n % 3 == 0 && n != 9 {
            advance(&store, nth(n), &json!({"type": "confirmed"})).await;
        }
    }
    let expected: Vec<OrderId> = (0..30).rev().filter(|n| ![7, 9].contains(n)).map(nth).collect();
    let confirmed: Vec<OrderId> =
        expected.iter().copied().filter(|id| (0..30).any(|n| n % 3 == 0 && nth(n) == *id)).collect();
    for (status, expected) in [("", &expected), ("&status=CONFIRMED", &confirmed)] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = list(&store, "me", &format!("limit=4{status}{cursor}")).await;
            seen.extend(ids(&page));
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(&seen, expected, "{status}");
    }
    assert_eq!(ids(&list(&store, "you", "").await), [nth(7)]);
    assert_eq!(ids(&list(&store, "me", "status=EXPIRED").await), []);
}

#[tokio::test]
async fn given_a_bad_query_when_listed_then_it_is_400() {
    let store = Store::new(Table::in_memory("orders"));
    let other = rialto_kernel::Cursor::encode("GET /v1/orders status=EXPIRED", &("x", 1)).unwrap();
    for (query, expected) in [
        ("limit=0".to_owned(), "INVALID_QUERY"),
        ("limit=101".to_owned(), "INVALID_QUERY"),
        ("status=LOST".to_owned(), "INVALID_QUERY"),
        ("sort=x".to_owned(), "INVALID_QUERY"),
        ("cursor=x".to_owned(), "INVALID_CURSOR"),
        (format!("cursor={other}"), "INVALID_CURSOR"),
    ] {
        let request = request("GET", &format!("/v1/orders?{query}")).build();
        assert_eq!(list_orders(&store, shopper("me"), request).await.unwrap_err().code().name, expected, "{query}");
    }
}

#[tokio::test]
async fn given_an_orders_events_when_told_then_each_envelope_is_its_types_and_numbered() {
    let table = Table::in_memory("orders");
    let store = Store::new(table.clone());
    create_as(&store, id(), "me").await;
    advance(&store, id(), &pending()).await;
    advance(&store, id(), &failed("PaymentDeclined", &json!({"reason": "INSUFFICIENT_FUNDS"}))).await;
    let mut told: Vec<Envelope> = Vec::new();
    for item in rialto_dynamo::testing::items(&table).await.unwrap() {
        for text in item.get("outbox").and_then(|outbox| outbox.as_l().ok()).into_iter().flatten() {
            told.push(serde_json::from_str(text.as_s().unwrap()).unwrap());
        }
    }
    told.sort_by_key(|envelope| envelope.version);
    assert_eq!(told.iter().map(|envelope| envelope.version).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(told[0].read::<types::OrderCreated>().unwrap().is_some());
    assert_eq!(told[1].read::<types::OrderPaymentPending>().unwrap().unwrap().total.amount(), 2000);
    assert_eq!(told[2].read::<types::OrderPaymentFailed>().unwrap().unwrap().reason, "INSUFFICIENT_FUNDS");
}
