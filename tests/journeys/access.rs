//! The access matrix, tried on a stack: who gets in where, and that nothing changes for those who own things while
//! everyone else tries.
//!
//! OWASP API Security Top 10 2023: API1 (object level), API2 (authentication), API3 (properties), API5 (function level).

mod papers;
mod world;

use std::time::Duration;

use acceptance::{
    access::{FALSE_PAPERS, Row, Who, rows, table},
    contract,
};
use rialto_testkit::{Answer, Shop, eventually};
use serde_json::{Value, json};
use world::{Things, World};

#[test]
fn given_a_route_without_a_sample_when_the_matrix_is_made_then_it_fails_and_names_the_route() {
    let mut document = contract().unwrap().value().clone();
    table(&contract().unwrap()).unwrap();
    let mut route = document["paths"]["/v1/orders"]["get"].clone();
    route["operationId"] = json!("orders-show-secrets");
    document["paths"]["/v1/secrets"] = json!({"get": route});
    let document = rialto_http::contract::Document::parse(&document.to_string()).unwrap();
    let error = table(&document).unwrap_err().to_string();
    assert!(error.contains("orders-show-secrets"), "{error}");
}

#[tokio::test]
async fn owasp_api1_api2_api3_api5_2023_each_route_lets_in_whom_the_matrix_says_and_no_one_else() {
    let world = World::made(Shop::open().await).await;
    let rows = rows(&contract().unwrap()).unwrap();
    let good = [("authorization", format!("Bearer {}", world.papers.good()))];
    let good: Vec<_> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
    world.shop.send("GET", "/v1/orders", &good, None).await.expect(200);
    refuse(&world, &rows).await;
    refuse_fields(&world, &rows).await;
    admit(&world, &rows).await;
}

/// What is wrong with an answer, for one message about all of them.
fn fault(row: &Row, who: Who, answer: &Answer) -> Option<String> {
    let expected = row.expected(who);
    let code = answer.body["code"].as_str();
    let problem = answer.header("content-type") == "application/problem+json";
    let as_expected = answer.status == expected.status
        && expected.refusal.is_none_or(|refusal| expected.status < 300 || (code == Some(refusal) && problem))
        && (expected.refusal.is_none()
            || answer.status != 401
            || answer.header("www-authenticate").starts_with("Bearer"));
    let named = match who {
        Who::False(index) => FALSE_PAPERS[index].0.to_owned(),
        who => format!("{who:?}"),
    };
    let said = || format!("{} {}", answer.status, answer.body.to_string().chars().take(300).collect::<String>());
    (!as_expected).then(|| format!("{} by {named}: {expected:?}, not {}", row.sample.operation, said()))
}

/// Everyone whom a route refuses tries it; afterwards all is as it was.
async fn refuse(world: &World, rows: &[Row]) {
    let mut attempts = Vec::new();
    for row in rows {
        let refused: Vec<_> = Who::all().filter(|who| row.expected(*who).refusal.is_some()).collect();
        if !refused.is_empty() {
            attempts.push((row, world.things_of(row.sample).await, refused));
        }
    }
    let before = settled_view(world, rows).await;
    let opened = checkouts(world, rows, &attempts).await;
    let (mut faults, mut tried) = (Vec::new(), 0);
    for (row, things, refused) in &attempts {
        for who in refused {
            let answer = world.call(row, things, &world.credentials(*who, things), None).await;
            faults.extend(fault(row, *who, &answer));
            tried += 1;
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert!(tried > rows.len() * 10, "only {tried} attempts");
    assert_eq!(opened.len(), 4);
    assert_eq!(checkouts(world, rows, &attempts).await, opened, "nobody else has changed, paid or ended a session");
    assert_unchanged(&before, &owners_view(world, rows).await);
}

/// The sessions of checkout that are tried, as their owners see them. Time may have ended one, and nothing else.
async fn checkouts(world: &World, rows: &[Row], attempts: &[(&Row, Things, Vec<Who>)]) -> Vec<(bool, Value)> {
    let show = rows.iter().find(|row| row.sample.operation == "checkout-show-session").unwrap();
    let mut seen = Vec::new();
    for (_, things, _) in attempts.iter().filter(|(_, things, _)| things.contains_key("checkout")) {
        let session = world.call(show, things, &world.credentials(Who::Shopper, things), None).await.expect(200).body;
        let untouched = ["OPEN", "EXPIRED"].contains(&session["status"].as_str().unwrap());
        seen.push((untouched, session["totals"].clone()));
    }
    seen
}

/// Everyone whom a route lets in calls it; none sees what is the owner's alone.
async fn admit(world: &World, rows: &[Row]) {
    let mut faults = Vec::new();
    for row in rows {
        for who in Who::all().filter(|who| row.expected(*who).refusal.is_none()) {
            // One false token will do where none is looked at.
            if matches!(who, Who::False(1..)) {
                continue;
            }
            let things = world.things_of(row.sample).await;
            let answer = world.call(row, &things, &world.credentials(who, &things), None).await;
            faults.extend(fault(row, who, &answer));
            let shown = row.sample.shows.trim_matches(['{', '}']);
            if let Some(thing) = things.get(shown) {
                let owner = if row.route.caller.starts_with("seller") { Who::Seller } else { Who::Shopper };
                let there = answer.body.to_string().contains(thing.as_str());
                if there != (who == owner) {
                    faults.push(format!("{}: {who:?} sees the {shown}: {there}", row.sample.operation));
                }
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

/// Fields that belong to no client, each with a value that would be worth something.
fn coveted(world: &World) -> [(&'static str, Value); 14] {
    [
        ("id", json!("usr_0190163d8694739b9f3a1c5d7e9b2f40")),
        ("role", json!("operator")),
        ("roles", json!(["shopper", "seller", "operator"])),
        ("status", json!("CONFIRMED")),
        ("state", json!("completed")),
        ("sellerId", json!(world.other_seller.id)),
        ("userId", json!(world.other_shopper.id)),
        ("ownerId", json!(world.other_shopper.id)),
        ("price", json!({"amount": 1, "currency": "USD"})),
        ("total", json!({"amount": 1, "currency": "USD"})),
        ("emailVerified", json!(true)),
        ("onHand", json!(1_000_000)),
        ("version", json!(99)),
        ("createdAt", json!("2020-01-01T00:00:00Z")),
    ]
}

/// Mass assignment: those who are let in ask for more than is theirs to set.
async fn refuse_fields(world: &World, rows: &[Row]) {
    let mut attempts = Vec::new();
    // What is answered 401 is refused by its signature before its body is read.
    for row in rows.iter().filter(|row| row.sample.body.is_some() && row.sample.answers != 401) {
        let admitted = Who::all().filter(|who| row.expected(*who).refusal.is_none());
        attempts.push((row, admitted.last().unwrap(), world.things_of(row.sample).await));
    }
    let before = settled_view(world, rows).await;
    let mut faults = Vec::new();
    for (row, who, things) in &attempts {
        for (field, value) in &coveted(world) {
            if row.fields.iter().any(|known| known == field) {
                continue;
            }
            let answer = world.call(row, things, &world.credentials(*who, things), Some((field, value))).await;
            let told = &answer.body["errors"][0];
            let refused = (answer.status, told["code"].as_str(), told["pointer"].as_str());
            if refused != (400, Some("UNKNOWN"), Some(format!("/{field}").as_str())) {
                let body: String = answer.body.to_string().chars().take(300).collect();
                faults.push(format!("{} with {field}: {} {body}", row.sample.operation, answer.status));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert_unchanged(&before, &owners_view(world, rows).await);
    let people = world.shop.books().all("identity").await;
    for unique in attempts.iter().filter_map(|(.., things)| things.get("unique")) {
        assert!(!people.iter().any(|row| row.to_string().contains(unique)), "somebody was registered all the same");
    }
}

/// What the owners see once what was made before has reached every list that follows events.
async fn settled_view(world: &World, rows: &[Row]) -> Vec<(String, Value)> {
    eventually("the owners' view settles", Duration::from_secs(60), async || {
        let view = owners_view(world, rows).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        (owners_view(world, rows).await == view).then_some(view)
    })
    .await
}

#[track_caller]
fn assert_unchanged(before: &[(String, Value)], after: &[(String, Value)]) {
    assert_eq!(before.len(), after.len());
    for (was, is) in before.iter().zip(after) {
        assert_eq!(is, was, "requests that were refused have changed something");
    }
}

/// What the owners see at every route that only reads.
async fn owners_view(world: &World, rows: &[Row]) -> Vec<(String, Value)> {
    let mut view = Vec::new();
    for row in rows.iter().filter(|row| row.route.method == "GET" && row.route.caller != "anyone") {
        let owner = if row.route.caller.starts_with("seller") { Who::Seller } else { Who::Shopper };
        let seen = row.expected(owner).refusal.is_none() && row.sample.answers < 300;
        let Some(things) = world.lasting_things_of(row.sample).filter(|_| seen) else { continue };
        let answer = world.call(row, &things, &world.credentials(owner, &things), None).await;
        let mut answer = answer.expect(row.sample.answers);
        let items = answer.body.get_mut("items").and_then(Value::as_array_mut);
        items.into_iter().flatten().for_each(forget_addresses);
        forget_addresses(&mut answer.body);
        view.push((row.sample.operation.to_owned(), answer.body));
    }
    view
}

/// Those of files, which are signed anew at each request.
fn forget_addresses(item: &mut Value) {
    if let Some(item) = item.as_object_mut() {
        item.retain(|name, _| !name.ends_with("Url"));
    }
}
