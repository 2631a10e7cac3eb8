#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_http::{code, testing::request};
use rialto_kernel::ProductId;
use serde_json::{Value, json};

use super::*;
use crate::handlers::setting::testing::{keeper, operator, put};

async fn shown(keeper: &SettingKeeper) -> Value {
    let shown = show_ranking(keeper, operator(), request("GET", "/v1/search/ranking").build()).await.unwrap();
    serde_json::from_slice(shown.body()).unwrap()
}

#[tokio::test]
async fn given_some_weights_when_set_then_the_others_are_as_they_were_made() {
    let keeper = keeper();
    let made = shown(&keeper).await;
    let promotion = json!({
        "productId": ProductId::named(&["lamp"]), "label": "Sponsored",
        "from": "2026-11-20T00:00:00Z", "until": "2026-11-21T00:00:00Z",
    });
    let body = json!({"weights": {"available": 0.4}, "promotions": [promotion]});
    let set = set_ranking(&keeper, operator(), put(&body, "\"0\"")).await.unwrap();
    assert_eq!(set.headers()["etag"], "\"1\"");
    let mut expected = made.clone();
    expected["weights"]["available"] = json!(0.4);
    expected["promotions"] = json!([promotion]);
    assert_eq!(shown(&keeper).await, expected);
    set_ranking(&keeper, operator(), put(&json!({}), "\"1\"")).await.unwrap();
    assert_eq!(shown(&keeper).await, made, "all is left out");
}

#[tokio::test]
async fn given_a_ranking_that_cannot_be_when_set_then_the_problem_points_to_it_and_nothing_is_set() {
    let keeper = keeper();
    let body = json!({"weights": {"text": 4.0}});
    let problem = set_ranking(&keeper, operator(), put(&body, "*")).await.unwrap_err();
    assert_eq!(problem.code(), code::INVALID_VALUE);
    assert!(format!("{problem:?}").contains("/weights/allWords"), "{problem:?}");
    let unknown = set_ranking(&keeper, operator(), put(&json!({"weights": {"texts": 1.0}}), "*")).await.unwrap_err();
    assert_eq!(unknown.code(), code::INVALID_BODY);
    assert_eq!(shown(&keeper).await["weights"]["text"], json!(2.0));
}
