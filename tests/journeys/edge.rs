//! What every route has from the edge, through the gateway.

use rialto_testkit::Shop;
use serde_json::json;

/// The limit of failures for one account from one source on test stacks: `log-in.pair` in `infra/local/stages/test.yaml`.
const FAILURES: usize = 12;

#[tokio::test]
async fn given_wrong_passwords_for_one_account_when_there_are_too_many_then_429_and_others_still_get_in() {
    let shop = Shop::open().await;
    let (shopper, other) = (shop.new_shopper().await, shop.new_shopper().await);
    let guess = json!({"email": shopper.email, "password": "not the password"});
    let forged = [("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=203.0.113.9")];
    for _ in 0..FAILURES {
        shop.send("POST", "/v1/sessions", &[], Some(&guess)).await.expect_problem(401, "INVALID_CREDENTIALS");
    }
    let refused = shop.send("POST", "/v1/sessions", &forged, Some(&guess)).await;
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3600).contains(&wait), "{wait}");
    assert!(refused.header("ratelimit").contains("\"log-in.pair\";r=0"), "{:?}", refused.headers);
    refused.expect_problem(429, "TOO_MANY_REQUESTS");
    let theirs = json!({"email": other.email, "password": "not the password"});
    shop.send("POST", "/v1/sessions", &[], Some(&theirs)).await.expect_problem(401, "INVALID_CREDENTIALS");
    let unknown = json!({"email": format!("nobody-{}", shopper.email), "password": "not the password"});
    shop.send("POST", "/v1/sessions", &[], Some(&unknown)).await.expect_problem(401, "INVALID_CREDENTIALS");
    shopper.send("GET", "/v1/orders", None).await.expect(200);
}

#[tokio::test]
async fn given_a_card_number_when_sent_anywhere_then_422_and_it_does_not_come_back() {
    const CARD: &str = "4242424242424242";
    let shop = Shop::open().await;
    let shopper = shop.new_shopper().await;
    let bodies =
        [("POST", "/v1/cart/items", json!({"sku": CARD, "quantity": 1})), ("POST", "/v1/users", json!({"name": CARD}))];
    for (method, path, body) in bodies {
        let answer = shopper.send(method, path, Some(&body)).await;
        assert!(!answer.body.to_string().contains(CARD), "{}", answer.body);
        answer.expect_problem(422, "CARD_NUMBER_REFUSED");
    }
    for path in
        ["/v1/search?q=4242%204242%204242%204242", "/v1/orders/4242424242424242", "/v1/nothing/4242-4242-4242-4242"]
    {
        let answer = shopper.send("GET", path, None).await;
        assert!(!answer.body.to_string().contains("4242"), "{}", answer.body);
        answer.expect_problem(422, "CARD_NUMBER_REFUSED");
    }
}

#[tokio::test]
async fn given_a_browser_on_a_listed_origin_when_it_asks_then_it_may_call_and_others_may_not() {
    let shop = Shop::open().await;
    let preflight = async |origin: &str| {
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        shop.send("OPTIONS", "/v1/cart/items", &headers, None).await
    };
    let listed = preflight("http://localhost:3000").await;
    assert_eq!(listed.status, 204);
    assert_eq!(listed.header("access-control-allow-origin"), "http://localhost:3000");
    assert!(listed.header("access-control-allow-headers").contains("Idempotency-Key"));
    let foreign = preflight("https://evil.example").await;
    assert!(!foreign.headers.contains_key("access-control-allow-origin"), "{:?}", foreign.headers);
    foreign.expect_problem(405, "METHOD_NOT_ALLOWED");
    let answer = shop.send("GET", "/v1/search?q=lamp", &[("origin", "http://localhost:3000")], None).await;
    assert_eq!(answer.header("access-control-allow-origin"), "http://localhost:3000");
    assert!(answer.header("access-control-expose-headers").contains("Retry-After"));
}

#[tokio::test]
async fn given_the_docs_page_when_opened_then_all_that_it_loads_comes_from_the_stack() {
    let shop = Shop::open().await;
    let page = shop.request("GET", "/v1/docs").send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
    let html = page.text().await.unwrap();
    for name in ["swagger-ui-bundle.js", "swagger-ui.css", "start.js"] {
        assert!(html.contains(&format!("docs/{name}")), "{name}");
        let file = shop.request("GET", &format!("/v1/docs/{name}")).send().await.unwrap();
        assert_eq!(file.status(), 200, "{name}");
        assert!(file.text().await.unwrap().len() > 100, "{name}");
    }
    shop.get("/v1/docs/other.js").await.expect_problem(404, "NOT_FOUND");
}
