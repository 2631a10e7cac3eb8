#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_dynamo::Table;
use rialto_http::{
    GuestToken, Shopper, code,
    testing::{RequestBuilder, request},
};
use rialto_kernel::{ProductId, SearchId, SessionId, Timestamp, UserId};
use serde_json::{Value, json};

use super::*;

fn recorder() -> EventRecorder {
    EventRecorder::over(BehaviourStore::new(Table::in_memory("t")), Queue::in_memory())
}

fn shopper(name: &str) -> Customer {
    Customer::Shopper(Shopper { user_id: UserId::named(&[name]), session_id: SessionId::named(&[name]) })
}

fn search(query: &str) -> Value {
    json!({"type": "search", "searchId": SearchId::named(&["s"]), "query": query, "results": 0})
}

fn click(query: &str, position: u64) -> Value {
    json!({"type": "click", "searchId": SearchId::named(&["s"]), "query": query, "productId": ProductId::named(&["p"]),
        "position": position})
}

fn post(events: &Value) -> RequestBuilder {
    let now: Timestamp = "2026-11-21T23:59:00Z".parse().unwrap();
    request("POST", "/v1/events").json(&json!({"events": events})).at(now)
}

fn sent(recorder: &EventRecorder) -> Vec<EventBatch> {
    recorder.queue.taken().iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

#[tokio::test]
async fn given_events_when_recorded_then_they_are_queued_folded_and_nobody_can_be_told_from_them() {
    let recorder = recorder();
    let events =
        json!([search("Desk-LAMP"), click(" desk  lamp", 3), {"type": "view", "productId": ProductId::named(&["p"])}]);
    let answer = record_events(&recorder, shopper("ada"), post(&events).build()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    assert_eq!(serde_json::from_slice::<Value>(answer.body()).unwrap(), json!({"taken": 3}));
    let body = recorder.queue.taken().remove(0);
    assert!(!body.contains(UserId::named(&["ada"]).to_string().trim_start_matches("usr_")), "{body}");
    let batch: EventBatch = serde_json::from_str(&body).unwrap();
    assert_eq!((batch.day.to_string().as_str(), batch.shopper), ("2026-11-21", true));
    assert_eq!(
        batch.events[1],
        Noted::Click { query: "desk lamp".into(), product_id: ProductId::named(&["p"]), position: 3 }
    );
    assert!(matches!(&batch.events[0], Noted::Search { query, found: false, .. } if query == "desk lamp"));
}

#[tokio::test]
async fn given_several_callers_when_recorded_then_a_person_is_one_and_guests_of_one_network_are_one() {
    let recorder = recorder();
    let guest = |token: &str| Customer::Guest(token.parse::<GuestToken>().unwrap());
    let events = json!([search("lamp")]);
    for (caller, source) in [
        (shopper("ada"), "192.0.2.1"),
        (shopper("ada"), "192.0.2.2"),
        (shopper("eve"), "192.0.2.1"),
        (guest("made-up-1"), "192.0.2.1"),
        (guest("made-up-2"), "192.0.2.1"),
        (Customer::New, "192.0.2.1"),
        (Customer::New, "192.0.2.9"),
    ] {
        record_events(&recorder, caller, post(&events).from(source).build()).await.unwrap();
    }
    let actors: Vec<ActorKey> = sent(&recorder).into_iter().map(|batch| batch.actor).collect();
    assert_eq!(actors[0], actors[1]);
    assert!(actors[3] == actors[4] && actors[4] == actors[5], "whoever likes can think of a cart token");
    let distinct: std::collections::BTreeSet<_> = actors.iter().collect();
    assert_eq!(distinct.len(), 4);
}

#[tokio::test]
async fn given_a_query_that_may_say_who_somebody_is_when_recorded_then_it_is_left_out_and_not_queued() {
    let recorder = recorder();
    let events = json!([search("ada@example.com"), search("!!"), search("+49 30 1234 567890")]);
    let answer = record_events(&recorder, shopper("ada"), post(&events).build()).await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(answer.body()).unwrap(), json!({"taken": 0}));
    assert_eq!(sent(&recorder), []);
    let card = record_events(&recorder, shopper("ada"), post(&json!([search("4242 4242 4242 4242")])).build()).await;
    assert_eq!(card.unwrap_err().code(), code::CARD_NUMBER_REFUSED);
}

#[tokio::test]
async fn given_events_that_cannot_be_used_when_recorded_then_the_problem_points_to_them_and_nothing_is_queued() {
    let recorder = recorder();
    let many: Vec<Value> = (0..26).map(|_| search("lamp")).collect();
    let view = json!({"type": "view", "productId": ProductId::named(&["p"])});
    for (events, code, pointer) in [
        (json!([]), code::INVALID_VALUE, "/events"),
        (json!(many), code::INVALID_VALUE, "/events"),
        (json!([view, search(&"a".repeat(201))]), code::INVALID_VALUE, "/events/1/query"),
        (json!([click("lamp", 0)]), code::INVALID_VALUE, "/events/0/position"),
        (json!([click("lamp", 1_001)]), code::INVALID_VALUE, "/events/0/position"),
        (json!([{"type": "view"}]), code::INVALID_VALUE, "/events/0/productId"),
        (json!([{"type": "view", "productId": "prd_1"}]), code::INVALID_VALUE, "/events/0"),
        (json!([{"type": "buy"}]), code::INVALID_VALUE, "/events/0"),
        (
            json!([{"type": "view", "productId": ProductId::named(&["p"]), "name": "Ada"}]),
            code::INVALID_BODY,
            "/events/0",
        ),
        (json!({"type": "view"}), code::INVALID_BODY, "/events"),
    ] {
        let problem = record_events(&recorder, shopper("ada"), post(&events).build()).await.unwrap_err();
        assert_eq!(problem.code(), code, "{events}: {problem:?}");
        assert!(format!("{problem:?}").contains(&format!("\"{pointer}")), "{events}: {problem:?}");
    }
    assert_eq!(sent(&recorder), []);
}

#[tokio::test]
async fn given_many_instances_at_once_when_a_day_begins_then_all_know_a_person_by_one_key() {
    let table = Table::in_memory("t");
    let recorders: Vec<_> =
        (0..10).map(|_| EventRecorder::over(BehaviourStore::new(table.clone()), Queue::in_memory())).collect();
    let events = json!([search("lamp")]);
    let all = recorders.iter().map(|recorder| record_events(recorder, shopper("ada"), post(&events).build()));
    assert!(futures::future::join_all(all).await.into_iter().all(|answer| answer.is_ok()));
    let keys: std::collections::BTreeSet<_> = recorders.iter().flat_map(sent).map(|batch| batch.actor).collect();
    assert_eq!(keys.len(), 1);
    let tomorrow = post(&events).at("2026-11-22T00:00:00Z".parse().unwrap()).build();
    record_events(&recorders[0], shopper("ada"), tomorrow).await.unwrap();
    assert!(!keys.contains(&sent(&recorders[0])[0].actor), "another day, another key");
}
