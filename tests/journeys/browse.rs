//! Products by category.

use std::{collections::BTreeSet, time::Duration};

use rialto_testkit::{Shop, eventually};
use serde_json::{Value, json};

fn file(rows: &[(&str, &str, &str)]) -> String {
    let mut file = "sku,title,description,brand,category,price,currency,quantity\n".to_owned();
    for (sku, category, price) in rows {
        file.push_str(&format!("{sku},{sku},,Lumen,{category},{price},USD,4\n"));
    }
    file
}

fn titles(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

/// Walks a category two by two, and answers the titles.
async fn walked(shop: &Shop, category: &str, sort: &str) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = shop.get(&format!("/v1/products?category={category}&sort={sort}&limit=2{cursor}")).await.expect(200);
        all.extend(titles(&page.body).into_iter().map(str::to_owned));
        match page.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

#[tokio::test]
async fn given_a_file_with_categories_when_browsed_then_products_come_in_order_and_follow_when_they_move() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let top = format!("Z{}", &rialto_kernel::EventId::draw().to_string()[28..]);
    let (lamps, pans) = (format!("{top} > Lamps"), format!("{top} > Pans"));
    let import =
        seller.upload("a.csv", file(&[("a", &lamps, "30.00"), ("b", &pans, "9.00"), ("c", &lamps, "200.00")])).await;
    assert_eq!(import["state"], "completed", "{import}");
    eventually("three are filed", Duration::from_secs(30), async || {
        (walked(&shop, &top, "newest").await.len() == 3).then_some(())
    })
    .await;

    assert_eq!(walked(&shop, &top, "price_asc").await, ["b", "a", "c"]);
    assert_eq!(walked(&shop, &top, "price_desc").await, ["c", "a", "b"]);
    let under = format!("{top}%20%3E%20lamps");
    assert_eq!(walked(&shop, &under, "price_asc").await, ["a", "c"]);

    let tree = shop.get("/v1/categories").await.expect(200);
    let node = tree.body["items"].as_array().unwrap().iter().find(|node| node["name"] == *top).unwrap().clone();
    let names: Vec<_> = node["children"].as_array().unwrap().iter().map(|child| &child["name"]).collect();
    assert_eq!(names, ["Lamps", "Pans"]);
    let lamps_id = node["children"][0]["id"].as_str().unwrap();
    let shown = shop.get(&format!("/v1/categories/{lamps_id}")).await.expect(200);
    assert_eq!(shown.body["breadcrumbs"][0], json!({"id": node["id"], "name": top}));
    assert_eq!(walked(&shop, lamps_id, "price_asc").await, ["a", "c"]);

    let moved = seller.upload("b.csv", file(&[("a", &pans, "30.00")])).await;
    assert_eq!(moved["state"], "completed", "{moved}");
    eventually("the product is where it went", Duration::from_secs(30), async || {
        let (from, to) =
            (walked(&shop, lamps_id, "newest").await, walked(&shop, &format!("{top}>Pans"), "price_asc").await);
        (from == ["c"] && to == ["b", "a"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn given_a_product_when_changed_and_archived_then_page_list_and_search_follow_and_its_history_tells_who() {
    let shop = Shop::open().await;
    let (seller, other) = (shop.new_seller().await, shop.new_seller().await);
    let hits = seller.list_products(&[rialto_testkit::Product::unique(3)]).await;
    let (id, sku) = (hits[0]["productId"].as_str().unwrap(), hits[0]["sku"].as_str().unwrap());
    let path = format!("/v1/products/{id}");
    let preview = seller.person.send("GET", &format!("{path}/preview"), None).await.expect(200);
    let (tag, variant) = (preview.header("etag").to_owned(), &preview.body["variants"][0]["id"]);
    let title = format!("Renamed {sku}");
    let edit =
        json!({"title": title, "prices": [{"variantId": variant, "price": {"amount": 4321, "currency": "USD"}}]});

    let change = async |who: &rialto_testkit::Seller, tag: &str, edit: &Value| {
        who.person.send_with("PATCH", &path, &[("if-match", tag)], Some(edit)).await
    };
    change(&other, &tag, &edit).await.expect_problem(404, "NOT_FOUND");
    seller.person.send("PATCH", &path, Some(&edit)).await.expect_problem(428, "PRECONDITION_REQUIRED");
    for wrong in [
        json!({"title": ""}),
        json!({"sellerId": other.id}),
        json!({"prices": [{"variantId": variant, "price": {"amount": 0, "currency": "USD"}}]}),
    ] {
        assert!([400, 422].contains(&change(&seller, &tag, &wrong).await.status), "{wrong}");
    }
    let changed = change(&seller, &tag, &edit).await.expect(200);
    assert_eq!((&changed.body["title"], &changed.body["price"]["amount"]), (&json!(title), &json!(4321)));
    change(&seller, &tag, &edit).await.expect_problem(412, "PRECONDITION_FAILED");
    eventually("search has the new price", Duration::from_secs(30), async || {
        (shop.found(&title, sku).await["price"]["amount"] == 4321).then_some(())
    })
    .await;

    for _ in 0..2 {
        seller.person.send("POST", &format!("{path}/archive"), None).await.expect(204);
    }
    shop.get(&path).await.expect_problem(404, "NOT_FOUND");
    eventually("search no longer finds it", Duration::from_secs(30), async || {
        let found = shop.search(&title).await.expect(200);
        (!found.body["items"].as_array().unwrap().iter().any(|item| item["sku"] == sku)).then_some(())
    })
    .await;
    seller.person.send("POST", &format!("{path}/restore"), None).await.expect(204);
    shop.get(&path).await.expect(200);

    let history = seller.person.send("GET", &format!("{path}/changes"), None).await.expect(200);
    let items = history.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 3, "{history:?}");
    assert_eq!(items[2]["fields"]["title"]["to"], title);
    assert_eq!(items[1]["fields"]["status"], json!({"from": "active", "to": "archived"}));
    assert!(items.iter().all(|item| item["by"] == seller.id));
    other.person.send("GET", &format!("{path}/changes"), None).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn given_an_item_when_listed_without_a_file_then_it_is_found_stocked_and_bought_and_its_sku_is_taken() {
    let shop = Shop::open().await;
    let (seller, shopper) = (shop.new_seller().await, shop.new_shopper().await);
    let name = format!("Kettle {}", &rialto_kernel::EventId::draw().to_string()[28..]);
    let item = json!({"name": name, "price": {"amount": 2599, "currency": "USD"}, "quantity": 4, "sku": "KETTLE"});
    let list = async |key: &str, item: &Value| {
        seller.person.send_with("POST", "/v1/items", &[("idempotency-key", key)], Some(item)).await
    };
    let first = list("kettle-1", &item).await.expect(201);
    assert_eq!((&first.body["title"], &first.body["categoryPath"]), (&json!(name), &json!(["Other"])));
    assert_eq!(list("kettle-1", &item).await.expect(201).body, first.body);
    list("kettle-2", &item).await.expect_problem(409, "SKU_TAKEN");
    let free = json!({"name": name, "price": {"amount": 0, "currency": "USD"}, "quantity": 4});
    list("kettle-3", &free).await.expect_problem(422, "INVALID_VALUE");

    let hit = shop.found(&name, "KETTLE").await;
    let offer = hit["offerId"].as_str().unwrap();
    eventually("the stock is there", Duration::from_secs(30), async || {
        let stock = seller.person.send("GET", &format!("/v1/inventory/{offer}"), None).await;
        (stock.body["items"][0]["onHand"] == 4).then_some(())
    })
    .await;
    eventually("the cart knows", Duration::from_secs(30), async || {
        let line = json!({"offerId": offer, "quantity": 1});
        (shopper.send("POST", "/v1/cart/items", Some(&line)).await.status == 201).then_some(())
    })
    .await;
    shopper.check_out("kettle-order", &shopper.order_form("pm_sandbox_approved").await).await.expect(201);
    assert_eq!(seller.available(offer).await, 3);
}

#[tokio::test]
async fn given_a_category_when_an_operator_moves_and_merges_it_then_products_search_and_later_uploads_follow() {
    let shop = Shop::open().await;
    let (seller, operator) = (shop.new_seller().await, shop.new_operator().await);
    let unique = rialto_kernel::EventId::draw().to_string()[28..].to_owned();
    let (top, other) = (format!("T{unique}"), format!("O{unique}"));
    let upload = async |name: &str, sku: &str| {
        let import = seller.upload(name, file(&[(sku, &format!("{top} > Lamps"), "30.00")])).await;
        assert_eq!(import["state"], "completed", "{import}");
    };
    let walks = async |category: &str, skus: &[&str]| {
        eventually(&format!("{category} has {skus:?}"), Duration::from_secs(60), async || {
            (walked(&shop, category, "newest").await.into_iter().collect::<BTreeSet<_>>()
                == skus.iter().map(|sku| (*sku).to_owned()).collect())
            .then_some(())
        })
        .await;
    };
    upload("a.csv", &format!("a{unique}")).await;
    let a = format!("a{unique}");
    walks(&top, &[&a]).await;
    let made = operator.send("POST", "/v1/categories", Some(&json!({"path": [other]}))).await.expect(201);
    operator
        .send("POST", "/v1/categories", Some(&json!({"path": [other]})))
        .await
        .expect_problem(409, "CATEGORY_EXISTS");

    let desk = json!({"path": [top, "Lamps", "Desk"]});
    operator.send("POST", "/v1/categories", Some(&desk)).await.expect(201);
    let lamps = rialto_kernel::CategoryId::named(&[&top.to_lowercase(), "lamps"]).to_string();
    let path = format!("/v1/categories/{lamps}");
    let tag = shop.get(&path).await.expect(200).header("etag").to_owned();
    let shift = async |tag: &str, to: Value| operator.send_with("PATCH", &path, &[("if-match", tag)], Some(&to)).await;
    shift(&tag, json!({"path": [top, "Lamps", "In"]})).await.expect_problem(422, "INVALID_VALUE");
    let moved = shift(&tag, json!({"path": [other, "Lights"]})).await.expect(200);
    assert_eq!(moved.body["breadcrumbs"][0], json!({"id": made.body["id"], "name": other}));
    shift(&tag, json!({"path": [other, "Lights"]})).await.expect_problem(412, "PRECONDITION_FAILED");
    walks(&format!("{other}>Lights"), &[&a]).await;
    assert_eq!(shop.get(&path).await.expect(200).body["id"], moved.body["id"]);
    eventually("what is under it has come along", Duration::from_secs(60), async || {
        let shown = shop.get(&path).await.expect(200);
        (shown.body["children"][0]["name"] == "Desk").then_some(())
    })
    .await;
    eventually("search has it under the new path", Duration::from_secs(60), async || {
        let found = shop.get(&format!("/v1/search?q={a}&filters=category:{other}%3ELights")).await.expect(200);
        (found.body["total"] == 1).then_some(())
    })
    .await;

    // The seller's file still says the old path.
    let b = format!("b{unique}");
    upload("b.csv", &b).await;
    walks(&format!("{other}>Lights"), &[&a, &b]).await;
    let tree = shop.get("/v1/categories").await.expect(200);
    let old = tree.body["items"].as_array().unwrap().iter().find(|node| node["name"] == *top).unwrap().clone();
    assert_eq!(old["children"], json!([]));

    let by_id = |id: &Value| format!("/v1/categories/{}", id.as_str().unwrap());
    let any = [("if-match", "*")];
    let into = json!({"into": old["id"]});
    operator.send_with("POST", &format!("{}/merge", by_id(&moved.body["id"])), &any, Some(&into)).await.expect(200);
    walks(&top, &[&a, &b]).await;
    operator.send_with("DELETE", &by_id(&old["id"]), &any, None).await.expect_problem(409, "CATEGORY_NOT_EMPTY");
    eventually("the other is empty", Duration::from_secs(60), async || {
        (operator.send_with("DELETE", &by_id(&made.body["id"]), &any, None).await.status == 204).then_some(())
    })
    .await;
    shop.get(&by_id(&made.body["id"])).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn given_a_draft_when_its_time_comes_then_shoppers_and_search_have_it_and_before_only_its_seller() {
    let shop = Shop::open().await;
    let (seller, other) = (shop.new_seller().await, shop.new_seller().await);
    let name = format!("Draft {}", &rialto_kernel::EventId::draw().to_string()[28..]);
    let item = json!({"name": name, "price": {"amount": 2599, "currency": "USD"}, "quantity": 4, "sku": "DRAFT",
        "status": "draft", "publishAt": "2026-01-01T00:00:00Z"});
    let listed =
        seller.person.send_with("POST", "/v1/items", &[("idempotency-key", "draft-1")], Some(&item)).await.expect(201);
    let page = format!("/v1/products/{}", listed.body["id"].as_str().unwrap());
    let preview = seller.person.send("GET", &format!("{page}/preview"), None).await.expect(200);
    assert!(["draft", "active"].contains(&preview.text("/status").as_str()), "{preview:?}");
    other.person.send("GET", &format!("{page}/preview"), None).await.expect_problem(404, "NOT_FOUND");
    shop.invoke("catalog-publish-products", &json!({})).await;
    let shown = shop.get(&page).await.expect(200);
    assert_eq!(shown.body["status"], Value::Null);
    shop.found(&name, "DRAFT").await;
    let history = seller.person.send("GET", &format!("{page}/changes"), None).await.expect(200);
    assert_eq!(history.body["items"][0]["by"], "schedule");

    let hide = json!({"status": "draft"});
    seller.person.send_with("PATCH", &page, &[("if-match", "*")], Some(&hide)).await.expect(200);
    shop.get(&page).await.expect_problem(404, "NOT_FOUND");
    seller.person.send("POST", &format!("{page}/restore"), None).await.expect(204);
    shop.get(&page).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn given_a_query_that_is_wrong_when_browsed_then_it_says_what_to_change() {
    let shop = Shop::open().await;
    for query in
        ["", "?category=", "?category=a%3E%3Eb", "?category=a&sort=best", "?category=a&cursor=x", "?category=a&limit=0"]
    {
        shop.get(&format!("/v1/products{query}")).await.expect(400);
    }
    let none = shop.get("/v1/products?category=no%20such%20thing").await.expect(200);
    assert_eq!(none.body, json!({"items": []}));
    shop.get("/v1/categories/cat_00000000000000000000000000000000").await.expect_problem(404, "NOT_FOUND");
}
