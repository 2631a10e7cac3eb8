#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use futures::future::join_all;
use rialto_dynamo::{Fault, Faults};
use rialto_kernel::{SessionId, SignedDuration};

use super::*;
use crate::{Request, testing};

const TIGHT: &str = "*=1000/1,log-in.source=6/60,log-in.pair=3/60,log-in.account=5/60,checkout.caller=2/60,forgot.account=1/60,\
     password.caller=2/60,register.account=1/60,refresh.session=1/60";

fn throttle(class: Class, table: &Table) -> Arc<Throttle> {
    Arc::new(Throttle::new(class, Quotas::parse(TIGHT).unwrap(), table.clone()))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

fn from(table: &Table, source: &str, seconds: i64) -> Request {
    let request = testing::request("POST", "/v1/sessions").from(source).at(at(seconds));
    request.throttled(throttle(Class::LogIn, table)).build()
}

/// Whether a wrong password is looked at.
async fn fails(table: &Table, account: &str, source: &str, seconds: i64) -> bool {
    let request = from(table, source, seconds);
    request.log_in_attempt(account).await.map(drop).is_ok()
}

async fn succeeds(table: &Table, account: &str, source: &str, seconds: i64) -> bool {
    let request = from(table, source, seconds);
    let Ok(attempt) = request.log_in_attempt(account).await else { return false };
    attempt.succeeded().await;
    true
}

fn header(problem: &Problem, name: &str) -> String {
    problem.respond("/", "r").headers()[name].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn owasp_api4_2023_of_twenty_who_ask_a_bucket_at_once_no_more_pass_than_it_holds() {
    for table in rialto_dynamo::testing::tables("throttle").await.unwrap() {
        let throttle = throttle(Class::Checkout, &table);
        let asked = join_all((0..20).map(|_| throttle.admit_caller(Some("usr_1".to_owned()), at(0)))).await;
        assert_eq!(asked.iter().filter(|outcome| outcome.is_ok()).count(), 2);
        for problem in asked.into_iter().filter_map(Result::err) {
            assert_eq!((problem.code(), header(&problem, "retry-after")), (code::TOO_MANY_REQUESTS, "30".to_owned()));
            assert_eq!(header(&problem, "ratelimit-policy"), "\"checkout.caller\";q=2;w=60");
            assert_eq!(header(&problem, "ratelimit"), "\"checkout.caller\";r=0;t=30");
        }
        assert!(throttle.admit_caller(Some("usr_2".to_owned()), at(0)).await.is_ok(), "another's bucket");
        assert!(throttle.admit_caller(Some("usr_1".to_owned()), at(29)).await.is_err());
        let again = throttle.admit_caller(Some("usr_1".to_owned()), at(30)).await.unwrap();
        assert_eq!(headers(&again).unwrap()[1].1, "\"checkout.caller\";r=0;t=30");
        assert!(throttle.admit_caller(Some("usr_1".to_owned()), at(30)).await.is_err());
    }
}

#[tokio::test]
async fn owasp_api4_2023_what_others_take_between_reading_and_writing_is_counted() {
    let quota = Quota { burst: 2, seconds: 60 };
    let key = stored::key(Bucket::CheckoutCaller, "ada");
    for theirs in [1, 30_000] {
        let table = Table::in_memory("t");
        stored::take(&table, Bucket::CheckoutCaller, "ada", quota, 0).await.unwrap();
        // The first write is as if the bucket were full, the second as it was met: with one token left.
        let rival = vec![rialto_dynamo::Update::of(key.clone()).add("fullAt", theirs).into()];
        let slower = table.clone().with_faults(Faults::new().at(2, Fault::Rival(rival)));
        let taken = stored::take(&slower, Bucket::CheckoutCaller, "ada", quota, 0).await.unwrap();
        assert!(matches!(taken.decision, Decision::Refused { .. }), "{taken:?}");
        let row = rialto_dynamo::testing::item(&table, &key).await.unwrap().unwrap();
        assert_eq!(row["fullAt"].as_n().unwrap(), &(30_000 + theirs).to_string());
    }
}

#[tokio::test]
async fn given_a_bucket_that_is_full_in_a_millisecond_when_taken_from_then_the_millisecond_is_not_given_away() {
    let (table, quota) = (Table::in_memory("t"), Quota { burst: 2, seconds: 60 });
    stored::take(&table, Bucket::CheckoutCaller, "ada", quota, 0).await.unwrap();
    let taken = stored::take(&table, Bucket::CheckoutCaller, "ada", quota, 29_999).await.unwrap();
    assert!(matches!(taken.decision, Decision::Admitted { full_at: 60_000 }), "{taken:?}");
}

#[tokio::test]
async fn given_a_bucket_that_is_gone_when_a_token_is_given_back_then_no_row_is_made() {
    let (table, quota) = (Table::in_memory("t"), Quota { burst: 2, seconds: 60 });
    stored::give_back(&table, Bucket::CheckoutCaller, "ada", quota, None).await.unwrap();
    assert!(rialto_dynamo::testing::items(&table).await.unwrap().is_empty());
}

#[tokio::test]
async fn owasp_api4_2023_one_source_that_guesses_is_locked_out_alone() {
    let table = Table::in_memory("t");
    for _ in 0..3 {
        assert!(fails(&table, "ada", "192.0.2.1", 0).await);
    }
    assert!(!succeeds(&table, "ada", "192.0.2.1", 0).await, "not even with the right password");
    assert!(succeeds(&table, "ada", "192.0.2.2", 0).await, "Ada, elsewhere");
    assert!(succeeds(&table, "bob", "192.0.2.1", 0).await, "another account");
    assert!(fails(&table, "ada", "192.0.2.1", 20).await, "after the refill");
}

#[tokio::test]
async fn owasp_api4_2023_when_many_sources_guess_the_person_still_gets_in_from_a_known_source() {
    let table = Table::in_memory("t");
    assert!(succeeds(&table, "ada", "198.51.100.1", 0).await);
    let mut looked_at = 0;
    for host in 0..100 {
        looked_at += i32::from(fails(&table, "ada", &format!("203.0.113.{host}"), 1).await);
    }
    assert_eq!(looked_at, 5, "all new sources together");
    assert!(succeeds(&table, "ada", "198.51.100.1", 2).await);
    assert!(!succeeds(&table, "ada", "192.0.2.9", 2).await, "a new source waits");
    assert!(succeeds(&table, "ada", "192.0.2.9", 13).await, "until one is refilled");

    let long = stored::KNOWN_SECONDS + 100;
    for host in 0..5 {
        assert!(fails(&table, "ada", &format!("203.0.113.{host}"), long).await);
    }
    assert!(!succeeds(&table, "ada", "198.51.100.1", long).await, "forgotten after 30 days");
}

#[tokio::test]
async fn given_a_reset_by_mail_when_the_account_is_under_attack_then_its_source_gets_in() {
    for table in rialto_dynamo::testing::tables("throttle_known").await.unwrap() {
        for host in 0..10 {
            fails(&table, "ada", &format!("203.0.113.{host}"), 0).await;
        }
        assert!(!succeeds(&table, "ada", "192.0.2.9", 0).await, "new to the account");
        from(&table, "192.0.2.9", 0).source_is_known("ada").await;
        assert!(succeeds(&table, "ada", "192.0.2.9", 0).await);
        assert!(!succeeds(&table, "ada", "192.0.2.10", 0).await, "no other source");
    }
}

#[tokio::test]
async fn given_a_source_with_too_many_failures_when_the_password_is_reset_by_mail_from_it_then_it_gets_in() {
    let table = Table::in_memory("t");
    for _ in 0..3 {
        assert!(fails(&table, "ada", "192.0.2.9", 0).await);
    }
    assert!(!succeeds(&table, "ada", "192.0.2.9", 0).await);
    from(&table, "192.0.2.9", 0).source_is_known("ada").await;
    assert!(succeeds(&table, "ada", "192.0.2.9", 0).await);
}

#[tokio::test]
async fn owasp_api4_2023_a_logged_in_persons_password_is_guessed_so_often_from_wherever() {
    let table = Table::in_memory("t");
    for host in 0..10 {
        fails(&table, "usr_1", &format!("203.0.113.{host}"), 0).await;
    }
    let wrong = async |source: &str| from(&table, source, 0).password_attempt("usr_1").await.map(drop).is_ok();
    for _ in 0..20 {
        from(&table, "192.0.2.1", 0).password_attempt("usr_1").await.unwrap().succeeded().await;
    }
    assert_eq!((wrong("192.0.2.1").await, wrong("192.0.2.2").await, wrong("192.0.2.3").await), (true, true, false));
    assert!(from(&table, "192.0.2.1", 0).password_attempt("usr_2").await.is_ok());
    let down = Table::in_memory("t").with_faults(Faults::new().share(100, Fault::NotApplied));
    let refused = from(&down, "192.0.2.1", 0).password_attempt("usr_1").await.unwrap_err();
    assert_eq!(refused.code(), code::UNAVAILABLE);
}

#[tokio::test]
async fn owasp_api4_2023_one_account_and_one_session_have_so_many_tries_from_wherever() {
    let table = Table::in_memory("t");
    let (phone, laptop) = (SessionId::named(&["phone"]), SessionId::named(&["laptop"]));
    let register = async |source: &str, account: &str| from(&table, source, 0).register_attempt(account).await.is_ok();
    assert_eq!((register("192.0.2.1", "ada").await, register("192.0.2.2", "ada").await), (true, false));
    assert!(register("192.0.2.1", "bob").await);
    let refresh = async |source: &str, session| from(&table, source, 0).session_attempt(session).await.is_ok();
    assert_eq!((refresh("192.0.2.1", phone).await, refresh("192.0.2.2", phone).await), (true, false));
    assert!(refresh("192.0.2.1", laptop).await);
}

#[tokio::test]
async fn given_right_passwords_when_logged_in_often_then_nothing_is_counted() {
    let table = Table::in_memory("t");
    for _ in 0..20 {
        assert!(succeeds(&table, "ada", "192.0.2.1", 0).await);
    }
}

#[tokio::test]
async fn owasp_api4_2023_tries_at_once_are_counted_each() {
    let table = Table::in_memory("t");
    let request = from(&table, "192.0.2.1", 0);
    let tries = join_all((0..20).map(|_| request.log_in_attempt("ada"))).await;
    assert_eq!(tries.iter().filter(|outcome| outcome.is_ok()).count(), 3);
}

#[tokio::test]
async fn owasp_api4_2023_mails_to_one_account_are_so_many_whoever_asks() {
    let table = Table::in_memory("t");
    let mail = async |source: &str| from(&table, source, 0).mail_attempt("ada").await.is_ok();
    assert_eq!((mail("192.0.2.1").await, mail("192.0.2.2").await), (true, false));
}

#[tokio::test]
async fn given_a_table_that_fails_when_asked_then_log_ins_are_503_and_all_else_passes() {
    let down = || Table::in_memory("t").with_faults(Faults::new().share(100, Fault::NotApplied));
    let refused = throttle(Class::LogIn, &down()).admit_source(Some("192.0.2.1"), false, at(0)).await.unwrap_err();
    assert_eq!(refused.code(), code::UNAVAILABLE);
    assert_eq!(from(&down(), "192.0.2.1", 0).log_in_attempt("ada").await.unwrap_err().code(), code::UNAVAILABLE);
    for class in [Class::Checkout, Class::Register, Class::Upload, Class::Forgot] {
        assert!(throttle(class, &down()).admit_source(Some("192.0.2.1"), false, at(0)).await.is_ok());
        assert!(throttle(class, &down()).admit_caller(Some("usr_1".to_owned()), at(0)).await.is_ok());
    }
}

#[tokio::test]
async fn given_buckets_when_written_then_rows_name_no_one_and_expire() {
    let table = Table::in_memory("t");
    succeeds(&table, "ada@example.com", "192.0.2.1", 0).await;
    throttle(Class::Checkout, &table).admit_caller(Some("usr_1".to_owned()), at(0)).await.unwrap();
    let rows = rialto_dynamo::testing::items(&table).await.unwrap();
    let text = format!("{rows:?}");
    assert!(rows.iter().all(|row| row.contains_key("ttl")) && rows.len() == 3, "{text}");
    assert!(!["ada", "192.0.2.1", "usr_1"].iter().any(|secret| text.contains(secret)), "{text}");
}

#[test]
fn given_an_address_when_named_then_an_ipv6_customer_is_one_source() {
    let same = [("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"), ("::ffff:192.0.2.1", "192.0.2.1")];
    for (one, other) in same {
        assert_eq!(source_of(Some(one)), source_of(Some(other)));
    }
    assert_ne!(source_of(Some("2001:db8:1:2::1")), source_of(Some("2001:db8:1:3::1")));
    assert_eq!(source_of(None), source_of(Some("rubbish")));
}

#[tokio::test]
async fn owasp_api4_2023_a_route_of_no_class_has_a_quota_by_source_without_a_table() {
    let quotas = Quotas::parse("read=2/60,write=1/60").unwrap();
    let throttle = Throttle::in_memory(quotas);
    let ask = async |reads, source| throttle.admit_source(Some(source), reads, at(0)).await.is_ok();
    assert!(ask(true, "192.0.2.1").await && ask(true, "192.0.2.1").await && !ask(true, "192.0.2.1").await);
    assert!(ask(true, "192.0.2.2").await);
}
