//! Passwords and mails, over several handlers, as a person meets them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use rialto_dynamo::testing::item;
use rialto_dynamo::{Fault, Faults, Table};
use rialto_http::testing::request;
use rialto_http::throttle::{Class, Quotas, Throttle};
use rialto_http::{Anyone, Problem, Response, Shopper, code};
use rialto_kernel::{SessionId, SignedDuration, Timestamp, UserId};
use rialto_lambda::{Message, now};
use serde_json::{Value, json};

use super::testing::{LIVES, PASSWORD, json_of, registered};
use super::*;
use crate::domain::{MailToken, Purpose, RefreshToken, Secret, Session, User, Worth};
use crate::store::{Mailer, Mails, Sessions, Users, mail_key};

const NEW: &str = "an entirely new password";

struct World {
    devices: Devices,
    ask: AskForMail,
    send: SendMail,
    mails: Mails,
    ada: UserId,
}

async fn world(table: Table) -> World {
    let (users, mails) = (Users::new(table.clone()), Mails::new(table.clone()));
    let ada = registered(&users, "ada@example.com").await;
    World {
        devices: Devices { users: users.clone(), sessions: Sessions::new(table) },
        ask: AskForMail { users: users.clone(), mails: mails.clone() },
        send: SendMail::new(users, mails.clone(), Mailer::in_memory(), "https://shop.example"),
        mails,
        ada,
    }
}

async fn here() -> World {
    world(Table::in_memory("identity")).await
}

impl World {
    async fn user(&self) -> User {
        self.devices.users.find(self.ada).await.unwrap().unwrap()
    }

    /// The envelope that waits in the row of an e-mail or of a mail that was asked for.
    async fn news(&self, key: rialto_dynamo::Key) -> Vec<Value> {
        let row = item(self.devices.users.table(), &key).await.unwrap().unwrap();
        row["outbox"].as_l().unwrap().iter().map(|text| serde_json::from_str(text.as_s().unwrap()).unwrap()).collect()
    }

    async fn deliver(&self, news: &Value) {
        let message = Message { body: json!({"detail": news}).to_string(), ..Message::default() };
        send_mail(&self.send, message).await.unwrap();
    }

    /// The token of the newest mail.
    fn token(&self) -> String {
        let mail = self.send.mailer().sent().pop().unwrap();
        mail.text.split("#token=").nth(1).unwrap().lines().next().unwrap().to_owned()
    }

    async fn forgot(&self, email: &str) -> Response {
        let request = request("POST", "/v1/passwords/forgot").json(&json!({"email": email})).at(now()).build();
        forgot_password(&self.ask, Anyone, request).await.unwrap()
    }

    /// The token of a mail for a new password.
    async fn forgotten(&self) -> String {
        self.forgot("ada@example.com").await;
        self.deliver(&self.news(mail_key(self.ada, Purpose::ResetPassword)).await[0]).await;
        self.token()
    }

    async fn reset(&self, token: &str, password: &str, at: Timestamp) -> Result<Response, Problem> {
        let body = json!({"token": token, "password": password});
        reset_password(&self.mails, Anyone, request("POST", "/v1/passwords/reset").json(&body).at(at).build()).await
    }

    async fn verify(&self, token: &str, at: Timestamp) -> Result<Response, Problem> {
        let request = request("POST", "/v1/users/verify-email").json(&json!({"token": token})).at(at).build();
        verify_email(&self.mails, Anyone, request).await
    }

    async fn change(&self, caller: Shopper, old: &str, new: &str) -> Result<Response, Problem> {
        let body = json!({"old": old, "new": new});
        change_password(&self.devices, caller, request("PUT", "/v1/me/password").json(&body).build()).await
    }

    async fn session(&self, device: &str) -> (Shopper, RefreshToken) {
        let (family, secret) = (Secret::new(rand::random()), Secret::new(rand::random()));
        let token = RefreshToken { user_id: self.ada, session_id: SessionId::draw(), family, secret };
        let device = serde_json::from_value(json!(device)).unwrap();
        let session = Session::begin(&self.user().await, &token, Some(device), LIVES, now());
        self.devices.sessions.begin(&session, &[]).await.unwrap();
        (Shopper { user_id: self.ada, session_id: token.session_id }, token)
    }

    async fn is_good(&self, token: &RefreshToken) -> bool {
        let session = self.devices.sessions.find(self.ada, token.session_id).await.unwrap();
        let user = self.user().await;
        session.is_some_and(|session| session.judge(token, &user, now()) == Worth::Good)
    }

    async fn password_is(&self, text: &str) -> bool {
        let given = crate::domain::GivenPassword::read(&text.into()).unwrap();
        let verdict = crate::crypto::verify_password(given, Some(self.user().await.password_hash)).await.unwrap();
        verdict == crate::crypto::Verdict::Right
    }
}

fn refusal(outcome: Result<Response, Problem>) -> rialto_http::Code {
    outcome.unwrap_err().code()
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

#[tokio::test]
async fn given_a_registration_when_its_mail_is_answered_then_the_email_is_verified_once() {
    let world = here().await;
    let email = world.user().await.email;
    let mut news = world.news(crate::store::email_key(&email)).await;
    assert_eq!((news.len(), &news[0]["data"]), (1, &json!({"userId": world.ada})));
    news[0]["time"] = json!(now());
    world.deliver(&news[0]).await;
    assert_eq!(world.send.mailer().sent()[0].to, email);
    let token = world.token();
    assert_eq!(world.verify(&token, now()).await.unwrap().status(), 204);
    assert!(world.user().await.email_verified);
    assert_eq!(refusal(world.verify(&token, now()).await), code::INVALID_MAIL_TOKEN, "good once");
    world.deliver(&news[0]).await;
    assert_eq!(world.send.mailer().sent().len(), 1, "nobody needs it any more");
}

#[tokio::test]
async fn given_a_delivery_repeated_before_the_answer_when_both_tokens_are_used_then_both_are_good() {
    let world = here().await;
    let email = world.user().await.email;
    let mut news = world.news(crate::store::email_key(&email)).await.remove(0);
    news["time"] = json!(now());
    world.deliver(&news).await;
    let first = world.token();
    world.deliver(&news).await;
    for token in [first, world.token()] {
        world.verify(&token, now()).await.unwrap();
    }
}

#[tokio::test]
async fn given_another_mail_is_asked_for_when_verified_then_none_comes_any_more() {
    let world = here().await;
    let caller = Shopper { user_id: world.ada, session_id: SessionId::draw() };
    let ask = || request("POST", "/v1/me/verification-mail").at(now()).build();
    assert_eq!(request_verification(&world.ask, caller, ask()).await.unwrap().status(), 202);
    let key = mail_key(world.ada, Purpose::VerifyEmail);
    let news = world.news(key.clone()).await.remove(0);
    assert_eq!(news["type"], "EmailVerificationRequested.v1");
    world.deliver(&news).await;
    world.verify(&world.token(), now()).await.unwrap();
    world.devices.users.table().delete(rialto_dynamo::Delete::of(key.clone())).await.unwrap();
    assert_eq!(request_verification(&world.ask, caller, ask()).await.unwrap().status(), 202);
    assert!(item(world.devices.users.table(), &key).await.unwrap().is_none());
}

/// OWASP Forgot Password Cheat Sheet: the same answer and the same work for who exists and who does not.
#[tokio::test]
async fn given_a_known_and_an_unknown_email_when_forgotten_then_answers_and_rows_are_alike_and_one_mail_comes() {
    let world = here().await;
    let (known, unknown) = (world.forgot("Ada@example.com").await, world.forgot("eve@example.com").await);
    assert_eq!((known.status(), known.body(), known.headers()), (unknown.status(), unknown.body(), unknown.headers()));
    assert_eq!(known.status(), 202);
    assert_eq!(world.news(mail_key(world.ada, Purpose::ResetPassword)).await.len(), 1);
    let eve = serde_json::from_value(json!("eve@example.com")).unwrap();
    assert_eq!(world.news(mail_key(Users::nobody(&eve), Purpose::ResetPassword)).await, Vec::<Value>::new());
}

#[tokio::test]
async fn given_a_forgotten_password_when_reset_then_all_sessions_and_other_tokens_are_dead_and_the_email_is_verified() {
    let world = here().await;
    let (_, session) = world.session("Phone").await;
    let (first, second) = (world.forgotten().await, world.forgotten().await);
    assert_ne!(first, second);
    assert_eq!(world.reset(&first, NEW, now()).await.unwrap().status(), 204);
    assert!(world.password_is(NEW).await && !world.is_good(&session).await && world.user().await.email_verified);
    for token in [first, second] {
        assert_eq!(refusal(world.reset(&token, PASSWORD, now()).await), code::INVALID_MAIL_TOKEN);
    }
    assert!(world.password_is(NEW).await);
}

#[tokio::test]
async fn given_a_reset_token_when_the_password_is_changed_first_then_it_is_dead() {
    let world = here().await;
    let (caller, _) = world.session("Phone").await;
    let token = world.forgotten().await;
    world.change(caller, PASSWORD, NEW).await.unwrap();
    assert_eq!(refusal(world.reset(&token, "yet another password", now()).await), code::INVALID_MAIL_TOKEN);
    assert!(world.password_is(NEW).await);
}

#[tokio::test]
async fn given_a_token_when_expired_or_for_another_purpose_or_made_up_then_it_is_refused() {
    let world = here().await;
    let token = world.forgotten().await;
    assert_eq!(refusal(world.reset(&token, NEW, now() + hours(1)).await), code::INVALID_MAIL_TOKEN);
    assert_eq!(refusal(world.verify(&token, now()).await), code::INVALID_MAIL_TOKEN);
    let made_up = MailToken { user_id: world.ada, secret: Secret::new(rand::random()) }.expose();
    for token in [made_up.as_str(), "rubbish", ""] {
        assert_eq!(refusal(world.reset(token, NEW, now()).await), code::INVALID_MAIL_TOKEN);
    }
    for password in ["password123", "ada@example.com", "short"] {
        assert_eq!(refusal(world.reset(&token, password, now()).await), code::INVALID_VALUE, "the token is not spent");
    }
    world.reset(&token, NEW, now()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn given_ten_resets_with_one_token_at_once_then_one_password_is_set() {
    for table in rialto_dynamo::testing::tables("identity").await.unwrap() {
        let world = std::sync::Arc::new(world(table).await);
        let token = world.forgotten().await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..10 {
            let (world, token) = (std::sync::Arc::clone(&world), token.clone());
            tasks.spawn(async move { world.reset(&token, &format!("new password {n}"), now()).await.map(|_| n) });
        }
        let won: Vec<_> = tasks.join_all().await.into_iter().filter_map(Result::ok).collect();
        assert_eq!(won.len(), 1);
        assert!(world.password_is(&format!("new password {}", won[0])).await);
    }
}

#[tokio::test]
async fn given_a_changed_password_then_the_other_sessions_are_dead_and_this_one_goes_on() {
    let world = here().await;
    let ((caller, mine), (_, other)) = (world.session("Phone").await, world.session("Laptop").await);
    assert_eq!(refusal(world.change(caller, "wrong password", NEW).await), code::WRONG_PASSWORD);
    assert_eq!(refusal(world.change(caller, PASSWORD, "ada@example.com").await), code::INVALID_VALUE);
    assert!(world.is_good(&mine).await && world.is_good(&other).await);
    assert_eq!(world.change(caller, PASSWORD, NEW).await.unwrap().status(), 204);
    assert!(world.password_is(NEW).await && world.is_good(&mine).await && !world.is_good(&other).await);
}

#[tokio::test]
async fn given_a_session_that_was_ended_when_its_access_token_changes_the_password_then_401() {
    let world = here().await;
    let (caller, _) = world.session("Phone").await;
    world.devices.sessions.end(world.ada, caller.session_id).await.unwrap();
    assert_eq!(refusal(world.change(caller, PASSWORD, NEW).await), code::INVALID_TOKEN);
    assert!(world.password_is(PASSWORD).await);
}

/// Writes: 1 register, 2 begin the session, 3 the change.
#[tokio::test]
async fn given_a_change_of_password_sent_twice_or_after_a_conflict_then_it_is_done_once() {
    for fault in [Fault::SentTwice, Fault::Conflict, Fault::InProgress] {
        let world = world(Table::in_memory("identity").with_faults(Faults::new().at(3, fault))).await;
        let (caller, mine) = world.session("Phone").await;
        world.change(caller, PASSWORD, NEW).await.unwrap();
        assert!(world.is_good(&mine).await);
        assert_eq!(world.user().await.session_epoch, 1);
    }
}

#[tokio::test]
async fn given_strangers_who_guess_when_the_owner_changes_the_password_then_only_the_owners_own_failures_count() {
    let world = here().await;
    let ((mine, _), (laptop, _)) = (world.session("Phone").await, world.session("Laptop").await);
    let throttle = |class| {
        let limits = "*=1000/1,log-in.account=1/3600,log-in.pair=1/3600,password.caller=2/3600";
        Arc::new(Throttle::new(class, Quotas::parse(limits).unwrap(), world.devices.users.table().clone()))
    };
    let ada = world.user().await.email;
    for source in ["198.51.100.1", "198.51.100.2"] {
        let guess = request("POST", "/v1/sessions").from(source).throttled(throttle(Class::LogIn)).build();
        let _ = guess.log_in_attempt(ada.as_str()).await;
    }
    let change = async |caller, old: &str, new: &str| {
        let body = json!({"old": old, "new": new});
        let request = request("PUT", "/v1/me/password").json(&body).throttled(throttle(Class::Reset)).build();
        change_password(&world.devices, caller, request).await
    };
    assert_eq!(change(mine, PASSWORD, NEW).await.unwrap().status(), 204);
    for _ in 0..2 {
        assert_eq!(refusal(change(mine, "wrong password", NEW).await), code::WRONG_PASSWORD);
    }
    assert_eq!(refusal(change(mine, NEW, PASSWORD).await), code::TOO_MANY_REQUESTS);
    assert_eq!(
        refusal(change(laptop, NEW, PASSWORD).await),
        code::INVALID_TOKEN,
        "another session's tries are its own"
    );
}

#[tokio::test]
async fn given_verification_mails_when_asked_for_too_often_then_429_and_none_is_noted() {
    let world = here().await;
    let (caller, _) = world.session("Phone").await;
    let limits = Quotas::parse("*=1000/1,forgot.account=2/3600").unwrap();
    let throttle = Arc::new(Throttle::new(Class::Forgot, limits, world.devices.users.table().clone()));
    let ask = async |source: &str| {
        let request = request("POST", "/v1/me/verification-mail").at(now()).from(source);
        request_verification(&world.ask, caller, request.throttled(Arc::clone(&throttle)).build()).await
    };
    for source in ["192.0.2.1", "192.0.2.2"] {
        assert_eq!(ask(source).await.unwrap().status(), 202);
    }
    let before = world.news(mail_key(world.ada, Purpose::VerifyEmail)).await;
    assert_eq!(refusal(ask("192.0.2.3").await), code::TOO_MANY_REQUESTS);
    assert_eq!(world.news(mail_key(world.ada, Purpose::VerifyEmail)).await, before);
}

#[tokio::test]
async fn given_a_person_who_was_erased_when_they_list_sessions_then_401() {
    let world = here().await;
    let gone = Shopper { user_id: UserId::named(&["gone"]), ..world.session("Phone").await.0 };
    let request = request("GET", "/v1/sessions").at(now()).build();
    assert_eq!(refusal(list_sessions(&world.devices, gone, request).await), code::INVALID_TOKEN);
}

#[tokio::test]
async fn given_sessions_when_listed_and_ended_then_the_list_shows_those_alive_and_only_ones_own() {
    let world = here().await;
    let ((phone, _), (laptop, _)) = (world.session("Phone").await, world.session("Laptop").await);
    let list = async |caller| {
        let request = request("GET", "/v1/sessions").at(now()).build();
        let page = json_of(&list_sessions(&world.devices, caller, request).await.unwrap());
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| (item["device"].as_str().unwrap().to_owned(), item["current"] == true)).collect::<Vec<_>>()
    };
    let end = async |caller, which: &str| {
        let request = request("DELETE", "/v1/sessions/x").path("id", which).build();
        end_session(&world.devices, caller, request).await
    };
    assert_eq!(list(phone).await, [("Laptop".to_owned(), false), ("Phone".to_owned(), true)]);
    let eve = Shopper { user_id: registered(&world.devices.users, "eve@example.com").await, ..phone };
    for _ in 0..2 {
        assert_eq!(end(eve, &phone.session_id.to_string()).await.unwrap().status(), 204);
        assert_eq!(end(eve, "all").await.unwrap().status(), 204);
    }
    assert_eq!(list(phone).await.len(), 2, "nobody ends another's");
    for _ in 0..2 {
        assert_eq!(end(phone, &laptop.session_id.to_string()).await.unwrap().status(), 204);
    }
    assert_eq!(list(phone).await.len(), 1);
    assert_eq!(refusal(end(phone, "rubbish").await), code::NOT_FOUND);
    world.session("Tablet").await;
    end(phone, "current").await.unwrap();
    assert_eq!(list(phone).await, [("Tablet".to_owned(), false)]);
    end(phone, "all").await.unwrap();
    assert!(list(phone).await.is_empty());
}

#[tokio::test]
async fn given_news_that_are_late_or_of_nobody_when_delivered_then_no_mail_is_sent() {
    let world = here().await;
    world.forgot("ada@example.com").await;
    let mut news = world.news(mail_key(world.ada, Purpose::ResetPassword)).await.remove(0);
    news["time"] = json!(now() - hours(1));
    world.deliver(&news).await;
    news["time"] = json!(now());
    news["data"]["userId"] = json!(UserId::draw());
    world.deliver(&news).await;
    assert!(world.send.mailer().sent().is_empty());
    let unreadable = Message { body: "rubbish".into(), ..Message::default() };
    send_mail(&world.send, unreadable).await.unwrap_err();
}
