#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;

use rialto_kernel::{OfferId, Quantity};
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::{Limit, testing::request};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "tests")]
struct Order {
    lines: Vec<Line>,
    note: Option<String>,
    #[serde(default)]
    tags: BTreeMap<String, u8>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "tests")]
struct Line {
    offer_id: OfferId,
    quantity: Quantity,
}

fn told(problem: Problem) -> Value {
    serde_json::from_slice(problem.respond("/", "r").body()).unwrap()
}

/// Status, code, and pointer and fault of the first error.
fn refused(body: &str) -> (u64, String, String, String) {
    let request = request("POST", "/").body(body).header("content-type", "application/json").build();
    let Err(problem) = request.json::<Order>() else { panic!("{body} was taken") };
    let json = told(problem);
    let text = |pointer: &str| json.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    (json["status"].as_u64().unwrap(), text("/code"), text("/errors/0/pointer"), text("/errors/0/code"))
}

fn expect(status: u64, code: &str, pointer: &str, fault: &str) -> (u64, String, String, String) {
    (status, code.to_owned(), pointer.to_owned(), fault.to_owned())
}

#[test]
fn given_malformed_json_when_read_then_400_says_where() {
    for body in ["", "{", "{\"lines\": [}", "nonsense", "{\"lines\": []} {}", "{\"lines\": [],}", "\u{feff}{}"] {
        assert_eq!(refused(body), expect(400, "MALFORMED_JSON", "", ""), "{body}");
    }
    let request = request("POST", "/").body("{\n  \"lines\": x").header("content-type", "application/json").build();
    assert_eq!(told(request.json::<Order>().unwrap_err())["detail"], "expected value at line 2 column 12");
    assert_eq!(refused(&"[".repeat(1000)).1, "MALFORMED_JSON", "too deep");
}

#[test]
fn given_another_shape_when_read_then_400_points_at_it() {
    let id = OfferId::named(&["a"]);
    let line = |quantity: &str| format!(r#"{{"lines": [{{"offerId": "{id}", "quantity": {quantity}}}]}}"#);
    let body = "INVALID_BODY";
    assert_eq!(refused(&line("\"2\"")), expect(400, body, "/lines/0/quantity", "WRONG_TYPE"));
    assert_eq!(refused(&line("1.5")), expect(400, body, "/lines/0/quantity", "WRONG_TYPE"));
    assert_eq!(refused(&line("null")), expect(400, body, "/lines/0/quantity", "WRONG_TYPE"));
    assert_eq!(refused("[]"), expect(400, body, "", "WRONG_TYPE"));
    assert_eq!(
        refused(r#"{"lines": [["off_0190163d8694739b9f3a1c5d7e9b2f40", 1]]}"#),
        expect(400, body, "/lines/0", "WRONG_TYPE")
    );
    assert_eq!(refused("null"), expect(400, body, "", "WRONG_TYPE"));
    assert_eq!(refused(r#"{"lines": {}}"#), expect(400, body, "/lines", "WRONG_TYPE"));
    assert_eq!(refused(r#"{"lines": [], "role": "operator"}"#), expect(400, body, "/role", "UNKNOWN"));
    assert_eq!(refused(r#"{"lines": [], "a/b~c": 1}"#), expect(400, body, "/a~1b~0c", "UNKNOWN"));
    assert_eq!(refused(&line(r#"2, "price": 1"#)), expect(400, body, "/lines/0/price", "UNKNOWN"));
    assert_eq!(refused(r#"{"lines": [], "lines": []}"#), expect(400, body, "/lines", "DUPLICATE"));
}

#[test]
fn given_a_value_that_is_missing_or_not_allowed_when_read_then_422_points_at_it() {
    let id = OfferId::named(&["a"]);
    let line = |quantity: &str| format!(r#"{{"lines": [{{"offerId": "{id}", "quantity": {quantity}}}]}}"#);
    let value = "INVALID_VALUE";
    assert_eq!(refused("{}"), expect(422, value, "/lines", "REQUIRED"));
    assert_eq!(refused(&line("0")), expect(422, value, "/lines/0/quantity", "NOT_ALLOWED"));
    assert_eq!(refused(&line("-1")), expect(422, value, "/lines/0/quantity", "OUT_OF_RANGE"));
    assert_eq!(refused(&line("99999999999999999999")).0, 400, "no JSON integer that we can hold");
    assert_eq!(
        refused(r#"{"lines": [{"offerId": "x", "quantity": 1}]}"#),
        expect(422, value, "/lines/0/offerId", "NOT_ALLOWED")
    );
    assert_eq!(refused(r#"{"lines": [{"quantity": 1}]}"#), expect(422, value, "/lines/0/offerId", "REQUIRED"));
    assert_eq!(refused(r#"{"lines": [], "tags": {"a": 256}}"#), expect(422, value, "/tags/a", "OUT_OF_RANGE"));
}

#[test]
fn given_another_content_type_or_a_large_body_when_read_then_415_or_413() {
    let read = |content_type: &str, body: &str| {
        let request = request("POST", "/").body(body).header("content-type", content_type).build();
        request.json_within::<Order>(20).map_err(|problem| problem.code())
    };
    for good in ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""] {
        assert!(read(good, r#"{"lines": []}"#).is_ok(), "{good}");
    }
    for bad in ["text/plain", "application/jsonp", "application/json; charset=latin1", "multipart/form-data"] {
        assert_eq!(read(bad, "{}").unwrap_err(), code::UNSUPPORTED_MEDIA_TYPE, "{bad}");
    }
    assert_eq!(read("application/json", r#"{"lines": [], "note": ""}"#).unwrap_err(), code::PAYLOAD_TOO_LARGE);
    assert_eq!(
        request("POST", "/").body("{}").build().json::<Order>().unwrap_err().code(),
        code::UNSUPPORTED_MEDIA_TYPE
    );
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct List {
    #[serde(default)]
    limit: Limit,
    cursor: Option<String>,
    status: Option<Status>,
    page: Option<u8>,
    available: Option<bool>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Status {
    Confirmed,
}

#[test]
fn given_a_query_when_read_then_texts_become_what_fields_want() {
    let list = |query: &str| request("GET", &format!("/?{query}")).build().query::<List>().unwrap();
    assert_eq!(list("").limit.get(), 20);
    let full = list("limit=100&cursor=a%2Bb&status=confirmed&page=2&available=true");
    assert_eq!((full.limit.get(), full.cursor.as_deref(), full.page), (100, Some("a+b"), Some(2)));
    assert_eq!((full.status, full.available), (Some(Status::Confirmed), Some(true)));
}

#[test]
fn given_a_query_that_is_not_valid_when_read_then_400_names_the_parameter() {
    for (query, parameter, fault) in [
        ("limit=0", "limit", "OUT_OF_RANGE"),
        ("limit=101", "limit", "OUT_OF_RANGE"),
        ("limit=-1", "limit", "OUT_OF_RANGE"),
        ("limit=ten", "limit", "OUT_OF_RANGE"),
        ("limit=", "limit", "OUT_OF_RANGE"),
        ("page=300", "page", "WRONG_TYPE"),
        ("available=maybe", "available", "WRONG_TYPE"),
        ("status=lost", "status", "NOT_ALLOWED"),
        ("sort=price", "sort", "UNKNOWN"),
        ("limit=5&limit=6", "limit", "DUPLICATE"),
    ] {
        let json = told(request("GET", &format!("/?{query}")).build().query::<List>().unwrap_err());
        assert_eq!(json["code"], "INVALID_QUERY", "{query}");
        assert_eq!(json["errors"][0]["parameter"], json!(parameter), "{query}: {json}");
        assert_eq!(json["errors"][0]["code"], json!(fault), "{query}: {json}");
    }
}
