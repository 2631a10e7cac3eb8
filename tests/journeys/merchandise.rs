//! What sellers and operators do with many products at once, and with what a category's products say of themselves.

use std::time::Duration;

use rialto_testkit::{Product, Shop, eventually};
use serde_json::{Value, json};

fn unique() -> String {
    rialto_kernel::EventId::draw().to_string()[28..].to_owned()
}

#[tokio::test]
async fn given_ids_of_products_when_their_cards_are_asked_for_then_they_come_in_order_and_the_rest_is_named() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let hits = seller.list_products(&[Product::unique(3), Product::unique(3)]).await;
    let ids = [hits[1]["productId"].as_str().unwrap(), hits[0]["productId"].as_str().unwrap()];
    let nobodys = rialto_kernel::ProductId::draw();
    let cards = shop.get(&format!("/v1/product-cards?ids={},{nobodys},{}", ids[0], ids[1])).await.expect(200);
    let found: Vec<_> = cards.body["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
    assert_eq!((json!(found), &cards.body["missing"]), (json!(ids), &json!([nobodys])));
    assert!(cards.header("cache-control").contains("s-maxage"), "{:?}", cards.headers);
    let many: Vec<String> = (0..50).map(|_| rialto_kernel::ProductId::draw().to_string()).collect();
    let cards = shop.get(&format!("/v1/product-cards?ids={}", many.join(","))).await.expect(200);
    assert_eq!(cards.body["missing"].as_array().unwrap().len(), 50);
    for query in
        ["", "?ids=", "?ids=lamp", &format!("?ids={0},{0}", ids[0]), &format!("?ids={},{nobodys}", many.join(","))]
    {
        shop.get(&format!("/v1/product-cards{query}")).await.expect_problem(400, "INVALID_QUERY");
    }
}

#[tokio::test]
async fn given_a_sellers_products_when_changed_at_once_then_each_is_done_or_refused_and_the_list_follows() {
    let shop = Shop::open().await;
    let (seller, other, operator) = (shop.new_seller().await, shop.new_seller().await, shop.new_operator().await);
    let hits = seller.list_products(&[Product::unique(3), Product::unique(3), Product::unique(3)]).await;
    let ids: Vec<&str> = hits.iter().map(|hit| hit["productId"].as_str().unwrap()).collect();
    let theirs = other.list_products(&[Product::unique(1)]).await[0]["productId"].clone();
    let list = async |query: &str| seller.person.send("GET", &format!("/v1/seller/products?{query}"), None).await;
    let all = eventually("the list has all", Duration::from_secs(30), async || {
        let page = list("status=active").await.expect(200);
        (page.body["items"].as_array().unwrap().len() == 3).then_some(page.body["items"].clone())
    })
    .await;
    let listed = |id: &str| all.as_array().unwrap().iter().find(|item| item["id"] == id).unwrap().clone();
    assert_eq!(listed(ids[0])["variants"], 1);
    let version = |id: &str| listed(id)["version"].clone();

    let body = json!({"items": [
        {"productId": ids[0], "version": version(ids[0]), "edit": {"status": "archived"}},
        {"productId": theirs, "edit": {"status": "archived"}},
        {"productId": ids[1], "version": 1_000_000, "edit": {"title": "Too late"}},
        {"productId": ids[2], "edit": {"categoryPath": ["Home", "Bulk"]}},
    ]});
    let send = async |key: &str, body: &Value| {
        seller.person.send_with("POST", "/v1/products/changes", &[("idempotency-key", key)], Some(body)).await
    };
    let done = send("bulk-1", &body).await.expect(200);
    let told: Vec<_> = done.body["items"].as_array().unwrap().iter().map(|item| item["status"].clone()).collect();
    assert_eq!(told, ["changed", "refused", "refused", "changed"], "{}", done.body);
    assert_eq!(done.body["items"][1]["problem"]["code"], "NOT_FOUND");
    assert_eq!(done.body["items"][2]["problem"]["code"], "PRECONDITION_FAILED");
    assert_eq!(send("bulk-1", &body).await.expect(200).body, done.body);
    let again = send("bulk-2", &body).await.expect(200);
    assert_eq!(again.body["items"][0]["status"], "unchanged", "{}", again.body);
    let twice = json!({"items": [{"productId": ids[0], "edit": {}}, {"productId": ids[0], "edit": {}}]});
    send("bulk-3", &twice).await.expect_problem(422, "INVALID_VALUE");
    shop.get(&format!("/v1/products/{}", ids[0])).await.expect_problem(404, "NOT_FOUND");
    shop.get(&format!("/v1/products/{}", theirs.as_str().unwrap())).await.expect(200);
    let history = seller.person.send("GET", &format!("/v1/products/{}/changes", ids[0]), None).await.expect(200);
    assert_eq!(history.body["items"].as_array().unwrap().len(), 1, "{history:?}");

    eventually("the list has what is archived", Duration::from_secs(30), async || {
        let page = list("status=archived").await.expect(200);
        (page.body["items"][0]["id"] == ids[0]).then_some(())
    })
    .await;
    let first = list("status=active&limit=1").await.expect(200);
    let next = list(&format!("status=active&limit=1&cursor={}", first.text("/nextCursor"))).await.expect(200);
    assert_ne!(first.body["items"][0]["id"], next.body["items"][0]["id"]);
    list("").await.expect_problem(400, "INVALID_QUERY");
    list(&format!("status=active&sellerId={}", other.id)).await.expect_problem(404, "NOT_FOUND");
    let theirs = format!("/v1/seller/products?status=active&sellerId={}", other.id);
    assert_eq!(operator.send("GET", &theirs, None).await.expect(200).body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn given_attributes_that_a_category_declares_when_rows_break_them_then_the_report_says_what_is_allowed() {
    let shop = Shop::open().await;
    let (seller, operator) = (shop.new_seller().await, shop.new_operator().await);
    let top = format!("D{}", unique());
    let made = operator.send("POST", "/v1/categories", Some(&json!({"path": [top]}))).await.expect(201);
    let path = format!("/v1/categories/{}", made.text("/id"));
    let declared = json!({"attributes": [
        {"name": "Width", "type": "number", "unit": "cm", "required": true},
        {"name": "Color", "type": "text", "values": ["Red", "Blue"]},
    ]});
    let declare = async |who: &rialto_testkit::Shopper, tag: &str| {
        who.send_with("PUT", &format!("{path}/attributes"), &[("if-match", tag)], Some(&declared)).await
    };
    declare(&seller.person, "*").await.expect_problem(403, "FORBIDDEN");
    declare(&operator, "\"99\"").await.expect_problem(412, "PRECONDITION_FAILED");
    declare(&operator, made.header("etag")).await.expect(200);
    let lamps = json!({"path": [top, "Lamps"]});
    let lamps = operator.send("POST", "/v1/categories", Some(&lamps)).await.expect(201).text("/id");
    let shown = shop.get(&format!("/v1/categories/{lamps}")).await.expect(200);
    assert_eq!(shown.body["attributes"][1]["inheritedFrom"]["name"], top, "{}", shown.body);

    let mut file = "sku,title,description,brand,category,price,currency,quantity,attr:width,attr:color\n".to_owned();
    for (sku, width, color) in
        [("good", "42.50", "RED"), ("bare", "", "red"), ("wide", "wide", ""), ("mauve", "1", "mauve")]
    {
        file.push_str(&format!("{sku}{top},{sku}{top},,,{top} > Lamps,9.00,USD,4,{width},{color}\n"));
    }
    let import = seller.upload("typed.csv", file).await;
    assert_eq!(import["counts"], json!({"rows": 4, "accepted": 1, "rejected": 3, "unchanged": 0}), "{import}");
    let report = shop.report(&import).await;
    for told in ["3,attr:Width,MISSING,", "4,attr:width,WRONG_TYPE,", "5,attr:color,NOT_ALLOWED,"] {
        assert!(report.lines().any(|line| line.starts_with(told)), "{told}: {report}");
    }
    assert!(report.contains("42.5 cm") && report.contains("Red, Blue"), "{report}");
    let good = format!("good{top}");
    let hit = shop.found(&good, &good).await;
    let page = format!("/v1/products/{}", hit["productId"].as_str().unwrap());
    let product = shop.get(&page).await.expect(200);
    assert_eq!(product.body["attributes"], json!({"Width": "42.5 cm", "Color": "Red"}));
    // A refused row has set no stock: there is no such offer.
    assert!(!shop.books().all("inventory").await.iter().any(|row| row["sku"] == format!("wide{top}").as_str()));

    let change = async |edit: Value| seller.person.send_with("PATCH", &page, &[("if-match", "*")], Some(&edit)).await;
    let variant = &product.body["variants"][0]["id"];
    let set = |values: Value| json!({"attributes": [{"variantId": variant, "values": values}]});
    let problem = change(set(json!({"width": ""}))).await.expect_problem(422, "INVALID_VALUE");
    assert_eq!(problem["errors"][0]["pointer"], "/attributes/0/values/width", "{problem}");
    let changed = change(set(json!({"width": "7", "color": ""}))).await.expect(200);
    assert_eq!(changed.body["attributes"], json!({"Width": "7 cm"}));
    let item =
        json!({"name": "Kettle", "price": {"amount": 2599, "currency": "USD"}, "quantity": 4, "categoryPath": [top]});
    let listed = seller.person.send_with("POST", "/v1/items", &[("idempotency-key", "typed")], Some(&item)).await;
    let problem = listed.expect_problem(422, "INVALID_VALUE");
    assert_eq!(problem["errors"][0]["pointer"], "/attributes/Width", "{problem}");
}
