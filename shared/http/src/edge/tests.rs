#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

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
    let parameters = Request::of(rest("GET", "/v1/x", json!({})), "f", &Arc::new(Throttle::off()), now());
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
async fn given_a_list_of_origins_when_scripts_call_then_only_those_of_the_list_are_let() {
    let edge = Edge { cors: Cors::of("https://shop.example, http://localhost:3000").unwrap(), ..edge() };
    let from = |origin: &str| json!({"Origin": origin});
    let ask = async |method, headers| dispatch(&edge, &(), &show, rest(method, "/v1/orders/1", headers), now()).await;
    for origin in ["https://shop.example", "http://localhost:3000"] {
        let preflight = ask("OPTIONS", from(origin)).await;
        assert_eq!(preflight.status(), StatusCode::NO_CONTENT);
        assert!(preflight.headers()["access-control-allow-headers"].to_str().unwrap().contains("Idempotency-Key"));
        assert!(preflight.headers()["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));
        let answer = ask("GET", from(origin)).await;
        for response in [preflight, answer] {
            assert_eq!(response.headers()["access-control-allow-origin"], origin);
            assert_eq!(response.headers()["access-control-allow-credentials"], "true");
            assert_eq!(response.headers()["vary"], "Origin");
        }
    }
    let others = [
        "https://evil.example",
        "https://shop.example.evil.example",
        "null",
        "https://SHOP.example",
        "http://shop.example",
    ];
    for headers in others.map(from).into_iter().chain([json!({})]) {
        let answer = ask("GET", headers.clone()).await;
        assert!(!answer.headers().keys().any(|name| name.as_str().starts_with("access-control")), "{headers}");
        assert_eq!(answer.headers()["vary"], "Origin");
        assert_eq!(ask("OPTIONS", headers).await.status(), StatusCode::OK, "goes to the handler");
    }
    for unusable in
        ["*", "shop.example", "https://a.example/", "https://*.a.example", "ftp://a.example", "https://a.example,*"]
    {
        assert!(Cors::of(unusable).is_err(), "{unusable}");
    }
}

#[tokio::test]
async fn given_a_handler_that_hangs_when_the_function_is_about_to_end_then_503() {
    async fn hangs(_: &(), _: Anyone, _: Request) -> Result<Response, Problem> {
        std::future::pending().await
    }
    let mut context = lambda_http::Context::default();
    let end = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap() + Duration::from_secs(1);
    context.deadline = u64::try_from(end.as_millis()).unwrap();
    let began = Instant::now();
    let event = rest("GET", "/v1/orders/1", json!({})).with_lambda_context(context);
    let response = dispatch(&edge(), &(), &hangs, event, now()).await;
    assert_eq!((response.status().as_u16(), &body(&response)["code"]), (503, &json!("UNAVAILABLE")));
    assert_eq!(body(&response)["requestId"], "gateway-7");
    assert!(began.elapsed() >= Duration::from_millis(400), "it had its time");
}

#[tokio::test]
async fn given_headers_beyond_the_limit_when_sent_then_400() {
    let large = json!({"x-much": "x".repeat(HEADERS_LIMIT)});
    let response = dispatch(&edge(), &(), &show, rest("GET", "/v1/orders/1", large), now()).await;
    assert_eq!((response.status().as_u16(), &body(&response)["code"]), (400, &json!("INVALID_HEADER")));
}

#[tokio::test]
async fn given_a_parameter_beyond_the_limit_when_sent_then_400_and_in_the_path_404() {
    let long = "x".repeat(QUERY_LIMIT + 1);
    let parameters = |name: &str| HashMap::from([(name.to_owned(), vec![long.clone()])]);
    let queried = rest("GET", "/v1/orders", json!({})).with_query_string_parameters(parameters("q"));
    let response = dispatch(&edge(), &(), &show, queried, now()).await;
    assert_eq!((response.status().as_u16(), &body(&response)["errors"][0]["parameter"]), (400, &json!("q")));
    let in_path = rest("GET", "/v1/orders", json!({})).with_path_parameters(parameters("id"));
    assert_eq!(dispatch(&edge(), &(), &show, in_path, now()).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn given_a_card_number_in_path_query_or_body_when_sent_then_422_and_it_is_not_sent_back() {
    async fn takes(_: &(), _: Anyone, request: Request) -> Result<Response, Problem> {
        request.json::<BTreeMap<String, Value>>().map(|_| respond::no_content())
    }
    const CARD: &str = "4242 4242 4242 4242";
    let digits = CARD.replace(' ', "");
    let query = |text: &str| {
        let mut event = rest("POST", "/v1/x", json!({}));
        event = event.with_query_string_parameters(HashMap::from([("q".to_owned(), vec![text.to_owned()])]));
        event
    };
    let posted = |json: &Value| {
        let mut event = rest("POST", "/v1/x", json!({"Content-Type": "application/json"}));
        *event.body_mut() = json.to_string().into();
        event
    };
    let events = [
        rest("GET", &format!("/v1/search/{digits}"), json!({})),
        rest("GET", "/v1/search/4242%204242%204242%204242", json!({})),
        query(CARD),
        query(&format!("lamp {digits}")),
        posted(&json!({"name": CARD})),
        posted(&json!({"name": 4242424242424242_u64})),
        posted(&json!({"name": -4242424242424242_i64})),
        posted(&json!({"deep": [{"er": {"note": format!("pay with {digits}, please")}}]})),
        posted(&json!({ digits.as_str(): 1 })),
    ];
    for event in events {
        let place = event.uri().to_string();
        let response = dispatch(&edge(), &(), &takes, event, now()).await;
        let text = String::from_utf8(response.body().to_vec()).unwrap();
        assert_eq!(
            (response.status().as_u16(), &body(&response)["code"]),
            (422, &json!("CARD_NUMBER_REFUSED")),
            "{place}"
        );
        assert!(!text.contains(CARD) && !text.contains(&digits), "{text}");
    }
    let nested = posted(&json!({"deep": [{"er": {"note": CARD}}]}));
    assert_eq!(body(&dispatch(&edge(), &(), &takes, nested, now()).await)["errors"][0]["pointer"], "/deep/0/er/note");
    let ean = posted(&json!({"sku": "4006381333931", "id": "off_0190163d8694739b9f3a1c5d7e9b2f40"}));
    assert_eq!(dispatch(&edge(), &(), &takes, ean, now()).await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn given_a_route_with_a_quota_when_it_is_used_up_then_429_says_how_long_to_wait() {
    let quotas = throttle::Quotas::parse("checkout.source=2/60").unwrap();
    let limits = Throttle::new(throttle::Class::Checkout, quotas, rialto_dynamo::Table::in_memory("t"));
    let edge = edge().throttled(limits);
    let forged = json!({"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"});
    let ask = async |headers| dispatch(&edge, &(), &show, rest("POST", "/v1/orders/1", headers), now()).await;
    let first = ask(json!({})).await;
    assert_eq!(first.headers()["ratelimit-policy"], r#""checkout.source";q=2;w=60, "checkout.caller";q=20;w=60"#);
    assert!(first.headers()["ratelimit"].to_str().unwrap().starts_with(r#""checkout.source";r=1;t="#));
    assert_eq!(ask(json!({})).await.status(), StatusCode::OK);
    let refused = ask(forged).await;
    assert_eq!((refused.status().as_u16(), &body(&refused)["code"]), (429, &json!("TOO_MANY_REQUESTS")));
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(refused.headers()["ratelimit"], format!(r#""checkout.source";r=0;t={wait}"#));
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
