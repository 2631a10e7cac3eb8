//! Rubbish, other people's things, and no or false papers.

use rialto_testkit::{Product, Shop};
use serde_json::json;

const NOBODYS: &str = "0190163d8694739b9f3a1c5d7e9b2f40";

#[tokio::test]
async fn given_no_token_or_a_false_one_when_a_private_route_is_called_then_it_is_401() {
    let shop = Shop::open().await;
    let shopper = shop.new_shopper().await;
    let parts: Vec<_> = shopper.token.split('.').collect();
    let other = shop.new_shopper().await;
    let their_payload = other.token.split('.').nth(1).unwrap();
    // {"alg":"none","typ":"at+jwt"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{}.", parts[1]);
    let swapped = format!("{}.{their_payload}.{}", parts[0], parts[2]);
    let order = format!("/v1/orders/ord_{NOBODYS}");
    let routes = [
        ("GET", "/v1/orders"),
        ("GET", order.as_str()),
        ("POST", "/v1/orders/checkout"),
        ("GET", "/v1/me/addresses"),
        ("GET", "/v1/catalog-imports"),
        ("GET", "/v1/warehouses"),
    ];
    for (method, path) in routes {
        let body = (method == "POST").then(|| json!({}));
        shop.send(method, path, &[], body.as_ref()).await.expect_problem(401, "UNAUTHENTICATED");
        for token in [unsigned.as_str(), swapped.as_str(), "rubbish"] {
            let bearer = format!("Bearer {token}");
            let answer = shop.send(method, path, &[("authorization", &bearer)], body.as_ref()).await;
            answer.expect_problem(401, "INVALID_TOKEN");
        }
    }
}

#[tokio::test]
async fn given_another_persons_things_when_asked_for_then_they_do_not_exist() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let offer = seller.list_product(Product::unique(3)).await;
    let (owner, other) = (shop.new_shopper().await, shop.new_shopper().await);
    let order = owner.buy(&offer, 1, "pm_sandbox_approved").await.expect(201).text("/id");
    other.send("GET", &format!("/v1/orders/{order}"), None).await.expect_problem(404, "NOT_FOUND");
    owner.send("GET", &format!("/v1/orders/ord_{NOBODYS}"), None).await.expect_problem(404, "NOT_FOUND");
    owner.send("GET", "/v1/orders/rubbish", None).await.expect_problem(404, "NOT_FOUND");
    other.add(&offer, 1).await;
    let mut form = other.order_form("pm_sandbox_approved").await;
    form["cartId"] = owner.cart().await["id"].clone();
    other.check_out("their-cart", &form).await.expect_problem(404, "NOT_FOUND");
    let rival = shop.new_seller().await;
    rival.person.send("GET", &format!("/v1/inventory/{offer}"), None).await.expect_problem(404, "NOT_FOUND");
    let receipt = json!({"offerId": offer, "warehouseId": format!("whs_{NOBODYS}"), "quantity": 5, "reason": "theft"});
    let key = [("idempotency-key", "theft")];
    let _in_peace = crate::idempotency::RECEIVING.read().await;
    rival
        .person
        .send_with("POST", "/v1/inventory/receipts", &key, Some(&receipt))
        .await
        .expect_problem(404, "NOT_FOUND");
    owner.send("GET", "/v1/warehouses", None).await.expect_problem(403, "FORBIDDEN");
    assert_eq!(shop.books().stock_of(&offer).await, (2, 0, 2));
}

#[tokio::test]
async fn given_rubbish_when_sent_then_the_problem_says_what_to_change_and_nothing_is_written() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(3)).await;
    let shopper = shop.new_shopper().await;
    shopper.add(&offer, 1).await;
    let before = shopper.cart().await;
    for (body, status, code) in [
        (json!({"offerId": offer, "quantity": 0}), 422, "INVALID_VALUE"),
        (json!({"offerId": offer, "quantity": 1_000_000}), 422, "INVALID_VALUE"),
        (json!({"offerId": offer, "quantity": "2"}), 400, "INVALID_BODY"),
        (json!({"offerId": offer, "quantity": 2.5}), 400, "INVALID_BODY"),
        (json!({"offerId": offer, "quantity": 1, "price": {"amount": 1, "currency": "USD"}}), 400, "INVALID_BODY"),
        (json!({"quantity": 1}), 422, "INVALID_VALUE"),
        (json!([]), 400, "INVALID_BODY"),
    ] {
        let problem = shopper.send("POST", "/v1/cart/items", Some(&body)).await.expect_problem(status, code);
        assert!(problem["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{body}: {problem}");
    }
    let negative = shopper.send("POST", "/v1/cart/items", Some(&json!({"offerId": offer, "quantity": -1}))).await;
    assert!([400, 422].contains(&negative.status), "{}", negative.body);
    let unknown = json!({"offerId": format!("off_{NOBODYS}"), "quantity": 1});
    let unknown = shopper.send("POST", "/v1/cart/items", Some(&unknown)).await;
    assert!([404, 422].contains(&unknown.status), "{}", unknown.body);
    let much = json!({"offerId": offer, "quantity": 500});
    shopper.send("POST", "/v1/cart/items", Some(&much)).await.expect_problem(409, "OUT_OF_STOCK");
    assert_eq!(shopper.cart().await, before);

    let bearer = format!("Bearer {}", shopper.token);
    let raw = async |content_type: &str, body: &str| {
        let request = shop.request("POST", "/v1/cart/items").header("authorization", &bearer);
        let answer = request.header("content-type", content_type).body(body.to_owned()).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap()["code"].clone())
    };
    assert_eq!(raw("application/json", "{\"offerId\": ").await, (400, json!("MALFORMED_JSON")));
    assert_eq!(raw("text/plain", "hello").await, (415, json!("UNSUPPORTED_MEDIA_TYPE")));
    let large = format!("{{\"offerId\": \"{}\"}}", "x".repeat(300_000));
    assert_eq!(raw("application/json", &large).await, (413, json!("PAYLOAD_TOO_LARGE")));
    assert_eq!(shopper.cart().await, before);
}

#[tokio::test]
async fn given_a_route_that_does_not_exist_when_called_then_it_is_a_problem_too() {
    let shop = Shop::open().await;
    shop.get("/v1/nothing/here").await.expect_problem(404, "NOT_FOUND");
    let answer = shop.send("DELETE", "/v1/search", &[], None).await;
    assert!(answer.header("allow").contains("GET"), "{:?}", answer.headers);
    answer.expect_problem(405, "METHOD_NOT_ALLOWED");
    shop.get("/v1/orders?limit=0").await.expect_problem(401, "UNAUTHENTICATED");
    let shopper = shop.new_shopper().await;
    for query in ["limit=0", "limit=101", "cursor=rubbish", "unknown=1"] {
        let answer = shopper.send("GET", &format!("/v1/orders?{query}"), None).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.body);
    }
    for query in ["filters=nothing:1", "filters=price:x-y", "sort=upwards", "page=11"] {
        let answer = shop.get(&format!("/v1/search?q=lamp&{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn given_an_account_when_registered_again_or_logged_in_wrongly_then_it_is_refused() {
    let shop = Shop::open().await;
    let shopper = shop.new_shopper().await;
    let again = json!({"email": shopper.email.to_uppercase(), "password": "another long password", "name": "B"});
    shop.send("POST", "/v1/users", &[], Some(&again)).await.expect_problem(409, "EMAIL_TAKEN");
    for (email, password) in [(shopper.email.as_str(), "wrong password"), ("nobody@example.com", "wrong password")] {
        let credentials = json!({"email": email, "password": password});
        shop.send("POST", "/v1/sessions", &[], Some(&credentials)).await.expect_problem(401, "INVALID_CREDENTIALS");
    }
    for (email, password) in [("not-an-email", "long enough password"), ("a@example.com", "short")] {
        let account = json!({"email": email, "password": password, "name": "B"});
        shop.send("POST", "/v1/users", &[], Some(&account)).await.expect_problem(422, "INVALID_VALUE");
    }
}
