#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_dynamo::testing::items;
use rialto_http::Anyone;
use rialto_http::testing::request;
use rialto_kernel::{ExportId, SellerId, SessionId, UserId};
use serde_json::json;

use super::super::erase_person::complete_erasure;
use super::super::testing::{PASSWORD, addresses, json_of, registered, users};
use super::super::{add_address, show_erasure};
use super::*;
use crate::domain::{Grant, Role};
use crate::store::{Addresses, ExportState, Exports};

fn state(users: &Users) -> RequestErasure {
    RequestErasure::new(users.clone(), Erasures::new(users.table().clone()), SignedDuration::from_secs(5))
}

fn caller(user_id: UserId) -> Shopper {
    Shopper { user_id, session_id: SessionId::named(&["s"]) }
}

fn post(password: &str) -> Request {
    request("POST", "/v1/me/erasure").json(&json!({"password": password})).build()
}

#[tokio::test]
async fn given_an_account_when_erased_then_the_email_is_free_and_every_row_of_the_person_goes_but_the_erasures() {
    let users = users();
    let (ada, eve) = (registered(&users, "ada@example.com").await, registered(&users, "eve@example.com").await);
    let addresses = Addresses::new(users.table().clone());
    let body = json!({"name": "Ada", "line1": "1", "city": "London", "postalCode": "SW1Y 4JH", "country": "GB"});
    let add = || request("POST", "/").json(&body).build();
    add_address(&addresses, caller(ada), add()).await.unwrap();
    add_address(&addresses, caller(eve), add()).await.unwrap();
    let exports = Exports::new(users.table().clone());
    let export = ExportId::draw();
    exports.begin(ada, export, rialto_lambda::now()).await.unwrap();
    let state = state(&users);

    let wrong = request_erasure(&state, caller(ada), post("not the password")).await.unwrap_err();
    assert_eq!(wrong.code(), code::WRONG_PASSWORD);
    assert_eq!(state.erasures.remove_rows(ada).await.unwrap(), 0, "a person with an account loses nothing");
    assert_eq!(state.erasures.close_exports(ada).await.unwrap(), []);
    let first = request_erasure(&state, caller(ada), post(PASSWORD)).await.unwrap();
    let again = request_erasure(&state, caller(ada), post(PASSWORD)).await.unwrap();
    assert_eq!((first.status().as_u16(), first.body()), (202, again.body()));

    assert_eq!(users.find(ada).await.unwrap(), None);
    let refused = add_address(&addresses, caller(ada), add()).await.unwrap_err();
    assert_eq!(refused.code(), code::NOT_FOUND, "the last token adds nothing");
    assert_ne!(registered(&users, "ada@example.com").await, ada, "the e-mail is free");
    assert_eq!(exports.wanted(ada, export).await.unwrap(), Some(ExportState::Pending));
    assert_eq!(state.erasures.close_exports(ada).await.unwrap(), [export]);
    assert!(!exports.complete(ada, export).await.unwrap(), "one that is packed while its archive is being removed");
    assert_eq!(exports.wanted(ada, export).await.unwrap(), None);
    assert_eq!(state.erasures.close_exports(ada).await.unwrap(), [export], "a run that goes on after a kill finds it");
    assert!(state.erasures.remove_rows(ada).await.unwrap() >= 3);
    assert_eq!(state.erasures.remove_rows(ada).await.unwrap(), 0);
    assert!(!exports.complete(ada, export).await.unwrap(), "an archive that comes late is not wanted");
    let left: Vec<_> = items(users.table())
        .await
        .unwrap()
        .into_iter()
        .filter(|item| format!("{item:?}").contains(&ada.to_string()))
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0]["pk"].as_s().unwrap().starts_with("ERASURE#"));
    assert_eq!(addresses.list(eve, 20, None).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn given_an_erasure_when_it_is_completed_twice_then_it_is_told_once_with_both_passes_added() {
    let users = users();
    let ada = registered(&users, "ada@example.com").await;
    let state = state(&users);
    let answer = json_of(&request_erasure(&state, caller(ada), post(PASSWORD)).await.unwrap());
    let input = |rows: u64| {
        let done = json!({"userId": ada, "first": [{"service": "carts", "rows": rows}, {"service": "orders", "rows": 2}],
            "second": [{"service": "carts", "rows": 0}, {"service": "orders", "rows": 1}]});
        serde_json::from_value(done).unwrap()
    };
    complete_erasure(&state.erasures, input(1)).await.unwrap();
    complete_erasure(&state.erasures, input(9)).await.unwrap();
    let show = request("GET", "/").path("id", answer["id"].as_str().unwrap()).build();
    let shown = json_of(&show_erasure(&state.erasures, Anyone, show).await.unwrap());
    assert_eq!((&shown["state"], &shown["rows"]), (&json!("erased"), &json!({"carts": 1, "orders": 3})));
    assert!(!shown.to_string().contains(&ada.to_string()), "it names nobody");
}

#[tokio::test]
async fn given_a_role_that_is_granted_after_the_account_was_read_then_it_is_not_erased() {
    let users = users();
    let read = users.find(registered(&users, "ada@example.com").await).await.unwrap().unwrap();
    let Grant::Given(seller) = read.grant(Role::Seller, SellerId::draw(), rialto_lambda::now()) else { unreachable!() };
    assert!(users.save_grant(&seller).await.unwrap());
    let state = state(&users);
    let now = rialto_lambda::now();
    assert!(matches!(state.erasures.begin(&read, now, now).await, Err(Error::Contention)));
    assert_eq!(users.find(read.id).await.unwrap(), Some(*seller));
    assert_eq!(users.find_by_email(&read.email).await.unwrap().map(|user| user.id), Some(read.id));
    assert_eq!(state.erasures.find(erasure_of(read.id)).await.unwrap(), None);
    assert_eq!(request_erasure(&state, caller(read.id), post(PASSWORD)).await.unwrap_err().code(), code::CONFLICT);
}

#[tokio::test]
async fn given_two_erasures_at_once_then_both_get_the_one_there_is() {
    let users = users();
    let ada = registered(&users, "ada@example.com").await;
    let state = state(&users);
    let (a, b) = tokio::join!(
        request_erasure(&state, caller(ada), post(PASSWORD)),
        request_erasure(&state, caller(ada), post(PASSWORD))
    );
    assert_eq!(json_of(&a.unwrap())["id"], json_of(&b.unwrap())["id"]);
}

#[tokio::test]
async fn given_an_export_when_asked_for_twice_then_it_is_one_for_a_day_and_only_its_owners() {
    let table = addresses().await.table().clone();
    let exports = Exports::new(table);
    let (ada, eve, now) = (UserId::named(&["ada"]), UserId::named(&["eve"]), rialto_lambda::now());
    let first = exports.begin(ada, ExportId::draw(), now).await.unwrap();
    assert_eq!(exports.begin(ada, ExportId::draw(), now).await.unwrap(), first);
    assert_eq!(exports.find(eve, first.id).await.unwrap(), None);
    assert!(exports.complete(ada, first.id).await.unwrap());
    let after = |hours| now + SignedDuration::from_hours(hours);
    let fresh = exports.begin(ada, ExportId::draw(), after(23)).await.unwrap();
    assert_eq!((fresh.id, fresh.state), (first.id, ExportState::Ready));
    let second = exports.begin(ada, ExportId::draw(), after(25)).await.unwrap();
    assert_ne!(second.id, first.id);
    assert_eq!(exports.begin(ada, ExportId::draw(), after(25)).await.unwrap(), second);
    let third = exports.begin(ada, ExportId::draw(), after(27)).await.unwrap();
    assert_ne!(third.id, second.id, "one that never became ready is not waited for");
    assert!(matches!(exports.begin(UserId::named(&["nobody"]), ExportId::draw(), now).await, Err(Error::UserNotFound)));
}
