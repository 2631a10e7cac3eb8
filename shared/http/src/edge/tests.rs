#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use rialto_kernel::OrderId;
use serde_json::{Value, json};

use super::*;
use crate::{Anyone, Customer, GuestToken, Shopper, StatusCode, code, respond};

fn edge() -> Edge {
    Edge::new("orders-show-order", Verifier::new("test", NoKeys))
}

/// A REST API's event.
fn rest(method: &str, path: &str, headers: Value) -> lambda_http::Request {
    let event = json!({
        "resource": "/v1/orders/{id}", "path": path, "httpMethod": method,
        "headers": headers, "multiValueHeaders": {},
        "queryStringParameters": {"status": "CONFIRMED", "q": "a+b c"},
        "multiValueQueryStringParameters": {"status": ["CONFIRMED"], "q": ["a+b c"]},
        "pathParameters": {"id": "ord_0190163d8694739b9f3a1c5d7e9b2f40", "sku": "A%2F1%20x"},
        "stageVariables": null,
        "requestContext": {
            "accountId": "1", "resourceId": "r", "stage": "dev", "requestId": "gateway-7", "resourcePath": "/v1/orders/{id}",
            "path": format!("/dev{path}"), "httpMethod": method, "apiId": "a", "protocol": "HTTP/1.1",
            "identity": {"sourceIp": "192.0.2.7"},
        },
        "body": null, "isBase64Encoded": false,
    });
    lambda_http::request::from_str(&event.to_string()).unwrap()
}

/// An HTTP API's event, as `cargo lambda watch` sends it.
fn http_api(path: &str) -> lambda_http::Request {
    let event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "status=CONFIRMED&q=a%2Bb+c",
        "headers": {"content-type": "application/json"}, "cookies": ["cart=abc.def", "x=y"],
        "pathParameters": {"id": "ord_0190163d8694739b9f3a1c5d7e9b2f40"},
        "requestContext": {
            "accountId": "1", "apiId": "a", "stage": "$default", "requestId": "watch-7", "time": "", "timeEpoch": 0,
            "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "x"},
        },
        "body": "{\"a\":1}", "isBase64Encoded": false,
    });
    lambda_http::request::from_str(&event.to_string()).unwrap()
}

async fn show(_: &(), _: Anyone, request: Request) -> Result<Response, Problem> {
    let id: OrderId = request.path_id("id")?;
    respond::ok(&json!({ "id": id, "path": request.path(), "from": request.source_ip(), "query": request.query }))
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test]
async fn given_either_gateway_when_a_route_answers_then_path_query_and_parameters_are_the_same() {
    for event in
        [rest("GET", "/v1/orders/1", json!({})), rest("GET", "/dev/v1/orders/1", json!({})), http_api("/v1/orders/1")]
    {
        let response = dispatch(&edge(), &(), &show, event, now()).await;
        let json = body(&response);
        assert_eq!(json["path"], "/v1/orders/1");
        assert_eq!(json["id"], "ord_0190163d8694739b9f3a1c5d7e9b2f40");
        let mut pairs: Vec<(String, String)> = serde_urlencoded::from_str(json["query"].as_str().unwrap()).unwrap();
        pairs.sort();
        assert_eq!(pairs, [("q".to_owned(), "a+b c".to_owned()), ("status".to_owned(), "CONFIRMED".to_owned())]);
    }
    let parameters = Request::of(rest("GET", "/v1/x", json!({})), "f", now());
    assert_eq!(parameters.path_text("sku").unwrap(), "A/1 x");
    assert_eq!(parameters.template(), Some("/v1/orders/{id}"));
}

#[tokio::test]
async fn given_any_answer_when_it_leaves_then_it_carries_the_request_id_and_security_headers() {
    let response = dispatch(&edge(), &(), &show, rest("GET", "/v1/orders/1", json!({})), now()).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["x-request-id"], "gateway-7");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(!response.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn given_a_malformed_id_when_a_route_wants_it_then_404_as_problem_json() {
    async fn wants(_: &(), _: Anyone, request: Request) -> Result<Response, Problem> {
        request.path_id::<OrderId>("sku").map(|_| respond::no_content())
    }
    let response = dispatch(&edge(), &(), &wants, rest("GET", "/v1/orders/x", json!({})), now()).await;
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let expected = json!({
        "type": "urn:rialto:problem:not-found", "title": "Not found", "status": 404, "instance": "/v1/orders/x",
        "code": "NOT_FOUND", "requestId": "gateway-7",
    });
    assert_eq!(body(&response), expected);
}

#[tokio::test]
async fn given_a_failure_of_ours_when_it_is_answered_then_nothing_but_the_request_id_is_told() {
    async fn fails(_: &(), _: Anyone, _: Request) -> Result<Response, Problem> {
        Err(Problem::unavailable("table dev-orders is on fire").detail("secret").with("more", "secret").error(
            "/a",
            crate::Fault::Required,
            "secret",
        ))
    }
    let response = dispatch(&edge(), &(), &fails, rest("GET", "/v1/orders/1", json!({})), now()).await;
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    let text = String::from_utf8(response.body().to_vec()).unwrap();
    assert!(!text.contains("secret") && !text.contains("fire"), "{text}");
    assert_eq!(body(&response)["requestId"], "gateway-7");
}

#[tokio::test]
async fn given_a_refusal_when_it_is_answered_then_its_members_are_told() {
    async fn refuses(_: &(), _: Anyone, _: Request) -> Result<Response, Problem> {
        Err(Problem::of(code::OUT_OF_STOCK).detail("only 1 left").with("items", [json!({"available": 1})]))
    }
    let response = dispatch(&edge(), &(), &refuses, rest("POST", "/v1/x", json!({})), now()).await;
    let json = body(&response);
    assert_eq!((json["status"].as_u64(), json["items"][0]["available"].as_u64()), (Some(409), Some(1)));
    assert_eq!(json["detail"], "only 1 left");
}

#[tokio::test]
async fn given_a_customer_when_no_token_is_given_then_the_cart_token_or_cookie_says_which_guest() {
    async fn who(_: &(), customer: Customer, _: Request) -> Result<Response, Problem> {
        respond::ok(&match customer {
            Customer::Guest(token) => token.reveal().to_owned(),
            Customer::New => "new".to_owned(),
            Customer::Shopper(_) => "shopper".to_owned(),
        })
    }
    let ask = async |headers| dispatch(&edge(), &(), &who, rest("GET", "/v1/cart", headers), now()).await;
    assert_eq!(body(&ask(json!({})).await), "new");
    assert_eq!(body(&ask(json!({"Cart-Token": "abc.def-_1"})).await), "abc.def-_1");
    assert_eq!(body(&ask(json!({"Cookie": "a=b; cart=fromcookie"})).await), "fromcookie");
    assert_eq!(body(&ask(json!({"Cookie": "cart=one", "Cart-Token": "two"})).await), "two");
    assert_eq!(body(&ask(json!({"Cookie": "cart=sp ace"})).await), "new", "a spoilt cookie is no one's fault");
    for bad in ["", "a b", "ü", &"x".repeat(257)] {
        assert_eq!(body(&ask(json!({"Cart-Token": bad})).await)["code"], "INVALID_HEADER", "{bad}");
    }
    assert_eq!(
        ask(json!({"Authorization": "Bearer x.y.z", "Cart-Token": "abc"})).await.status(),
        401,
        "a bad token is no guest"
    );
    let watched = dispatch(&edge(), &(), &who, http_api("/v1/cart"), now()).await;
    assert_eq!(body(&watched), "abc.def");
    assert_eq!(format!("{:?}", "abc".parse::<GuestToken>().unwrap()), "GuestToken(..)");
}

#[tokio::test]
async fn given_a_route_for_shoppers_when_no_token_is_given_then_the_handler_does_not_run() {
    async fn never(ran: &Arc<std::sync::atomic::AtomicBool>, _: Shopper, _: Request) -> Result<Response, Problem> {
        ran.store(true, std::sync::atomic::Ordering::SeqCst);
        Ok(respond::no_content())
    }
    let ran = Arc::default();
    let response = dispatch(&edge(), &ran, &never, rest("GET", "/v1/orders", json!({})), now()).await;
    assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"rialto\"");
    assert_eq!((response.status().as_u16(), ran.load(std::sync::atomic::Ordering::SeqCst)), (401, false));
}

#[tokio::test]
async fn given_an_origin_when_scripts_call_then_cors_headers_let_them() {
    let edge = Edge { cors: Some(Cors::of("https://shop.example").unwrap()), ..edge() };
    let preflight = dispatch(&edge, &(), &show, rest("OPTIONS", "/v1/orders/1", json!({})), now()).await;
    assert_eq!(preflight.status(), StatusCode::NO_CONTENT);
    assert!(preflight.headers()["access-control-allow-headers"].to_str().unwrap().contains("Idempotency-Key"));
    let answer = dispatch(&edge, &(), &show, rest("GET", "/v1/orders/1", json!({})), now()).await;
    assert_eq!(answer.headers()["access-control-allow-origin"], "https://shop.example");
    assert_eq!(answer.headers()["vary"], "Origin");
}

#[test]
fn given_an_answer_with_cookies_when_handed_to_a_gateway_then_each_gets_its_own_form() {
    let response = || respond::created("/v1/cart", &json!({})).unwrap().etag(3).cookie("cart=a; Path=/");
    let rest = serde_json::to_value(Answer::of(response(), false)).unwrap();
    assert_eq!((rest["statusCode"].as_u64(), &rest["headers"]["etag"]), (Some(201), &json!("\"3\"")));
    assert_eq!(rest["multiValueHeaders"]["set-cookie"], json!(["cart=a; Path=/"]));
    let http_api = serde_json::to_value(Answer::of(response(), true)).unwrap();
    assert_eq!(http_api["cookies"], json!(["cart=a; Path=/"]));
    assert_eq!((&http_api["body"], &http_api["isBase64Encoded"]), (&json!("{}"), &json!(false)));
    let image = serde_json::to_value(Answer::of(Response::new(StatusCode::OK, "image/png", vec![0xff]), true)).unwrap();
    assert_eq!((&image["body"], &image["isBase64Encoded"]), (&json!("/w=="), &json!(true)));
}
