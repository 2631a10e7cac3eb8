#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_dynamo::testing::tables;
use rialto_kernel::Timestamp;
use tokio::task::JoinSet;

use super::*;
use crate::domain::{GatewayName, GatewayToken};
use crate::gateway::tokens::{SandboxTokens, Tokens};

async fn stores() -> Vec<Methods> {
    tables("methods").await.unwrap().into_iter().map(Methods::new).collect()
}

pub(super) fn user(name: &str) -> UserId {
    UserId::named(&[name])
}

pub(super) fn token(text: &str) -> GatewayToken {
    GatewayToken::try_from(text.to_owned()).unwrap()
}

pub(super) async fn method(owner: UserId, text: &str) -> (StoredMethod, TokensByGateway) {
    let details = SandboxTokens.describe(&token("pm_sandbox_approved")).await.unwrap();
    let id = token(text).method_of(owner);
    let stored = StoredMethod { id, details, label: None, billing_address_id: None, created_at: Timestamp::UNIX_EPOCH };
    (stored, TokensByGateway::from([(GatewayName::Sandbox, token(text))]))
}

pub(super) async fn store(methods: &Methods, owner: UserId, text: &str) -> Result<StoredMethod, MethodError> {
    let (method, token) = method(owner, text).await;
    methods.store(owner, method, token).await
}

#[tokio::test]
async fn given_a_method_when_another_person_names_it_then_it_is_not_found() {
    for methods in stores().await {
        let stored = store(&methods, user("ada"), "tok_1").await.unwrap();
        let (tokens, _) = methods.tokens(user("ada"), stored.id).await.unwrap();
        assert_eq!(tokens.get(&GatewayName::Sandbox), Some(&token("tok_1")));
        assert!(matches!(methods.tokens(user("eve"), stored.id).await, Err(MethodError::NotFound)));
        assert!(matches!(methods.remove(user("eve"), stored.id).await, Err(MethodError::NotFound)));
        assert!(matches!(methods.set_default(user("eve"), Some(stored.id)).await, Err(MethodError::NotFound)));
        assert!(methods.list(user("eve")).await.unwrap().methods.is_empty());
    }
}

#[tokio::test]
async fn given_a_token_when_stored_many_times_at_once_then_there_is_one_method_and_it_counts_once() {
    for methods in stores().await {
        let mut tasks = JoinSet::new();
        for _ in 0..8 {
            let methods = methods.clone();
            tasks.spawn(async move { store(&methods, user("ada"), "tok_1").await.unwrap().id });
        }
        let ids = tasks.join_all().await;
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert_eq!(methods.list(user("ada")).await.unwrap().methods.len(), 1);
        for n in 1..MOST_METHODS {
            store(&methods, user("ada"), &format!("tok_more_{n}")).await.unwrap();
        }
        assert!(matches!(store(&methods, user("ada"), "tok_one_too_many").await, Err(MethodError::TooMany)));
        methods.remove(user("ada"), ids[0]).await.unwrap();
        store(&methods, user("ada"), "tok_one_too_many").await.unwrap();
        assert_eq!(methods.erase(user("ada")).await.unwrap(), MOST_METHODS + 1);
        assert_eq!(methods.erase(user("ada")).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn given_a_default_when_it_is_removed_while_it_is_chosen_then_no_default_leads_nowhere() {
    for methods in stores().await {
        for round in 0..10 {
            let a = store(&methods, user("ada"), &format!("tok_a{round}")).await.unwrap().id;
            let b = store(&methods, user("ada"), &format!("tok_b{round}")).await.unwrap().id;
            let mut tasks = JoinSet::new();
            for chosen in [a, b, a] {
                let methods = methods.clone();
                tasks.spawn(async move { drop(methods.set_default(user("ada"), Some(chosen)).await) });
            }
            let removing = methods.clone();
            tasks.spawn(async move { removing.remove(user("ada"), a).await.unwrap() });
            tasks.join_all().await;
            let kept = methods.list(user("ada")).await.unwrap();
            assert!(kept.default.is_none_or(|id| kept.methods.iter().any(|method| method.id == id)), "round {round}");
            methods.remove(user("ada"), b).await.unwrap();
            assert_eq!(methods.list(user("ada")).await.unwrap().default, None);
        }
    }
}
