#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_dynamo::testing::items;
use rialto_http::Anyone;
use rialto_http::testing::request;
use rialto_kernel::{ExportId, SellerId, SessionId, UserId};
use rialto_person::ErasePerson;
use serde_json::json;

use super::super::erase_person::{complete_erasure, erase_page};
use super::super::testing::{PASSWORD, addresses, json_of, registered, users};
use super::super::{EndErasure, add_address, show_erasure};
use super::*;
use crate::domain::{Grant, Role};
use crate::store::{Addresses, ERASED_AT_ONCE, ExportState, Exports};

/// Erases all there is; answers how many rows, and which exports' files.
async fn erase(erasures: &Erasures, user: UserId) -> (u64, Vec<ExportId>) {
    let files = std::sync::Mutex::new(Vec::new());
    let mut input = ErasePerson::of(user);
    loop {
        let erased = erase_page(erasures, input, async |export| {
            files.lock().unwrap().push(export);
            Ok(())
        });
        let erased = erased.await.unwrap();
        if erased.after.is_none() {
            return (erased.rows, files.into_inner().unwrap());
        }
        input = ErasePerson { user_id: erased.user_id, rows: erased.rows, left: 0, after: erased.after };
    }
}

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
    let erase = async |user_id| erase(&state.erasures, user_id).await;
    assert_eq!(erase(ada).await, (0, vec![]), "a person with an account loses nothing");
    let first = request_erasure(&state, caller(ada), post(PASSWORD)).await.unwrap();
    let again = request_erasure(&state, caller(ada), post(PASSWORD)).await.unwrap();
    assert_eq!((first.status().as_u16(), first.body()), (202, again.body()));

    assert_eq!(users.find(ada).await.unwrap(), None);
    let refused = add_address(&addresses, caller(ada), add()).await.unwrap_err();
    assert_eq!(refused.code(), code::NOT_FOUND, "the last token adds nothing");
    assert_ne!(registered(&users, "ada@example.com").await, ada, "the e-mail is free");
    assert_eq!(exports.wanted(ada, export).await.unwrap(), Some(ExportState::Pending));
    let killed = erase_page(&state.erasures, ErasePerson::of(ada), async |_| {
        assert!(!exports.complete(ada, export).await?, "one that is packed while its archive is being removed");
        Err(Error::Contention)
    });
    assert!(killed.await.is_err());
    assert_eq!(exports.wanted(ada, export).await.unwrap(), None);
    let (rows, removed) = erase(ada).await;
    assert_eq!(removed, [export], "a run that goes on after a kill finds it");
    assert_eq!(rows, 1, "addresses and book went in the run that was killed");
    assert_eq!(erase(ada).await, (0, vec![]));
    assert!(!exports.complete(ada, export).await.unwrap(), "an archive that comes late is not wanted");
    let left: Vec<_> = items(users.table())
        .await
        .unwrap()
        .into_iter()
        .filter(|item| format!("{item:?}").contains(&ada.to_string()))
        .collect();
    let mut left: Vec<_> = left.iter().map(|item| item["pk"].as_s().unwrap().split('#').next().unwrap()).collect();
    left.sort_unstable();
    assert_eq!(left, ["ERASED", "ERASURE"], "the proof, and for a day the key to it");
    assert_eq!(addresses.list(eve, 20, None).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn given_an_erasure_when_it_is_completed_twice_then_it_is_told_once_with_both_passes_added() {
    let users = users();
    let ada = registered(&users, "ada@example.com").await;
    let state = state(&users);
    let answer = json_of(&request_erasure(&state, caller(ada), post(PASSWORD)).await.unwrap());
    let input = |rows: u64| {
        let done = json!({"erasureId": answer["id"], "userId": ada, "first": [{"service": "carts", "rows": rows}, {"service": "orders", "rows": 2}],
            "second": [{"service": "carts", "rows": 0}, {"service": "orders", "rows": 1}]});
        serde_json::from_value(done).unwrap()
    };
    let end = EndErasure::new(state.erasures.clone(), SignedDuration::from_secs(5));
    for rows in [1, 9] {
        let ended = serde_json::to_value(complete_erasure(&end, input(rows)).await.unwrap()).unwrap();
        assert_eq!(ended["againAt"], json!(null), "the workflow ends");
    }
    let show = request("GET", "/").path("id", answer["id"].as_str().unwrap()).build();
    let shown = json_of(&show_erasure(&state.erasures, Anyone, show).await.unwrap());
    assert_eq!((&shown["state"], &shown["rows"]), (&json!("erased"), &json!({"carts": 1, "orders": 3})));
    assert!(!shown.to_string().contains(&ada.to_string()), "it names nobody");
}

#[tokio::test]
async fn given_an_order_that_is_still_undecided_when_completed_then_there_is_another_pass_and_nothing_is_told_before() {
    let users = users();
    let ada = registered(&users, "ada@example.com").await;
    let state = state(&users);
    let begun = json_of(&request_erasure(&state, caller(ada), post(PASSWORD)).await.unwrap());
    let end = EndErasure::new(state.erasures.clone(), SignedDuration::from_secs(5));
    let complete = async |first: &serde_json::Value, left: u64| {
        let second =
            json!([{"service": "carts", "rows": 0, "left": 0}, {"service": "orders", "rows": 2, "left": left}]);
        let input = json!({"erasureId": begun["id"], "userId": ada, "first": first, "second": second});
        serde_json::to_value(complete_erasure(&end, serde_json::from_value(input).unwrap()).await.unwrap()).unwrap()
    };
    let state_of = async || state.erasures.begun_by(ada).await.unwrap().unwrap();
    // What the first pass had to leave is the second's.
    let first = json!([{"service": "carts", "rows": 1, "left": 1}, {"service": "orders", "rows": 0, "left": 3}]);
    let again = complete(&first, 1).await;
    let at: rialto_kernel::Timestamp = again["againAt"].as_str().unwrap().parse().unwrap();
    assert!(at > rialto_lambda::now(), "{again}");
    assert_eq!(state_of().await.state, crate::store::ErasureState::Erasing);
    let last = complete(&again["done"], 0).await;
    assert_eq!(last["againAt"], json!(null));
    let erased = state_of().await;
    assert_eq!(erased.state, crate::store::ErasureState::Erased);
    assert_eq!(erased.rows, [("carts".to_owned(), 1), ("orders".to_owned(), 4)].into());
}

#[tokio::test]
async fn given_a_role_that_is_granted_after_the_account_was_read_then_it_is_not_erased() {
    let users = users();
    let read = users.find(registered(&users, "ada@example.com").await).await.unwrap().unwrap();
    let Grant::Given(seller) = read.grant(Role::Seller, SellerId::draw(), rialto_lambda::now()) else { unreachable!() };
    assert!(users.save_grant(&seller, &crate::domain::Actor::parse("grace").unwrap()).await.unwrap());
    let state = state(&users);
    let now = rialto_lambda::now();
    let id = ErasureId::draw();
    assert!(matches!(state.erasures.begin(&read, id, now, now).await, Err(Error::Contention)));
    assert_eq!(users.find(read.id).await.unwrap(), Some(*seller));
    assert_eq!(users.find_by_email(&read.email).await.unwrap().map(|user| user.id), Some(read.id));
    assert_eq!((state.erasures.find(id).await.unwrap(), state.erasures.begun_by(read.id).await.unwrap()), (None, None));
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
    let (a, b) = (json_of(&a.unwrap())["id"].clone(), json_of(&b.unwrap())["id"].clone());
    assert_eq!(a, b);
    assert_eq!(state.erasures.begun_by(ada).await.unwrap().unwrap().id.to_string(), a.as_str().unwrap());
}

#[tokio::test]
async fn given_one_person_in_two_tables_when_erased_then_the_ids_differ_so_nobody_works_them_out() {
    let (here, there) = (users(), users());
    let ada = registered(&here, "ada@example.com").await;
    there.register(&here.find(ada).await.unwrap().unwrap()).await.unwrap();
    let erased = async |users: &Users| {
        json_of(&request_erasure(&state(users), caller(ada), post(PASSWORD)).await.unwrap())["id"].clone()
    };
    let (one, other) = (erased(&here).await, erased(&there).await);
    assert_ne!(one, other);
    assert_ne!(one, json!(ErasureId::named(&[&ada.to_string()])));
}

#[tokio::test]
async fn given_more_sessions_than_a_page_when_erased_page_by_page_then_all_go_and_the_sum_is_told() {
    let users = users();
    let ada = registered(&users, "ada@example.com").await;
    let sessions = 2 * ERASED_AT_ONCE + 7;
    for n in 0..sessions {
        let key = crate::store::session_key(ada, SessionId::named(&[&n.to_string()]));
        users.table().put(rialto_dynamo::Put::of(key)).await.unwrap();
    }
    let state = state(&users);
    request_erasure(&state, caller(ada), post(PASSWORD)).await.unwrap();
    let run = async |input: &ErasePerson| {
        let erased = erase_page(&state.erasures, input.clone(), async |_| Ok(())).await.unwrap();
        assert!(erased.rows - input.rows <= u64::try_from(ERASED_AT_ONCE).unwrap(), "no more than a page at once");
        erased
    };
    let mut inputs = vec![ErasePerson::of(ada)];
    let rows = loop {
        let erased = run(inputs.last().unwrap()).await;
        if erased.after.is_none() {
            break erased.rows;
        }
        // As the workflow does it.
        inputs.push(serde_json::from_value(serde_json::to_value(&erased).unwrap()).unwrap());
    };
    assert_eq!((inputs.len(), rows), (3, u64::try_from(sessions).unwrap()));
    for input in &inputs {
        let again = run(input).await;
        assert_eq!((again.rows, again.after), (input.rows, None), "a run that comes twice counts nothing twice");
    }
    assert_eq!(erase(&state.erasures, ada).await.0, 0);
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
