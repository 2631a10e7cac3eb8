//! From what a page tells to what the index gets, through every function between, each message delivered twice.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use rialto_dynamo::Table;
use rialto_events::{
    Envelope,
    types::{OrderConfirmed, OrderLineData},
};
use rialto_http::{Customer, Operator, Shopper, testing::request};
use rialto_kernel::{
    Currency, Money, OfferId, OrderId, ProductId, Quantity, SearchId, SellerId, SessionId, Timestamp, UserId,
};
use rialto_lambda::Message;
use serde_json::{Value, json};

use super::*;
use crate::{
    behaviour_store::BehaviourStore,
    domain::{Document, ProductRow, behaviour::Learnt, behaviour::matching_queries},
    queue::Queue,
    store::SearchStore,
    testing,
};

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn message(body: String) -> Message {
    Message { id: "m".to_owned(), body, receive_count: 1 }
}

fn order(number: usize, buyer: UserId, product_id: ProductId) -> Message {
    let order_id = OrderId::named(&[&number.to_string()]);
    let unit_price = Money::new(100, Currency::USD);
    let line = OrderLineData {
        offer_id: OfferId::named(&["o"]),
        product_id,
        seller_id: SellerId::named(&["s"]),
        sku: "SKU".to_owned(),
        quantity: Quantity::ONE,
        unit_price,
    };
    let data = OrderConfirmed { order_id, shopper_id: buyer, lines: vec![line], total: unit_price };
    message(json!({"detail": Envelope::of(&data, order_id, 2, now()).unwrap()}).to_string())
}

#[tokio::test]
async fn given_three_shoppers_and_twenty_guests_of_one_network_when_all_is_counted_then_report_index_and_suggestions_agree()
 {
    let (behaviour, search) = (BehaviourStore::new(Table::in_memory("b")), SearchStore::new(Table::in_memory("s")));
    let (told, index) = (Queue::in_memory(), Queue::in_memory());
    let listed = testing::product(1, 1, &[(OfferId::named(&["o"]), 100)]);
    let product = listed.product_id;
    let mut row = ProductRow::unheard(product);
    row.accept(&listed);
    assert!(search.replace(&row, 0).await.unwrap());

    let recorder = EventRecorder::over(behaviour.clone(), told.clone());
    let shoppers = ["ada", "eve", "sun"].map(|name| UserId::named(&[name]));
    let shopper =
        |user_id: &UserId| Customer::Shopper(Shopper { user_id: *user_id, session_id: SessionId::named(&["s"]) });
    let callers = shoppers.iter().map(shopper).chain((0..20).map(|_| Customer::New));
    for (number, caller) in callers.enumerate() {
        let search_id = SearchId::named(&[&number.to_string()]);
        let events = json!({"events": [
            {"type": "search", "searchId": search_id, "query": "Désk LAMP", "results": 4},
            {"type": "click", "searchId": search_id, "query": "desk-lamp", "productId": product, "position": 4},
            {"type": "view", "productId": product},
        ]});
        record_events(&recorder, caller, request("POST", "/v1/events").json(&events).at(now()).build()).await.unwrap();
    }
    let counter = BehaviourCounter::over(behaviour.clone(), now);
    let messages = told.taken();
    for body in messages.iter().rev().chain(&messages) {
        count_behaviour(&counter, message(body.clone())).await.unwrap();
    }
    for _ in 0..2 {
        for (number, buyer) in shoppers.iter().enumerate() {
            count_sales(&counter, order(number, *buyer, product)).await.unwrap();
        }
    }

    report_day(&Reporter::over(behaviour.clone(), 4, now), ReportTick { day: "2026-11-21".parse().ok() })
        .await
        .unwrap();
    let operator = Operator { user_id: UserId::named(&["op"]) };
    let asked = request("GET", "/v1/search/reports/2026-11-21?kind=top").path("day", "2026-11-21").build();
    let shown = show_report(&Reports::over(behaviour.clone()), operator, asked).await.unwrap();
    // The guests' network searched twenty times, and is one visitor.
    let expected = json!({"query": "desk lamp", "actors": 4, "searches": 23, "zeroResults": 0, "clicks": 4, "clickedBy": 4,
        "orders": 3});
    assert_eq!(serde_json::from_slice::<Value>(shown.body()).unwrap()["items"], json!([expected]));

    let learner = Learner::over(behaviour.clone(), search.clone(), index.clone(), 4, now);
    assert!(learn_signals(&learner, LearnTick::default()).await.unwrap().unwrap().done);
    let learnt: Vec<Learnt> = index.taken().iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    let [learnt] = learnt.as_slice() else { panic!("one product has changed: {learnt:?}") };
    row.accept(&learnt.clone().into());
    let indexed = serde_json::to_value(Document::of(&row).unwrap()).unwrap();
    // (3 + 2) / (4 + 100) is 4.80 %, less 2 %; four clicks at the fourth place.
    let features = json!({"sales": 3, "conversion": 280, "popularity": 800});
    assert_eq!((&indexed["item"]["features"], &indexed["item"]["sales"]), (&features, &json!(3)));
    assert_eq!(matching_queries(&behaviour.popular().await.unwrap(), "des", 4), ["desk lamp"]);
}
