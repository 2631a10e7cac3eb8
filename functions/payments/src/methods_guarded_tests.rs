//! What another writes between a read and the write that follows from it: the condition decides, not the read.
#![allow(clippy::unwrap_used, reason = "tests")]

use rialto_dynamo::{
    Fault, Faults,
    testing::{item, items},
};

use super::tests::{method, store, token, user};
use super::*;
use crate::domain::GatewayName;

/// The methods, before whose `nth` write another makes theirs.
fn after(table: &Table, nth: u64, rival: impl Into<Write>) -> Methods {
    Methods::new(table.clone().with_faults(Faults::new().at(nth, Fault::Rival(vec![rival.into()]))))
}

#[tokio::test]
async fn given_no_methods_when_no_default_is_wanted_then_no_book_is_made() {
    let table = Table::in_memory("methods");
    Methods::new(table.clone()).set_default(user("ada"), None).await.unwrap();
    assert!(items(&table).await.unwrap().is_empty());
}

#[tokio::test]
async fn given_a_method_removed_meanwhile_when_it_gets_another_token_then_no_part_of_it_is_made() {
    let table = Table::in_memory("methods");
    let id = store(&Methods::new(table.clone()), user("ada"), "tok_1").await.unwrap().id;
    let (again, _) = method(user("ada"), "tok_1").await;
    let tokens = TokensByGateway::from([(GatewayName::Stripe, token("tok_2"))]);
    let key = method_key(user("ada"), id);
    let outcome = after(&table, 2, Delete::of(key.clone())).store(user("ada"), again, tokens).await;
    assert!(matches!(outcome, Err(MethodError::Contention)), "{outcome:?}");
    assert!(item(&table, &key).await.unwrap().is_none());
}

#[tokio::test]
async fn given_a_default_chosen_meanwhile_when_a_method_is_removed_then_the_default_leads_to_one_that_is_there() {
    let table = Table::in_memory("methods");
    let (ada, methods) = (user("ada"), Methods::new(table.clone()));
    let chosen = |id: PaymentMethodId| Update::of(book_key(ada)).set("default", id.to_string());
    let [a, b, c] = [
        store(&methods, ada, "tok_a").await.unwrap().id,
        store(&methods, ada, "tok_b").await.unwrap().id,
        store(&methods, ada, "tok_c").await.unwrap().id,
    ];
    after(&table, 1, chosen(a)).remove(ada, a).await.unwrap();
    assert_eq!(methods.list(ada).await.unwrap().default, None, "there was none");
    methods.set_default(ada, Some(b)).await.unwrap();
    after(&table, 1, chosen(c)).remove(ada, b).await.unwrap();
    assert_eq!(methods.list(ada).await.unwrap().default, Some(c), "there was another");
}
