//! What a person keeps, takes along and has removed.

use std::{
    io::{Cursor, Read},
    time::Duration,
};

use rialto_testkit::{Product, Shop, Shopper, eventually};
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery staple";
/// Both workflows, with every function cold, on a busy machine.
const DONE: Duration = Duration::from_secs(180);

fn address(name: &str) -> Value {
    json!({"name": name, "line1": "12 St James's Square", "city": "London", "postalCode": "SW1Y 4JH", "country": "GB"})
}

async fn added(shopper: &Shopper, name: &str) -> String {
    shopper.send("POST", "/v1/me/addresses", Some(&address(name))).await.expect(201).text("/id")
}

#[tokio::test]
async fn given_a_profile_when_it_is_edited_from_an_old_version_then_it_is_412_and_the_first_edit_stays() {
    let shopper = Shop::open().await.new_shopper().await;
    let me = shopper.send("GET", "/v1/me", None).await.expect(200);
    assert_eq!((&me.body["email"], &me.body["preferences"]["language"]), (&json!(shopper.email), &json!("en")));
    let read = me.header("etag").to_owned();
    let edit = json!({"phone": "+442079460123", "preferences": {"language": "fr", "currency": "EUR", "notifications": {"offers": ["email"]}}});
    let with = [("if-match", read.as_str())];
    let edited = shopper.send_with("PATCH", "/v1/me", &with, Some(&edit)).await.expect(200);
    assert_eq!(
        edited.body["preferences"]["notifications"],
        json!({"orders": ["email"], "offers": ["email"], "carts": []})
    );
    shopper
        .send_with("PATCH", "/v1/me", &with, Some(&json!({"name": "X"})))
        .await
        .expect_problem(412, "PRECONDITION_FAILED");
    shopper.send("PATCH", "/v1/me", Some(&json!({"name": "X"}))).await.expect_problem(428, "PRECONDITION_REQUIRED");
    let me = shopper.send("GET", "/v1/me", None).await.expect(200);
    assert_eq!((&me.body, me.header("etag")), (&edited.body, edited.header("etag")));
}

#[tokio::test]
async fn given_addresses_when_defaults_are_set_and_removed_at_once_then_no_default_leads_nowhere() {
    let shop = Shop::open().await;
    let (shopper, other) = (shop.new_shopper().await, shop.new_shopper().await);
    let (home, work, theirs) =
        (added(&shopper, "Home").await, added(&shopper, "Work").await, added(&other, "Theirs").await);
    let choose = |shipping: &str| json!({"shipping": shipping, "billing": work});
    let path = "/v1/me/addresses/defaults";
    let any = [("if-match", "*")];
    let refused = shopper.send_with("PUT", path, &any, Some(&choose(&theirs))).await;
    assert_eq!(refused.expect_problem(422, "INVALID_VALUE")["errors"][0]["pointer"], "/shipping");
    shopper.send("PUT", path, Some(&choose(&home))).await.expect_problem(428, "PRECONDITION_REQUIRED");
    shopper.send_with("PUT", path, &any, Some(&choose(&home))).await.expect(200);
    let place = format!("/v1/me/addresses/{home}");
    for method in ["GET", "DELETE"] {
        other.send(method, &place, None).await.expect_problem(404, "NOT_FOUND");
    }
    let (form, gone) = (choose(&home), format!("/v1/me/addresses/{home}"));
    let (_, removed, _) = tokio::join!(
        shopper.send_with("PUT", path, &any, Some(&form)),
        shopper.send("DELETE", &gone, None),
        shopper.send_with("PUT", path, &any, Some(&form)),
    );
    removed.expect(204);
    let list = shopper.send("GET", "/v1/me/addresses", None).await.expect(200).body;
    assert_eq!((list["items"].as_array().unwrap().len(), &list["defaults"]["shipping"]), (1, &Value::Null), "{list}");
    let wrong = json!({"name": "Ada", "line1": "1 Main St", "city": "Reno", "region": "Kent", "postalCode": "SW1", "country": "US"});
    let problem = shopper.send("POST", "/v1/me/addresses", Some(&wrong)).await.expect_problem(422, "INVALID_VALUE");
    let named: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(named, ["/region", "/postalCode"]);
    let work_now = shopper.send("GET", &format!("/v1/me/addresses/{work}"), None).await.expect(200);
    let put = shopper
        .send_with(
            "PUT",
            &format!("/v1/me/addresses/{work}"),
            &[("if-match", work_now.header("etag"))],
            Some(&address("Moved")),
        )
        .await;
    assert_eq!(put.expect(200).body["name"], "Moved");
}

#[tokio::test]
async fn given_two_who_edit_from_the_same_list_then_the_second_is_412_and_the_first_edit_is_what_is_kept() {
    let shopper = Shop::open().await.new_shopper().await;
    let (home, work) = (added(&shopper, "Home").await, added(&shopper, "Work").await);
    let list = shopper.send("GET", "/v1/me/addresses", None).await.expect(200).body;
    let version = format!("\"{}\"", list["defaultsVersion"]);
    let read = [("if-match", version.as_str())];
    let (for_home, for_work) = (json!({"shipping": home}), json!({"shipping": work}));
    let path = "/v1/me/addresses/defaults";
    let (one, other) = tokio::join!(
        shopper.send_with("PUT", path, &read, Some(&for_home)),
        shopper.send_with("PUT", path, &read, Some(&for_work))
    );
    let (won, lost, kept) = if one.status == 200 { (one, other, &home) } else { (other, one, &work) };
    assert_eq!(won.expect(200).body["shipping"], kept.as_str());
    lost.expect_problem(412, "PRECONDITION_FAILED");
    let list = shopper.send("GET", "/v1/me/addresses", None).await.expect(200).body;
    assert_eq!(list["defaults"]["shipping"], kept.as_str());

    let place = format!("/v1/me/addresses/{home}");
    let tag = shopper.send("GET", &place, None).await.expect(200).header("etag").to_owned();
    let read = [("if-match", tag.as_str())];
    let (a, b) = (address("One"), address("Other"));
    let (one, other) = tokio::join!(
        shopper.send_with("PUT", &place, &read, Some(&a)),
        shopper.send_with("PUT", &place, &read, Some(&b))
    );
    let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
    lost.expect_problem(412, "PRECONDITION_FAILED");
    shopper.send("PUT", &place, Some(&a)).await.expect_problem(428, "PRECONDITION_REQUIRED");
    let kept = shopper.send("GET", &place, None).await.expect(200);
    assert_eq!(kept.body["name"], won.expect(200).body["name"]);
}

#[tokio::test]
async fn given_a_stored_payment_method_when_its_owner_checks_out_then_it_pays_and_nobody_elses_does() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(3)).await;
    let (shopper, other) = (shop.new_shopper().await, shop.new_shopper().await);
    let store = json!({"gatewayToken": "pm_sandbox_approved", "type": "card", "label": "Everyday"});
    let method = shopper.send("POST", "/v1/me/payment-methods", Some(&store)).await.expect(201);
    assert_eq!((&method.body["brand"], &method.body["last4"]), (&json!("visa"), &json!("4242")));
    let id = method.text("/id");
    let again = shopper.send("POST", "/v1/me/payment-methods", Some(&store)).await.expect(201);
    assert_eq!(again.body, method.body, "kept once");
    shopper.send("PUT", "/v1/me/payment-methods/default", Some(&json!({"id": id}))).await.expect(200);
    let list = shopper.send("GET", "/v1/me/payment-methods", None).await.expect(200);
    assert_eq!((list.body["items"].as_array().unwrap().len(), list.text("/defaultId")), (1, id.clone()));
    assert_eq!(other.send("GET", "/v1/me/payment-methods", None).await.expect(200).body["items"], json!([]));

    let refused = other.buy(&offer, 1, &id).await.expect_problem(422, "INVALID_VALUE");
    assert_eq!(refused["errors"][0]["pointer"], "/paymentMethodId");
    assert_eq!(shop.books().stock_of(&offer).await, (3, 0, 3), "nothing was reserved");
    let bought = shopper.buy(&offer, 1, &id).await.expect(201);
    assert_eq!(bought.body["payment"]["method"], id.as_str());
    assert_eq!(shop.books().captured_for(&bought.text("/id")).await, (1, 4990));
    let place = format!("/v1/me/payment-methods/{id}");
    other.send("DELETE", &place, None).await.expect_problem(404, "NOT_FOUND");
    shopper.send("DELETE", &place, None).await.expect(204);
    shopper.buy(&offer, 1, &id).await.expect_problem(422, "INVALID_VALUE");
}

async fn archive_of(shop: &Shop, shopper: &Shopper) -> Vec<(String, Value)> {
    let asked = shopper.send("POST", "/v1/me/exports", None).await.expect(202);
    let place = asked.header("location").to_owned();
    let ready = eventually("the export is ready", DONE, async || {
        let export = shopper.send("GET", &place, None).await.expect(200).body;
        export["url"].as_str().map(ToOwned::to_owned)
    })
    .await;
    let zip = shop.download(&ready).await;
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    names
        .into_iter()
        .map(|name| {
            let mut text = String::new();
            archive.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
            let json = serde_json::from_str(&text).unwrap();
            (name, json)
        })
        .collect()
}

#[tokio::test]
async fn given_a_person_when_exported_then_the_archive_has_all_of_theirs_and_nothing_of_others() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(9)).await;
    let (shopper, other) = (shop.new_shopper().await, shop.new_shopper().await);
    added(&shopper, "Export Me").await;
    let other_address = added(&other, "Somebody Else").await;
    let store = json!({"gatewayToken": "pm_sandbox_approved"});
    shopper.send("POST", "/v1/me/payment-methods", Some(&store)).await.expect(201);
    let order = shopper.buy(&offer, 1, "pm_sandbox_approved").await.expect(201).text("/id");
    let theirs = other.buy(&offer, 1, "pm_sandbox_approved").await.expect(201).text("/id");
    shopper.add(&offer, 2).await;

    let files = archive_of(&shop, &shopper).await;
    let part = |service: &str| &files.iter().find(|(name, _)| *name == format!("{service}.json")).unwrap().1;
    assert_eq!(files.len(), 4);
    assert_eq!(part("identity")["account"]["email"], shopper.email.as_str());
    assert_eq!(part("identity")["addresses"][0]["name"], "Export Me");
    assert_eq!(
        part("orders").as_array().unwrap().iter().map(|order| order["id"].clone()).collect::<Vec<_>>(),
        [json!(order)]
    );
    assert_eq!(
        (&part("carts")["lines"][0]["quantity"], &part("payments")["items"][0]["last4"]),
        (&json!(2), &json!("4242"))
    );
    let whole = files.iter().map(|(_, json)| json.to_string()).collect::<String>();
    for secret in [other.email.as_str(), &other.id, &other_address, &theirs, "argon2id", "secretHash"] {
        assert!(!whole.contains(secret), "{secret} is in the archive");
    }
    let place = shopper.send("POST", "/v1/me/exports", None).await.expect(202).header("location").to_owned();
    other.send("GET", &place, None).await.expect_problem(404, "NOT_FOUND");
}

/// Where a text of a person is found: table and item. Records of idempotency keys go by themselves after a day.
async fn found(shop: &Shop, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for table in
        ["identity", "carts", "checkout", "orders", "payments", "sandbox-gateway", "catalog", "inventory", "search"]
    {
        for item in shop.books().all(table).await {
            let text = item.to_string();
            let day = item["pk"].as_str().is_some_and(|pk| pk.starts_with("IDEM#")) && item["ttl"].is_number();
            if !day && texts.iter().any(|wanted| text.contains(wanted)) {
                found.push(format!("{table}: {} {}", item["pk"], item["sk"]));
            }
        }
    }
    found
}

#[tokio::test]
async fn given_a_person_when_erased_then_they_cannot_log_in_and_are_in_no_table_while_the_order_keeps_its_sums() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(9)).await;
    let shopper = shop.new_shopper().await;
    let tag = shopper.email.split('@').next().unwrap().to_owned();
    let name = format!("Person {tag}");
    added(&shopper, &name).await;
    let store = json!({"gatewayToken": "pm_sandbox_approved", "label": name});
    shopper.send("POST", "/v1/me/payment-methods", Some(&store)).await.expect(201);
    shopper.add(&offer, 1).await;
    let mut form = shopper.order_form("pm_sandbox_approved").await;
    form["shippingAddress"] = address(&name);
    let order = shopper.check_out("erase", &form).await.expect(201);
    let id = order.text("/id");
    shopper.add(&offer, 2).await;
    archive_of(&shop, &shopper).await;
    assert!(!found(&shop, &[&tag]).await.is_empty());

    let password = |text: &str| json!({"password": text});
    let wrong = shopper.send("POST", "/v1/me/erasure", Some(&password("not the password"))).await;
    wrong.expect_problem(422, "WRONG_PASSWORD");
    let erasing = shopper.send("POST", "/v1/me/erasure", Some(&password(PASSWORD))).await.expect(202);
    let place = erasing.header("location").to_owned();
    let user = shopper.id.trim_start_matches("usr_");
    assert!(!place.contains(user), "the erasure's address does not name its person");
    let credentials = json!({"email": shopper.email, "password": PASSWORD});
    shop.send("POST", "/v1/sessions", &[], Some(&credentials)).await.expect_problem(401, "INVALID_CREDENTIALS");
    shopper.send("GET", "/v1/me", None).await.expect_problem(404, "NOT_FOUND");
    shopper.send("POST", "/v1/me/addresses", Some(&address(&name))).await.expect_problem(404, "NOT_FOUND");
    // What the last token can still put down in another service is found by the second pass.
    shopper.send("POST", "/v1/me/payment-methods", Some(&store)).await.expect(201);
    let again = shopper.send("POST", "/v1/me/erasure", Some(&password(PASSWORD))).await.expect(202);
    assert_eq!(again.body["id"], erasing.body["id"]);

    let erased = eventually("the person is erased", DONE, async || {
        let erasure = shop.get(&place).await.expect(200).body;
        Some(erasure).filter(|erasure| erasure["state"] == "erased")
    })
    .await;
    for service in ["carts", "checkout", "identity", "orders", "payments"] {
        assert!(erased["rows"][service].as_u64().unwrap() > 0, "{service}: {erased}");
    }
    assert_eq!(found(&shop, &[&tag]).await, Vec::<String>::new());
    let operator = shop.new_operator().await;
    let kept = operator.order(&id).await;
    assert_eq!(
        (&kept["total"], &kept["items"], &kept["status"]),
        (&order.body["total"], &order.body["items"], &json!("CONFIRMED"))
    );
    assert_eq!(
        (&kept["shippingAddress"], &kept["destination"]),
        (&Value::Null, &json!({"country": "GB", "postalCode": "SW1Y 4JH"}))
    );
    assert_eq!(shop.books().captured_for(&id).await, (1, 4990));
    let account = json!({"email": shopper.email, "password": PASSWORD, "name": "Somebody New"});
    shop.send("POST", "/v1/users", &[], Some(&account)).await.expect(201);
}
