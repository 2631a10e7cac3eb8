#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::Arc;

use rialto_dynamo::{Fault, Faults, Table};
use rialto_http::testing::request;
use rialto_http::token::Verifier;
use rialto_http::{Operator, code};
use rialto_kernel::{SignedDuration, UserId};
use serde_json::{Value, json};

use super::super::grant_role;
use super::super::testing::{issuer, json_of, registered};
use super::*;
use crate::crypto::public_keys;
use crate::domain::GRACE;
use crate::store::session_key;

/// When everything here begins: the tokens are looked at by a verifier with a clock of its own.
fn start() -> Timestamp {
    rialto_lambda::now()
}

async fn state(table: Table) -> RefreshSession {
    let (users, sessions) = (Users::new(table.clone()), Sessions::new(table));
    RefreshSession { users, sessions, issuer: issuer().await }
}

/// A person with one session, and its first token.
async fn logged_in(state: &RefreshSession, at: Timestamp) -> (UserId, RefreshToken) {
    let id = registered(&state.users, "ada@example.com").await;
    let user = state.users.find(id).await.unwrap().unwrap();
    let (family, secret) = (Secret::new(random()), Secret::new(random()));
    let token = RefreshToken { user_id: id, session_id: SessionId::draw(), family, secret };
    let session = Session::begin(&user, &token, None, state.issuer.lives, at);
    state.sessions.begin(&session, &[]).await.unwrap();
    (id, token)
}

async fn refresh(state: &RefreshSession, token: &str, at: Timestamp) -> Result<Value, Problem> {
    let request = request("POST", "/v1/sessions/refresh").json(&json!({"refreshToken": token})).at(at).build();
    refresh_session(state, Anyone, request).await.map(|response| json_of(&response))
}

async fn next(state: &RefreshSession, token: &RefreshToken, at: Timestamp) -> RefreshToken {
    let answer = refresh(state, &token.expose(), at).await.unwrap();
    RefreshToken::parse(answer["refreshToken"].as_str().unwrap()).unwrap()
}

async fn refusal(state: &RefreshSession, token: &RefreshToken, at: Timestamp) -> rialto_http::Code {
    refresh(state, &token.expose(), at).await.unwrap_err().code()
}

#[tokio::test]
async fn given_a_token_when_refreshed_then_there_is_a_new_pair_and_the_roles_are_those_of_now() {
    let state = state(Table::in_memory("identity")).await;
    let (ada, token) = logged_in(&state, start()).await;
    let keys = serde_json::to_string(&public_keys([state.issuer.key().await.unwrap().public()])).unwrap();
    let verifier = Verifier::new("test", keys);
    let bearing = |answer: &Value| {
        let bearer = format!("Bearer {}", answer["accessToken"].as_str().unwrap());
        request("GET", "/").header("authorization", &bearer).build()
    };
    let first = refresh(&state, &token.expose(), start()).await.unwrap();
    assert_eq!(Operator::admit(&bearing(&first), &verifier).await.unwrap_err().code(), code::FORBIDDEN);
    let role = |revoke| json!({"email": "ada@example.com", "role": "operator", "by": "grace", "revoke": revoke, "unverified": true});
    grant_role(&state.users, serde_json::from_value(role(false)).unwrap()).await.unwrap();
    let second = refresh(&state, first["refreshToken"].as_str().unwrap(), start()).await.unwrap();
    assert_eq!(Operator::admit(&bearing(&second), &verifier).await.unwrap().user_id, ada);
    grant_role(&state.users, serde_json::from_value(role(true)).unwrap()).await.unwrap();
    let third = refresh(&state, second["refreshToken"].as_str().unwrap(), start()).await.unwrap();
    assert_eq!(Operator::admit(&bearing(&third), &verifier).await.unwrap_err().code(), code::FORBIDDEN);
}

/// RFC 9700, 4.14.2: reuse is detected and ends the family, whoever came first.
#[tokio::test]
async fn rfc9700_4_14_a_token_used_before_and_shown_after_the_grace_ends_the_newest_token_too() {
    let state = state(Table::in_memory("identity")).await;
    let now = start();
    let (_, stolen) = logged_in(&state, now).await;
    let thiefs = next(&state, &stolen, now).await;
    assert_eq!(refusal(&state, &stolen, now + GRACE).await, code::INVALID_REFRESH_TOKEN);
    assert_eq!(refusal(&state, &thiefs, now + GRACE).await, code::INVALID_REFRESH_TOKEN);
}

#[tokio::test]
async fn rfc9700_4_14_a_token_two_generations_old_ends_the_family_even_within_the_grace() {
    let state = state(Table::in_memory("identity")).await;
    let now = start();
    let (_, first) = logged_in(&state, now).await;
    let second = next(&state, &first, now).await;
    let third = next(&state, &second, now).await;
    assert_eq!(refusal(&state, &first, now).await, code::INVALID_REFRESH_TOKEN);
    assert_eq!(refusal(&state, &third, now).await, code::INVALID_REFRESH_TOKEN);
}

#[tokio::test]
async fn given_the_last_token_when_shown_within_the_grace_then_409_and_nothing_is_lost() {
    let state = state(Table::in_memory("identity")).await;
    let now = start();
    let (_, first) = logged_in(&state, now).await;
    let second = next(&state, &first, now).await;
    let within = now + GRACE - SignedDuration::from_secs(1);
    assert_eq!(refusal(&state, &first, within).await, code::REFRESH_SUPERSEDED);
    next(&state, &second, within).await;
}

#[tokio::test]
async fn given_a_stranger_who_knows_the_session_when_a_token_is_made_up_then_401_and_the_session_goes_on() {
    let state = state(Table::in_memory("identity")).await;
    let now = start();
    let (_, token) = logged_in(&state, now).await;
    let made_up = RefreshToken { family: Secret::new(random()), secret: Secret::new(random()), ..token.clone() };
    assert_eq!(refusal(&state, &made_up, now).await, code::INVALID_REFRESH_TOKEN);
    let elsewhere = RefreshToken { session_id: SessionId::draw(), ..token.clone() };
    assert_eq!(refusal(&state, &elsewhere, now).await, code::INVALID_REFRESH_TOKEN);
    for rubbish in ["", "rubbish", &token.expose()[1..], &"A".repeat(5_000)] {
        assert_eq!(refresh(&state, rubbish, now).await.unwrap_err().code(), code::INVALID_REFRESH_TOKEN);
    }
    next(&state, &token, now).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_twenty_refreshes_of_one_token_at_once_then_one_gets_a_pair_and_it_is_good() {
    for table in rialto_dynamo::testing::tables("identity").await.unwrap() {
        let state = Arc::new(state(table).await);
        let now = start();
        let (_, token) = logged_in(&state, now).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (state, token) = (Arc::clone(&state), token.expose());
            tasks.spawn(async move { refresh(&state, &token, now).await });
        }
        let outcomes = tasks.join_all().await;
        let pairs: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        assert_eq!(pairs.len(), 1);
        let others = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        assert!(others.into_iter().all(|problem| problem.code() == code::REFRESH_SUPERSEDED));
        refresh(&state, pairs[0]["refreshToken"].as_str().unwrap(), now).await.unwrap();
    }
}

/// Writes: 1 and 2 register and begin, 3 refreshes.
#[tokio::test]
async fn given_a_lost_answer_of_the_table_when_refreshed_then_the_person_gets_the_token_that_is_good() {
    for fault in [Fault::AnswerLost, Fault::SentTwice, Fault::NotApplied, Fault::Conflict, Fault::Throttled] {
        let faults = Faults::new().at(3, fault.clone());
        let state = state(Table::in_memory("identity").with_faults(faults)).await;
        let now = start();
        let (_, token) = logged_in(&state, now).await;
        let second = next(&state, &token, now).await;
        assert_eq!(refusal(&state, &token, now).await, code::REFRESH_SUPERSEDED, "{fault:?}");
        next(&state, &second, now + GRACE).await;
    }
}

#[tokio::test]
async fn given_a_table_that_stays_away_when_refreshed_then_503_and_the_token_is_still_good() {
    let faults = Faults::new().at(3, Fault::NotApplied).at(4, Fault::NotApplied);
    let state = state(Table::in_memory("identity").with_faults(faults)).await;
    let (_, token) = logged_in(&state, start()).await;
    assert_eq!(refusal(&state, &token, start()).await, code::UNAVAILABLE);
    next(&state, &token, start()).await;
}

#[tokio::test]
async fn given_a_session_that_was_ended_when_refreshed_then_401_whichever_way_it_ended() {
    let state = state(Table::in_memory("identity")).await;
    let now = start();
    let (ada, token) = logged_in(&state, now).await;
    assert_eq!(
        refusal(&state, &token, now + SignedDuration::from_hours(30 * 24)).await,
        code::INVALID_REFRESH_TOKEN,
        "idle too long"
    );
    state.sessions.end(UserId::named(&["eve"]), token.session_id).await.unwrap();
    let token = next(&state, &token, now).await;
    state.sessions.end(ada, token.session_id).await.unwrap();
    assert_eq!(refusal(&state, &token, now).await, code::INVALID_REFRESH_TOKEN);
}

#[tokio::test]
async fn given_all_sessions_ended_when_one_is_refreshed_then_401_but_a_later_login_is_good() {
    let state = state(Table::in_memory("identity")).await;
    let now = start();
    let (ada, token) = logged_in(&state, now).await;
    let before = state.users.find(ada).await.unwrap().unwrap();
    state.sessions.end_all(ada).await.unwrap();
    assert_eq!(refusal(&state, &token, now).await, code::INVALID_REFRESH_TOKEN);
    let after = state.users.find(ada).await.unwrap().unwrap();
    // A login that was under way when the sessions were ended began under the epoch of then.
    for (user, good) in [(&before, false), (&after, true)] {
        let (family, secret) = (Secret::new(random()), Secret::new(random()));
        let token = RefreshToken { user_id: ada, session_id: SessionId::draw(), family, secret };
        let session = Session::begin(user, &token, None, state.issuer.lives, now);
        assert_eq!(state.sessions.begin(&session, &[]).await.is_ok(), good);
        assert_eq!(refresh(&state, &token.expose(), now).await.is_ok(), good);
    }
}

#[tokio::test]
async fn given_a_new_password_between_reading_and_writing_when_refreshed_then_no_token_of_the_old_epoch_is_given() {
    for table in rialto_dynamo::testing::tables("identity").await.unwrap() {
        let state = state(table).await;
        let now = start();
        let (ada, token) = logged_in(&state, now).await;
        let kept = token.session_id;
        let user = state.users.find(ada).await.unwrap().unwrap();
        let read = state.sessions.find(ada, kept).await.unwrap().unwrap();
        let after = read.refresh(&token.successor(Secret::new(random())), state.issuer.lives, now);

        // This session is the one that changes the password: its token stays good, of the new epoch.
        state.sessions.change_password(&user, kept, &user.password_hash).await.unwrap();
        assert_eq!(state.sessions.refresh(&read, &after).await.unwrap(), Refreshed::Overtaken);
        let found = state.sessions.find(ada, kept).await.unwrap().unwrap();
        assert_eq!((&found.secret_hash, found.epoch), (&read.secret_hash, 1), "nothing was spent");
        let second = next(&state, &token, now).await;

        // Another one ends all: the token is worth nothing.
        let read = state.sessions.find(ada, kept).await.unwrap().unwrap();
        let after = read.refresh(&second.successor(Secret::new(random())), state.issuer.lives, now);
        state.sessions.end_all(ada).await.unwrap();
        assert_eq!(state.sessions.refresh(&read, &after).await.unwrap(), Refreshed::Overtaken);
        assert_eq!(refusal(&state, &second, now).await, code::INVALID_REFRESH_TOKEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_refreshes_while_the_same_session_changes_passwords_then_each_gets_tokens_and_the_last_is_good() {
    for table in rialto_dynamo::testing::tables("identity").await.unwrap() {
        let state = Arc::new(state(table).await);
        let now = start();
        let (ada, mut token) = logged_in(&state, now).await;
        let (changing, kept) = (Arc::clone(&state), token.session_id);
        let changes = tokio::spawn(async move {
            for _ in 0..20 {
                let user = changing.users.find(ada).await.unwrap().unwrap();
                match changing.sessions.change_password(&user, kept, &user.password_hash).await {
                    Ok(()) | Err(Error::Contention) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        });
        for _ in 0..20 {
            match refresh(&state, &token.expose(), now).await {
                Ok(answer) => token = RefreshToken::parse(answer["refreshToken"].as_str().unwrap()).unwrap(),
                // Overtaken at each try: it is told, and the token is still good.
                Err(problem) => assert_eq!(problem.code(), code::UNAVAILABLE),
            }
        }
        changes.await.unwrap();
        next(&state, &token, now).await;
    }
}

/// The news of the login are told once: a refresh does not tell them again.
#[tokio::test]
async fn given_news_of_a_login_when_refreshed_then_they_are_gone_and_only_hashes_are_kept() {
    let state = state(Table::in_memory("identity")).await;
    let now = start();
    let (ada, token) = logged_in(&state, now).await;
    let key = session_key(ada, token.session_id);
    let told = rialto_dynamo::Update::of(key.clone()).set("outbox", rialto_events::outbox(&[]).unwrap());
    state.users.table().update(told).await.unwrap();
    let second = next(&state, &token, now).await;
    let row = rialto_dynamo::testing::item(state.users.table(), &key).await.unwrap().unwrap();
    assert!(!row.contains_key("outbox"));
    for secret in second.expose().split('.').skip(2) {
        assert!(!format!("{row:?}").contains(secret));
    }
}
