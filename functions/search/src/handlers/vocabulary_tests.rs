#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_http::{code, testing::request};
use serde_json::{Value, json};

use super::*;
use crate::handlers::setting::testing::{keeper, operator, put};

#[tokio::test]
async fn given_a_vocabulary_when_set_then_it_is_shown_and_an_old_version_is_412() {
    let keeper = keeper();
    let first = json!({"twoWay": [["sofa", "couch"]], "oneWay": [], "never": []});
    let set = set_vocabulary(&keeper, operator(), put(&first, "\"0\"")).await.unwrap();
    assert_eq!(set.headers()["etag"], "\"1\"");
    let shown = show_vocabulary(&keeper, operator(), request("GET", "/v1/search/vocabulary").build()).await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(shown.body()).unwrap(), first);
    let late = set_vocabulary(&keeper, operator(), put(&first, "\"0\"")).await.unwrap_err();
    assert_eq!(late.code(), code::PRECONDITION_FAILED);
}

#[tokio::test]
async fn given_two_operators_at_once_when_they_set_it_then_one_of_them_is_refused() {
    let keeper = keeper();
    let body = |word: &str| json!({"twoWay": [["sofa", word]]});
    let (sofa, couch) = (put(&body("couch"), "\"0\""), put(&body("settee"), "\"0\""));
    let (a, b) = futures::join!(set_vocabulary(&keeper, operator(), sofa), set_vocabulary(&keeper, operator(), couch));
    assert!(a.is_ok() != b.is_ok());
}

#[tokio::test]
async fn given_a_term_that_cannot_be_used_when_set_then_the_problem_points_to_it() {
    let body = json!({"never": [{"query": "apple", "product": "!"}]});
    let problem = set_vocabulary(&keeper(), operator(), put(&body, "*")).await.unwrap_err();
    assert_eq!(problem.code(), code::INVALID_VALUE);
    assert!(format!("{problem:?}").contains("/never/0/product"), "{problem:?}");
}
