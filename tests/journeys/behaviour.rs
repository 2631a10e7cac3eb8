//! What visitors do with the search: counted, reported, learnt from and suggested.

use std::time::Duration;

use rialto_testkit::{Product, Shop, Shopper, eventually};
use serde_json::{Value, json};

/// On test stacks, two visitors are enough: `LeastActors` in `infra/local/stages/test.yaml`.
const PEOPLE: usize = 2;
/// On a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A word that nobody else searches for.
fn word(seed: &str) -> String {
    let letters = seed.bytes().filter(u8::is_ascii_hexdigit).map(|byte| char::from(b'g' + byte % 16));
    letters.collect()
}

async fn tell(shopper: &Shopper, events: &Value) {
    let answer = shopper.send("POST", "/v1/events", Some(&json!({"events": events}))).await.expect(202);
    assert_eq!(answer.body["taken"], json!(events.as_array().map(Vec::len)));
}

async fn entry(shop: &Shop, operator: &Shopper, day: &str, kind: &str, query: &str) -> Option<Value> {
    shop.invoke("search-report-day", &json!({"day": day})).await;
    let mut path = format!("/v1/search/reports/{day}?kind={kind}&limit=100");
    loop {
        let page = operator.send("GET", &path, None).await.expect(200).body;
        let found = page["items"].as_array()?.iter().find(|item| item["query"] == query).cloned();
        let Some(cursor) = page["nextCursor"].as_str().filter(|_| found.is_none()) else { return found };
        path = format!("/v1/search/reports/{day}?kind={kind}&limit=100&cursor={cursor}");
    }
}

#[tokio::test]
async fn given_shoppers_who_search_click_and_buy_when_a_day_is_counted_then_reports_ranking_and_suggestions_know() {
    let shop = Shop::open().await;
    let (seller, operator) = (shop.new_seller().await, shop.new_operator().await);
    let product = Product::unique(9);
    let hit = seller.list_products(std::slice::from_ref(&product)).await.remove(0);
    let (product_id, offer_id) = (hit["productId"].clone(), hit["offerId"].as_str().unwrap().to_owned());
    let wanted = word(&product.sku);
    let (query, vain) = (format!("lamp {wanted}"), format!("unicorn {wanted}"));
    let day = rialto_kernel::Timestamp::now().strftime("%F").to_string();
    let search_id = shop.search(&product.title).await.body["searchId"].clone();
    assert!(search_id.is_string());
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        people.push(shop.new_shopper().await);
    }
    let events = json!([
        {"type": "search", "searchId": search_id, "query": query.to_uppercase(), "results": 1},
        {"type": "click", "searchId": search_id, "query": query, "productId": product_id, "position": 4},
        {"type": "view", "productId": product_id},
        {"type": "search", "searchId": search_id, "query": vain, "results": 0},
    ]);
    for person in &people {
        // Told twice, as a page does whose answer was lost.
        tell(person, &events).await;
        tell(person, &events).await;
    }
    let top = eventually("the query is reported", PATIENCE, async || {
        let found = entry(&shop, &operator, &day, "top", &query).await?;
        (found["clickedBy"] == PEOPLE).then_some(found)
    })
    .await;
    assert_eq!((&top["actors"], &top["searches"], &top["clicks"]), (&json!(PEOPLE), &json!(PEOPLE), &json!(PEOPLE)));
    let in_vain = eventually("the query in vain is reported", PATIENCE, async || {
        entry(&shop, &operator, &day, "zero_results", &vain).await.filter(|found| found["zeroResults"] == PEOPLE)
    })
    .await;
    assert_eq!(in_vain["clicks"], 0);
    assert_eq!(entry(&shop, &operator, &day, "zero_results", &query).await, None);

    people[0].buy(&offer_id, 2, "pm_sandbox_approved").await.expect(201);
    eventually("the order is brought in by the query", PATIENCE, async || {
        entry(&shop, &operator, &day, "top", &query).await.filter(|found| found["orders"] == 1)
    })
    .await;
    let ranked: Value = eventually("the ranking has learnt", PATIENCE, async || {
        shop.invoke("search-learn-signals", &json!({"again": true})).await;
        let path = format!("/v1/search/explanation?q={}", product.sku);
        let explained = operator.send("GET", &path, None).await.expect(200).body;
        let item = explained["items"].as_array()?.iter().find(|item| item["productId"] == product_id)?.clone();
        item["parts"]["sales"].is_number().then_some(item)
    })
    .await;
    for part in ["sales", "conversion", "popular"] {
        let earned = ranked["parts"][part].as_f64().unwrap();
        assert!(earned > 0.0 && earned < 0.1, "{part}: {ranked}");
    }
    let best = format!("/v1/search?q={wanted}&sort=best_selling");
    shop.get(&best).await.expect(200);
    eventually("the query is suggested", Duration::from_secs(150), async || {
        let answer = shop.get(&format!("/v1/search/suggest?q={}", query.replace(' ', "%20"))).await.expect(200);
        answer.body["queries"].as_array()?.contains(&json!(query)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn given_what_cannot_be_counted_when_told_then_it_is_refused_or_left_out() {
    let shop = Shop::open().await;
    let post = async |body: Value| shop.send("POST", "/v1/events", &[], Some(&body)).await;
    let search = |query: &str| json!({"type": "search", "searchId": "sch_0190163d8694739b9f3a1c5d7e9b2f40", "query": query, "results": 1});
    let personal = post(json!({"events": [search("ada@example.com")]})).await.expect(202);
    assert_eq!(personal.body, json!({"taken": 0}));
    post(json!({"events": []})).await.expect_problem(422, "INVALID_VALUE");
    post(json!({"events": vec![search("lamp"); 26]})).await.expect_problem(422, "INVALID_VALUE");
    post(json!({"events": [search(&"a".repeat(201))]})).await.expect_problem(422, "INVALID_VALUE");
    post(json!({"events": [search("4242 4242 4242 4242")]})).await.expect_problem(422, "CARD_NUMBER_REFUSED");
    let operator = shop.new_operator().await;
    for day in ["2026-02-30", "yesterday", "1999-12-31"] {
        let path = format!("/v1/search/reports/{day}?kind=top");
        operator.send("GET", &path, None).await.expect_problem(404, "NOT_FOUND");
    }
    let path = "/v1/search/reports/2026-02-28?kind=worst";
    operator.send("GET", path, None).await.expect_problem(400, "INVALID_QUERY");
}
