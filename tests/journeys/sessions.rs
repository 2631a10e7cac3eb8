//! Who a person is to us over time: mails, sessions, passwords.

use std::time::Duration;

use rialto_testkit::{Answer, Shop, Shopper, eventually};
use serde_json::{Value, json};

const NEW: &str = "an entirely new password";

/// The mails to a person, as LocalStack keeps them, oldest first.
async fn mails(shop: &Shop, email: &str) -> Vec<String> {
    let answer = shop.mails(email).await;
    answer.into_iter().filter_map(|mail| mail["Body"]["text_part"].as_str().map(str::to_owned)).collect()
}

/// The token of the `nth` mail to a person that leads to `page`.
async fn token(shop: &Shop, email: &str, page: &str, nth: usize) -> String {
    let link = format!("/{page}#token=");
    eventually(&format!("mail {nth} about {page} comes"), Duration::from_secs(60), async || {
        let mail = mails(shop, email).await.into_iter().filter(|mail| mail.contains(&link)).nth(nth)?;
        Some(mail.split(&link).nth(1)?.lines().next()?.to_owned())
    })
    .await
}

async fn post(shop: &Shop, path: &str, body: &Value) -> Answer {
    shop.send("POST", path, &[], Some(body)).await
}

async fn log_in(shop: &Shop, email: &str, password: &str, device: &str) -> Answer {
    post(shop, "/v1/sessions", &json!({"email": email, "password": password, "device": device})).await
}

async fn refresh(shop: &Shop, token: &str) -> Answer {
    post(shop, "/v1/sessions/refresh", &json!({"refreshToken": token})).await
}

/// The person with the access token of another answer.
fn with(shopper: &Shopper, session: &Answer) -> Shopper {
    shopper.with_token(session.text("/accessToken"))
}

#[tokio::test]
async fn given_a_registration_when_the_mail_is_answered_then_the_profile_shows_a_verified_email() {
    let shop = Shop::open().await;
    let ada = shop.new_shopper().await;
    let first = token(&shop, &ada.email, "verify-email", 0).await;
    assert_eq!(ada.send("GET", "/v1/me", None).await.expect(200).body["emailVerified"], false);
    ada.send("POST", "/v1/me/verification-mail", None).await.expect(202);
    let second = token(&shop, &ada.email, "verify-email", 1).await;
    assert_ne!(first, second);
    post(&shop, "/v1/users/verify-email", &json!({"token": first})).await.expect(204);
    assert_eq!(ada.send("GET", "/v1/me", None).await.expect(200).body["emailVerified"], true);
    let again = post(&shop, "/v1/users/verify-email", &json!({"token": first})).await;
    again.expect_problem(422, "INVALID_MAIL_TOKEN");
}

#[tokio::test]
async fn given_a_session_when_refreshed_then_the_old_token_is_refused_and_used_again_it_ends_the_session() {
    let shop = Shop::open().await;
    let ada = shop.new_shopper().await;
    let session = log_in(&shop, &ada.email, rialto_testkit::PASSWORD, "Phone").await.expect(201);
    let first = session.text("/refreshToken");
    let second = refresh(&shop, &first).await.expect(201);
    with(&ada, &second).send("GET", "/v1/cart", None).await.expect(200);
    refresh(&shop, &first).await.expect_problem(409, "REFRESH_SUPERSEDED");
    let third = refresh(&shop, &second.text("/refreshToken")).await.expect(201);
    refresh(&shop, &first).await.expect_problem(401, "INVALID_REFRESH_TOKEN");
    refresh(&shop, &third.text("/refreshToken")).await.expect_problem(401, "INVALID_REFRESH_TOKEN");
}

#[tokio::test]
async fn given_two_refreshes_at_once_then_one_gets_the_tokens_and_the_other_is_told_so() {
    let shop = Shop::open().await;
    let ada = shop.new_shopper().await;
    let token = log_in(&shop, &ada.email, rialto_testkit::PASSWORD, "Phone").await.expect(201).text("/refreshToken");
    let (one, other) = tokio::join!(refresh(&shop, &token), refresh(&shop, &token));
    let (won, lost) = if one.status == 201 { (one, other) } else { (other, one) };
    lost.expect_problem(409, "REFRESH_SUPERSEDED");
    refresh(&shop, &won.expect(201).text("/refreshToken")).await.expect(201);
}

#[tokio::test]
async fn given_devices_when_logged_out_on_one_and_then_everywhere_then_their_refresh_tokens_are_dead() {
    let shop = Shop::open().await;
    let ada = shop.new_shopper().await;
    let phone = log_in(&shop, &ada.email, rialto_testkit::PASSWORD, "Phone").await.expect(201);
    let laptop = log_in(&shop, &ada.email, rialto_testkit::PASSWORD, "Laptop").await.expect(201);
    let ada = with(&ada, &phone);
    let list = ada.send("GET", "/v1/sessions", None).await.expect(200).body["items"].clone();
    let devices: Vec<_> =
        list.as_array().unwrap().iter().map(|item| (item["device"].clone(), item["current"].clone())).collect();
    assert_eq!(devices[..2], [(json!("Laptop"), json!(false)), (json!("Phone"), json!(true))], "{list}");
    assert_eq!(laptop.header("location"), format!("/v1/sessions/{}", list[0]["id"].as_str().unwrap()));
    for _ in 0..2 {
        ada.send("DELETE", laptop.header("location"), None).await.expect(204);
    }
    refresh(&shop, &laptop.text("/refreshToken")).await.expect_problem(401, "INVALID_REFRESH_TOKEN");
    let phone = refresh(&shop, &phone.text("/refreshToken")).await.expect(201);
    ada.send("DELETE", "/v1/sessions/all", None).await.expect(204);
    refresh(&shop, &phone.text("/refreshToken")).await.expect_problem(401, "INVALID_REFRESH_TOKEN");
    assert_eq!(ada.send("GET", "/v1/sessions", None).await.expect(200).body["items"], json!([]));
    let again = log_in(&shop, &ada.email, rialto_testkit::PASSWORD, "Phone").await.expect(201);
    let ada = with(&ada, &again);
    ada.send("DELETE", "/v1/sessions/current", None).await.expect(204);
    refresh(&shop, &again.text("/refreshToken")).await.expect_problem(401, "INVALID_REFRESH_TOKEN");
}

#[tokio::test]
async fn given_a_forgotten_password_when_reset_by_mail_then_the_old_one_and_all_sessions_are_dead() {
    let shop = Shop::open().await;
    let ada = shop.new_shopper().await;
    let session = log_in(&shop, &ada.email, rialto_testkit::PASSWORD, "Phone").await.expect(201);
    let unknown = post(&shop, "/v1/passwords/forgot", &json!({"email": format!("nobody-{}", ada.email)})).await;
    let known = post(&shop, "/v1/passwords/forgot", &json!({"email": ada.email})).await;
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
    known.expect(202);
    let token = token(&shop, &ada.email, "reset-password", 0).await;
    let reset = |password: &str| json!({"token": token, "password": password});
    post(&shop, "/v1/passwords/reset", &reset("qwertyuiop")).await.expect_problem(422, "INVALID_VALUE");
    post(&shop, "/v1/passwords/reset", &reset(NEW)).await.expect(204);
    post(&shop, "/v1/passwords/reset", &reset("yet another password")).await.expect_problem(422, "INVALID_MAIL_TOKEN");
    refresh(&shop, &session.text("/refreshToken")).await.expect_problem(401, "INVALID_REFRESH_TOKEN");
    let old = log_in(&shop, &ada.email, rialto_testkit::PASSWORD, "Phone").await;
    old.expect_problem(401, "INVALID_CREDENTIALS");
    let session = log_in(&shop, &ada.email, NEW, "Phone").await.expect(201);
    assert_eq!(session.body["user"]["emailVerified"], true);
    assert!(mails(&shop, &format!("nobody-{}", ada.email)).await.is_empty());
}

#[tokio::test]
async fn given_a_changed_password_then_this_session_goes_on_and_the_others_are_dead() {
    let shop = Shop::open().await;
    let ada = shop.new_shopper().await;
    let phone = log_in(&shop, &ada.email, rialto_testkit::PASSWORD, "Phone").await.expect(201);
    let laptop = log_in(&shop, &ada.email, rialto_testkit::PASSWORD, "Laptop").await.expect(201);
    let ada = with(&ada, &phone);
    let change = |old: &str| json!({"old": old, "new": NEW});
    let wrong = ada.send("PUT", "/v1/me/password", Some(&change("not the password"))).await;
    wrong.expect_problem(422, "WRONG_PASSWORD");
    ada.send("PUT", "/v1/me/password", Some(&change(rialto_testkit::PASSWORD))).await.expect(204);
    refresh(&shop, &laptop.text("/refreshToken")).await.expect_problem(401, "INVALID_REFRESH_TOKEN");
    refresh(&shop, &phone.text("/refreshToken")).await.expect(201);
    log_in(&shop, &ada.email, NEW, "Phone").await.expect(201);
}

#[tokio::test]
async fn given_a_guest_with_a_cart_when_logged_in_then_the_session_tells_whose_cart_it_is() {
    let shop = Shop::open().await;
    let ada = shop.new_shopper().await;
    let mut guest = shop.new_guest();
    let cart = guest.send("GET", "/v1/cart", None).await.expect(200);
    let credentials = json!({"email": ada.email, "password": rialto_testkit::PASSWORD});
    let cart_token = guest.token.clone().unwrap();
    let session =
        shop.send("POST", "/v1/sessions", &[("cart-token", &cart_token)], Some(&credentials)).await.expect(201);
    let id = session.header("location").rsplit('/').next().unwrap().to_owned();
    let rows = shop.books().all("identity").await;
    let row = rows.iter().find(|row| row["sk"] == format!("SESSION#{id}")).unwrap();
    let news: Value = serde_json::from_str(row["outbox"][0].as_str().unwrap()).unwrap();
    assert_eq!(news["type"], "GuestLoggedIn.v1");
    assert_eq!(news["data"], json!({"userId": ada.id, "cartId": cart.body["id"]}));
    assert!(!row.to_string().contains(&cart_token));
}
