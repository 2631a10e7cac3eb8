use std::sync::Arc;

use futures::future::join_all;
use rialto_dynamo::{Fault, Faults, Table, testing as tables};
use rialto_http::testing::{answered, request};
use rialto_kernel::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::sync::Notify;

use super::*;
use crate::{
    domain::edit::Change,
    handlers::testing::{listed, now, operator, read, the_seller},
    store::Sale,
};

/// Longer than a lease.
fn later() -> Timestamp {
    now() + SignedDuration::from_secs(31)
}

async fn products(store: &Store, number: usize) -> Vec<ProductId> {
    let skus: Vec<String> = (0..number).map(|n| format!("S{n}")).collect();
    join_all(skus.iter().map(|sku| listed(store, "s", sku, Sale::Now))).await
}

/// Renames each product, which is at version 1.
fn renaming(ids: &[ProductId], title: &str) -> Value {
    let items = ids.iter().map(|id| json!({"productId": id, "version": 1, "edit": {"title": title}}));
    json!({ "items": items.collect::<Vec<_>>() })
}

async fn send(store: &Store, who: SellerOrOperator, key: &str, body: &Value, at: Timestamp) -> (u16, Value) {
    let sent = request("POST", "/v1/products/changes").header("idempotency-key", key).json(body).at(at).build();
    read(&answered(change_products(store, who, sent).await))
}

fn told(body: &Value) -> Vec<(String, u64)> {
    let one =
        |item: &Value| (item["status"].as_str().unwrap().to_owned(), item["version"].as_u64().unwrap_or_default());
    body["items"].as_array().unwrap_or(&Vec::new()).iter().map(one).collect()
}

async fn history(store: &Store, id: ProductId) -> Vec<Change> {
    store.changes_of(id, 100, None).await.unwrap().items
}

async fn title(store: &Store, id: ProductId) -> String {
    store.product_of(None, id).await.unwrap().product.main.unwrap().title
}

#[tokio::test]
async fn given_changes_when_sent_then_each_is_done_or_refused_by_itself_in_order_and_written_into_its_history() {
    for table in tables::tables("catalog-bulk").await.unwrap() {
        let store = Store::new(table);
        let ids = products(&store, 4).await;
        let theirs = listed(&store, "other", "T", Sale::Now).await;
        let nobodys = ProductId::named(&["nobody"]);
        let price =
            json!([{"variantId": rialto_kernel::VariantId::named(&["x"]), "price": {"amount": 1, "currency": "USD"}}]);
        let body = json!({"items": [
            {"productId": ids[0], "edit": {"title": "New"}},
            {"productId": theirs, "edit": {"title": "Mine"}},
            {"productId": ids[1], "version": 1, "edit": {"status": "archived"}},
            {"productId": ids[2], "version": 9, "edit": {"title": "Stale"}},
            {"productId": nobodys, "edit": {}},
            {"productId": ids[3], "version": 1, "edit": {"title": "Never", "prices": price}},
        ]});
        let (status, answer) = send(&store, the_seller("s"), "k", &body, now()).await;
        assert_eq!(status, 200, "{answer}");
        let expected = [("changed", 2), ("refused", 0), ("changed", 2), ("refused", 1), ("refused", 0), ("refused", 1)];
        assert_eq!(told(&answer), expected.map(|(status, version)| (status.to_owned(), version)), "{answer}");
        let items = answer["items"].as_array().unwrap();
        let wanted: Vec<_> = body["items"].as_array().unwrap().iter().map(|item| &item["productId"]).collect();
        assert_eq!(items.iter().map(|item| &item["productId"]).collect::<Vec<_>>(), wanted);
        for (nth, status, code, pointer) in [
            (1, 404, "NOT_FOUND", Value::Null),
            (3, 412, "PRECONDITION_FAILED", json!("/version")),
            (4, 404, "NOT_FOUND", Value::Null),
            (5, 422, "INVALID_VALUE", json!("/edit/prices/0/variantId")),
        ] {
            let problem = &items[nth]["problem"];
            assert_eq!((&problem["status"], &problem["code"]), (&json!(status), &json!(code)), "{problem}");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
            assert_eq!(problem["instance"], format!("/v1/products/{}", wanted[nth].as_str().unwrap()));
        }
        let entry = &history(&store, ids[0]).await[0];
        assert_eq!((entry.version, &entry.fields["title"].to), (2, &json!("New")));
        assert!(entry.by.starts_with("sel_"), "{entry:?}");
        for untouched in [theirs, ids[2], ids[3]] {
            assert_eq!(history(&store, untouched).await, [], "a refused change leaves nothing");
        }
        let (_, as_operator) = send(&store, SellerOrOperator::Operator(operator()), "k", &body, now()).await;
        assert_eq!(as_operator["items"][1]["status"], "changed", "another caller's key is another key");
    }
}

#[tokio::test]
async fn given_a_body_that_is_no_list_of_changes_when_sent_then_it_is_refused_whole_and_nothing_is_written() {
    let table = Table::in_memory("t");
    let store = Store::new(table.clone());
    let ids = products(&store, 2).await;
    let before = tables::items(&table).await.unwrap().len();
    let many: Vec<_> = (0..101).map(|n| ProductId::named(&[&n.to_string()])).collect();
    let good = json!({"productId": ids[0], "edit": {"title": "New"}});
    for (body, status, pointer) in [
        (json!({"items": []}), 422, "/items"),
        (renaming(&many, "x"), 422, "/items"),
        (renaming(&[ids[0], ids[1], ids[0]], "x"), 422, "/items/2/productId"),
        (json!({"items": [good, {"productId": ids[1], "edit": {"title": ""}}]}), 422, "/items/1/edit/title"),
        (json!({"items": [good, {"productId": ids[1]}]}), 422, "/items/1/edit"),
        (json!({"items": [good, {"productId": ids[1], "edit": {"sku": "x"}}]}), 400, "/items/1/edit/sku"),
        (json!({"items": [good, {"productId": "x", "edit": {}}]}), 422, "/items/1/productId"),
    ] {
        let (told, answer) = send(&store, the_seller("s"), "k", &body, now()).await;
        assert_eq!((told, &answer["errors"][0]["pointer"]), (status, &json!(pointer)), "{answer}");
    }
    let unkeyed = request("POST", "/v1/products/changes").json(&renaming(&ids, "x")).build();
    let unkeyed = change_products(&store, the_seller("s"), unkeyed).await.unwrap_err();
    assert_eq!(unkeyed.code(), code::IDEMPOTENCY_KEY_REQUIRED);
    assert_eq!(title(&store, ids[0]).await, "S0");
    assert_eq!(tables::items(&table).await.unwrap().len(), before);
}

#[tokio::test]
async fn given_a_death_at_any_write_when_repeated_with_the_same_key_or_a_new_one_then_each_product_is_changed_once() {
    for (nth, applied, key) in
        (1..=7).flat_map(|nth| [(nth, false, "k"), (nth, true, "k"), (nth, false, "new"), (nth, true, "new")])
    {
        let table = Table::in_memory("t");
        let store = Store::new(table.clone());
        let ids = products(&store, 5).await;
        let body = renaming(&ids, "New");
        let tell = Arc::new(Notify::new());
        let doomed = Faults::new().at(nth, Fault::Killed { applied, tell: Arc::clone(&tell) });
        let doomed = Store::new(table.with_faults(doomed));
        tokio::select! {
            answer = send(&doomed, the_seller("s"), "k", &body, now()) => panic!("{nth} did not die: {answer:?}"),
            () = tell.notified() => {}
        }
        let (status, answer) = send(&store, the_seller("s"), key, &body, later()).await;
        assert_eq!(status, 200, "{nth} {applied} {key}: {answer}");
        for ((status, version), id) in told(&answer).into_iter().zip(&ids) {
            assert!(["changed", "unchanged"].contains(&status.as_str()), "{nth} {applied} {key}: {answer}");
            assert_eq!((version, title(&store, *id).await, history(&store, *id).await.len()), (2, "New".into(), 1));
        }
        let again = send(&store, the_seller("s"), key, &body, later()).await;
        assert_eq!(again, (200, answer), "a replay is the answer that was given");
    }
}

#[tokio::test]
async fn given_lost_answers_and_conflicts_when_repeated_until_answered_then_each_product_is_changed_once() {
    for seed in 0..20 {
        let table = Table::in_memory("t");
        let store = Store::new(table.clone());
        let ids = products(&store, 12).await;
        let faults = Faults::new().seed(seed).share(15, Fault::AnswerLost).share(10, Fault::NotApplied);
        let stormy = Store::new(table.with_faults(faults.share(20, Fault::Conflict).share(10, Fault::SentTwice)));
        let mut outcome = (503, Value::Null);
        for minute in 0..100 {
            // What failed on our side leaves the key free at once, unless that failed too.
            let at = now() + SignedDuration::from_mins(minute);
            outcome = send(&stormy, the_seller("s"), "k", &renaming(&ids, "New"), at).await;
            if outcome.0 == 200 {
                break;
            }
            assert!([409, 503].contains(&outcome.0), "seed {seed}: {outcome:?}");
        }
        assert_eq!(outcome.0, 200, "seed {seed}");
        assert!(told(&outcome.1).iter().all(|(status, _)| status != "refused"), "seed {seed}: {}", outcome.1);
        for id in &ids {
            assert_eq!((title(&store, *id).await, history(&store, *id).await.len()), ("New".into(), 1), "seed {seed}");
        }
    }
}

#[tokio::test]
async fn given_two_requests_at_once_when_they_name_the_version_then_one_of_them_changes_each_product() {
    for table in tables::tables("catalog-bulk-race").await.unwrap() {
        let store = Store::new(table.clone());
        let ids = products(&store, 10).await;
        let stormy = |seed| Store::new(table.clone().with_faults(Faults::new().seed(seed).share(30, Fault::Conflict)));
        let (one, two) = (stormy(1), stormy(2));
        let (ones, twos) = (renaming(&ids, "One"), renaming(&ids, "Two"));
        let (one, two) = futures::join!(
            send(&one, the_seller("s"), "one", &ones, now()),
            send(&two, the_seller("s"), "two", &twos, now()),
        );
        assert_eq!((one.0, two.0), (200, 200));
        for ((one, two), id) in told(&one.1).iter().zip(told(&two.1)).zip(&ids) {
            let history = history(&store, *id).await;
            assert_eq!(history.len(), 1, "{one:?} {two:?}");
            let (winner, other) = if history[0].fields["title"].to == "One" { (one, &two) } else { (&two, one) };
            assert_eq!((winner, other), (&("changed".to_owned(), 2), &("refused".to_owned(), 2)));
        }
    }
}

#[tokio::test]
async fn given_a_repeat_after_somebody_elses_change_when_it_names_the_version_then_theirs_stays() {
    let store = Store::new(Table::in_memory("t"));
    let ids = products(&store, 1).await;
    send(&store, the_seller("s"), "k", &renaming(&ids, "New"), now()).await;
    let theirs = json!({"items": [{"productId": ids[0], "edit": {"title": "Theirs"}}]});
    send(&store, SellerOrOperator::Operator(operator()), "op", &theirs, now()).await;
    let (_, answer) = send(&store, the_seller("s"), "again", &renaming(&ids, "New"), now()).await;
    assert_eq!((told(&answer), title(&store, ids[0]).await), (vec![("refused".to_owned(), 3)], "Theirs".to_owned()));
}

#[tokio::test]
async fn given_a_table_that_does_not_answer_when_the_time_is_up_then_it_is_unavailable_and_can_be_asked_again() {
    let table = Table::in_memory("t");
    let store = Store::new(table.clone());
    let ids = products(&store, 3).await;
    let hung = Fault::Killed { applied: true, tell: Arc::new(Notify::new()) };
    let hung = Store::new(table.with_faults(Faults::new().at(2, hung)));
    let request = request("POST", "/v1/products/changes").build();
    let bulk = Bulk { store: &hung, owner: None, author: "op".to_owned(), request: &request };
    let ProductEdits { items } = serde_json::from_value(renaming(&ids, "New")).unwrap();
    let problem = bulk.all(&items, Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(problem.code(), code::UNAVAILABLE);
    let (_, answer) = send(&store, the_seller("s"), "k", &renaming(&ids, "New"), now()).await;
    assert!(told(&answer).iter().all(|(status, _)| status != "refused"), "{answer}");
    for id in ids {
        assert_eq!(history(&store, id).await.len(), 1);
    }
}
