//! What must not be possible, by the clause that says so. The clauses about access tokens (RFC 8725) and about whose things
//! are whose (OWASP API Security Top 10 2023, API1 to API3 and API5) are tried at every route by `access`, and
//! one by one in `shared/http/src/token/tests.rs`.

use acceptance::contract;
use rialto_testkit::{PASSWORD, Shop};
use serde_json::{Value, json};

#[tokio::test]
async fn rfc9700_4_3_2_a_token_in_the_query_or_the_body_lets_nobody_in() {
    let shop = Shop::open().await;
    let shopper = shop.new_shopper().await;
    shopper.send("GET", "/v1/orders", None).await.expect(200);
    let in_query = shop.get(&format!("/v1/orders?access_token={}", shopper.token)).await;
    in_query.expect_problem(401, "UNAUTHENTICATED");
    let body = json!({"access_token": shopper.token});
    shop.send("POST", "/v1/me/addresses", &[], Some(&body)).await.expect_problem(401, "UNAUTHENTICATED");
    let basic = [("authorization", format!("Basic {}", shopper.token))];
    let basic: Vec<_> = basic.iter().map(|(name, value)| (*name, value.as_str())).collect();
    shop.send("GET", "/v1/orders", &basic, None).await.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn owasp_api2_2023_a_wrong_password_and_an_unknown_email_are_answered_alike() {
    let shop = Shop::open().await;
    let shopper = shop.new_shopper().await;
    let mut told = Vec::new();
    for email in [shopper.email.clone(), format!("nobody-{}", shopper.email)] {
        let credentials = json!({"email": email, "password": format!("{PASSWORD}!")});
        let answer = shop.send("POST", "/v1/sessions", &[], Some(&credentials)).await;
        let headers: Vec<_> = answer.headers.keys().map(|name| name.as_str().to_owned()).collect();
        let mut problem = answer.expect_problem(401, "INVALID_CREDENTIALS");
        problem["requestId"].take();
        told.push((headers, problem));
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn owasp_api4_2023_what_would_cost_much_is_refused_before_it_is_done() {
    let shop = Shop::open().await;
    let shopper = shop.new_shopper().await;
    for path in ["/v1/orders?limit=101", "/v1/me/addresses?limit=100000", "/v1/orders?limit=-1", "/v1/orders?limit=1e3"]
    {
        shopper.send("GET", path, None).await.expect_problem(400, "INVALID_QUERY");
    }
    let words = "word+".repeat(100);
    for path in [format!("/v1/search?q={words}"), "/v1/search?q=lamp&page=1000".into(), "/v1/items?size=5000".into()] {
        shop.get(&path).await.expect_problem(400, "INVALID_QUERY");
    }
    let bearer = format!("Bearer {}", shopper.token);
    let post = async |body: String| {
        let request = shop.request("POST", "/v1/cart/items").header("authorization", &bearer);
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["code"].clone())
    };
    assert_eq!(post("x".repeat(300_000)).await, (413, json!("PAYLOAD_TOO_LARGE")));
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(post(deep).await, (400, json!("MALFORMED_JSON")));
    let many = format!("{{{}\"quantity\": 1}}", "\"sku\": \"x\", ".repeat(10_000));
    assert_eq!(post(many).await.0, 400);
}

#[tokio::test]
async fn owasp_api8_2023_a_problem_tells_nothing_of_what_is_inside() {
    let shop = Shop::open().await;
    let shopper = shop.new_shopper().await;
    let odd = [
        "/v1/orders/..%2F..%2Fetc",
        "/v1/products/%00",
        "/v1/products/%27%20OR%201=1",
        "/v1/search?filters=%24where:1",
    ];
    for path in odd {
        let answer = shopper.send("GET", path, None).await;
        assert!((400..500).contains(&answer.status), "{path}: {} {}", answer.status, answer.body);
        let text = answer.body.to_string();
        for inside in ["rialto_", "src/", ".rs:", "DynamoDB", "dynamodb", "panicked", "OpenSearch", "arn:aws"] {
            assert!(!text.contains(inside), "{path} tells of {inside}: {text}");
        }
    }
}

#[tokio::test]
async fn owasp_api9_2023_no_route_answers_but_those_of_the_contract() {
    let shop = Shop::open().await;
    let operator = shop.new_operator().await;
    let paths = contract().unwrap().methods();
    for path in ["/v2/orders", "/v1/admin", "/v1/users", "/v1/internal/orders", "/v1/debug", "/metrics", "/v1/me/roles"]
    {
        if paths.get(path).is_some_and(|methods| methods.contains(&"GET".to_owned())) {
            continue;
        }
        let answer = operator.send("GET", path, None).await;
        assert!([404, 405].contains(&answer.status), "{path}: {} {}", answer.status, answer.body);
    }
    // No route makes anyone a seller or an operator.
    for (path, methods) in paths {
        assert!(!path.contains("role") && !path.contains("grant"), "{methods:?} {path}");
    }
}
