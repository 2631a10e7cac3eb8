//! What must not be possible, by the clause that says so. The clauses about access tokens (RFC 8725) and about whose things
//! are whose (OWASP API Security Top 10 2023, API1 to API3 and API5) are tried at every route by `access`, and
//! one by one in `shared/http/src/token/tests.rs`.

use std::fs;

use acceptance::{contract, repository};
use rialto_testkit::{PASSWORD, Product, Shop, csv};
use serde_json::{Value, json};
use tokio::net::TcpListener;

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

/// Nothing that a client names is fetched: an address of a picture is a text that browsers follow.
#[tokio::test]
async fn owasp_api7_2023_an_address_that_a_seller_names_is_shown_and_fetched_by_nobody() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let picture = format!("http://{}/latest/meta-data/", inside.local_addr().unwrap());
    let product = Product::unique(3);
    let file = csv(std::slice::from_ref(&product));
    let (head, row) = file.trim_end().split_once('\n').unwrap();
    let import = seller.upload("inside.csv", format!("{head},image_url\n{row},{picture}\n")).await;
    assert_eq!(import["state"], "completed", "{import}");
    let hit = shop.found(&product.title, &product.sku).await;
    let id = hit["productId"].as_str().unwrap();
    let shown = shop.get(&format!("/v1/products/{id}")).await.expect(200).body;
    assert!(shown.to_string().contains(&picture), "{shown}");
    let shopper = shop.new_shopper().await;
    shopper.buy(hit["offerId"].as_str().unwrap(), 1, "pm_sandbox_approved").await.expect(201);
    // Imported, filed, indexed, shown and sold: whoever would have fetched it has had their time.
    let heard = tokio::time::timeout(std::time::Duration::from_millis(1), inside.accept()).await;
    assert!(heard.is_err(), "somebody came for the picture: {heard:?}");
}

/// Only `payments` can send a request anywhere but to AWS, from one client, to the gateways of its settings.
#[test]
fn owasp_api7_api10_2023_one_service_has_an_http_client_and_it_is_made_in_one_place() {
    let crates = ["functions", "shared"].iter().flat_map(|folder| fs::read_dir(repository().join(folder)).unwrap());
    let mut with_client = Vec::new();
    for folder in crates.map(|entry| entry.unwrap().path()).filter(|path| !path.ends_with("testkit")) {
        let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) else { continue };
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap();
        let named = |name: &str| dependencies.lines().any(|line| line.split(['=', '.', ' ']).next() == Some(name));
        if ["reqwest", "hyper", "hyper-util", "ureq", "isahc", "surf", "curl"].into_iter().any(named) {
            with_client.push(folder.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    assert_eq!(with_client, ["payments"]);
    let gateway = repository().join("functions/payments/src");
    let mut makers = Vec::new();
    let mut folders = vec![gateway];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if fs::read_to_string(&path).unwrap().contains("reqwest::Client::builder()") {
                makers.push(path);
            }
        }
    }
    assert_eq!(makers.len(), 1, "{makers:?}");
    let maker = fs::read_to_string(&makers[0]).unwrap();
    for needed in [".redirect(redirect::Policy::none())", ".timeout(", ".connect_timeout(", ".no_proxy()"] {
        assert!(maker.contains(needed), "{needed} of the client that speaks with gateways");
    }
    assert!(!maker.contains("danger_"), "certificates are checked");
}

/// What a gateway says of a payment is a hint: what is recorded is what a look-up of our own answers, within what we asked for.
#[tokio::test]
async fn owasp_api10_2023_a_webhook_that_lies_about_a_payment_changes_nothing() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(3)).await;
    let shopper = shop.new_shopper().await;
    let order = shopper.buy(&offer, 1, "pm_sandbox_approved").await.expect(201).text("/id");
    let payment = async || {
        let rows = shop.books().all("payments").await;
        rows.into_iter().find(|row| row["sk"] == "PAYMENT" && row["orderId"] == order.as_str()).unwrap()
    };
    let before = payment().await;
    let lies = [
        json!({"type": "payment_intent.succeeded", "data": {"object": {"amount_received": 1, "metadata": {"paymentId": before["paymentId"]}}}}),
        json!({"type": "charge.refunded", "data": {"object": {"amount_refunded": 4990, "id": before["paymentId"]}}}),
        json!({"type": "payment_intent.canceled", "id": "../../etc/passwd", "data": [["a", {"b": null}]]}),
        json!("\u{0}"),
    ];
    for lie in lies {
        for signature in ["", "t=0,v1=00", "t=99999999999,v1=zz", "v1="] {
            let headers = [("stripe-signature", signature), ("paypal-transmission-sig", signature)];
            for gateway in ["sandbox", "stripe", "paypal", "..%2Fsandbox"] {
                let path = format!("/v1/payments/webhooks/{gateway}");
                let answer = shop.send("POST", &path, &headers, Some(&lie)).await;
                assert!((400..500).contains(&answer.status), "{gateway}: {} {}", answer.status, answer.body);
            }
        }
    }
    assert_eq!(payment().await, before);
    assert_eq!(shop.books().captured_for(&order).await, (1, 4990));
    assert_eq!(shopper.order(&order).await["status"], "CONFIRMED");
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
