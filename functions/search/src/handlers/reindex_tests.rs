#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_dynamo::Table;
use rialto_http::testing::request;
use rialto_kernel::UserId;
use serde_json::{Value, json};

use super::*;
use crate::{open_search::OpenSearch, store::SearchStore};

fn operator() -> Operator {
    Operator { user_id: UserId::named(&["ada"]) }
}

/// Nobody listens where its cluster should be.
async fn rebuilder(indexes: Option<Indexes>) -> Rebuilder {
    let store = SearchStore::new(Table::in_memory("t"));
    if let Some(indexes) = indexes {
        assert!(store.replace_indexes(&indexes).await.unwrap());
    }
    Rebuilder::over("p".to_owned(), store, OpenSearch::connect("http://127.0.0.1:9", None).unwrap())
}

async fn steered(rebuilder: &Rebuilder, body: Value) -> Result<Value, Problem> {
    let asked = request("POST", "/v1/search/reindex").json(&body).build();
    let answer = steer_reindex(rebuilder, operator(), asked).await?;
    assert_eq!(answer.status(), 202);
    Ok(serde_json::from_slice(answer.body()).unwrap())
}

async fn shown(rebuilder: &Rebuilder) -> Value {
    let answer = show_reindex(rebuilder, operator(), request("GET", "/v1/search/reindex").build()).await.unwrap();
    serde_json::from_slice(answer.body()).unwrap()
}

#[tokio::test]
async fn given_an_index_when_a_rebuilding_is_begun_twice_then_there_is_one_and_it_tells_who_began_it() {
    let rebuilder = rebuilder(Some(Indexes::first("a".to_owned()))).await;
    assert_eq!(shown(&rebuilder).await, json!({"serving": "a"}));
    let begun = steered(&rebuilder, json!({"action": "start"})).await.unwrap();
    assert_eq!((&begun["serving"], &begun["rebuild"]["phase"]), (&json!("a"), &json!("preparing")));
    assert_eq!(begun["rebuild"]["startedBy"], json!(operator().user_id));
    assert_eq!(steered(&rebuilder, json!({"action": "start"})).await.unwrap(), begun);
    assert_eq!(shown(&rebuilder).await, begun);
}

#[tokio::test]
async fn given_what_cannot_be_done_when_asked_for_then_the_problem_says_why() {
    let never = rebuilder(None).await;
    assert_eq!(steered(&never, json!({"action": "start"})).await.unwrap_err().code(), code::UNAVAILABLE);
    let first = rebuilder(Some(Indexes::first("a".to_owned()))).await;
    assert_eq!(steered(&first, json!({"action": "roll_back"})).await.unwrap_err().code(), code::CONFLICT);
    assert_eq!(steered(&first, json!({"action": "drop"})).await.unwrap_err().code(), code::INVALID_VALUE);
}

#[tokio::test]
async fn given_a_cluster_that_is_down_when_rolled_back_then_it_is_decided_and_done_later() {
    let indexes = Indexes { previous: Some("b".to_owned()), ..Indexes::first("a".to_owned()) };
    let rebuilder = rebuilder(Some(indexes)).await;
    assert_eq!(steered(&rebuilder, json!({"action": "roll_back"})).await.unwrap_err().code(), code::UNAVAILABLE);
    assert_eq!(shown(&rebuilder).await, json!({"serving": "b", "previous": "a"}));
}
