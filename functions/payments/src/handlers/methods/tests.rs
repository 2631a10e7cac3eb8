#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_dynamo::Table;
use rialto_http::testing::request;
use rialto_http::{Problem, Shopper, StatusCode, code};
use rialto_kernel::{SessionId, UserId};
use rialto_lambda::StepError;
use serde_json::{Value, json};

use super::*;
use crate::domain::GatewayName;
use crate::gateway::tokens::SandboxTokens;
use crate::methods::MethodError;

fn wallet() -> Wallet<SandboxTokens> {
    Wallet::new(Methods::new(Table::in_memory("payments")), SandboxTokens)
}

fn shopper(name: &str) -> Shopper {
    Shopper { user_id: UserId::named(&[name]), session_id: SessionId::named(&[name]) }
}

async fn add(wallet: &Wallet<SandboxTokens>, who: &str, body: &Value) -> Result<Value, Problem> {
    let answer = add_method(wallet, shopper(who), request("POST", "/").json(body).build()).await?;
    assert_eq!(answer.status(), StatusCode::CREATED);
    Ok(serde_json::from_slice(answer.body()).unwrap())
}

async fn resolve(wallet: &Wallet<SandboxTokens>, who: &str, id: &str) -> Result<Value, MethodError> {
    let input = ResolveMethod { shopper_id: UserId::named(&[who]), payment_method_id: id.to_owned() };
    resolve_method(wallet, input).await.map(|resolved| serde_json::to_value(resolved).unwrap())
}

#[tokio::test]
async fn given_a_token_when_added_then_brand_and_digits_are_the_gateways_and_the_token_is_not_shown() {
    let wallet = wallet();
    let added = add(&wallet, "ada", &json!({"gatewayToken": "pm_sandbox_approved", "label": "Mine"})).await.unwrap();
    assert_eq!(
        (&added["brand"], &added["last4"], &added["expiryYear"]),
        (&json!("visa"), &json!("4242"), &json!(2034))
    );
    assert!(!added.to_string().contains("pm_sandbox"), "{added}");
    for (body, expected) in [
        (json!({"gatewayToken": "pm_sandbox_approved", "brand": "amex"}), code::INVALID_BODY),
        (json!({"gatewayToken": "pm_sandbox_approved", "last4": "0000"}), code::INVALID_BODY),
        (json!({"gatewayToken": "pm_sandbox_approved", "type": "wallet"}), code::INVALID_VALUE),
        (json!({"gatewayToken": "tok_unknown"}), code::INVALID_VALUE),
        (json!({"gatewayToken": "no token!"}), code::INVALID_VALUE),
    ] {
        assert_eq!(add(&wallet, "ada", &body).await.unwrap_err().code(), expected, "{body}");
    }
}

#[tokio::test]
async fn given_a_stored_method_when_resolved_then_only_its_owner_can_pay_with_it() {
    let wallet = wallet();
    let id = add(&wallet, "ada", &json!({"gatewayToken": "pm_sandbox_declined"})).await.unwrap()["id"].clone();
    let id = id.as_str().unwrap();
    assert_eq!(
        resolve(&wallet, "ada", id).await.unwrap(),
        json!({"tokens": {"sandbox": "pm_sandbox_declined"}, "class": "card"})
    );
    assert_eq!(resolve(&wallet, "eve", id).await.unwrap_err().name(), "PaymentMethodNotFound");
    for (token, class) in [
        ("pm_sandbox_approved", "card"),
        ("pm_sandbox_unheard_of", "card"),
        ("pm_sandbox_wallet", "wallet"),
        ("pm_sandbox_bank_transfer", "bank_transfer"),
    ] {
        assert_eq!(
            resolve(&wallet, "eve", token).await.unwrap(),
            json!({"tokens": {"sandbox": token}, "class": class})
        );
    }
    let stored = add(&wallet, "ada", &json!({"gatewayToken": "pm_sandbox_bank_transfer"})).await.unwrap()["id"].clone();
    assert_eq!(resolve(&wallet, "ada", stored.as_str().unwrap()).await.unwrap()["class"], "bank_transfer");
    assert_eq!(resolve(&wallet, "eve", "pm_somebodys_token").await.unwrap_err().name(), "PaymentMethodNotFound");
    let delete = request("DELETE", "/").path("id", id).build();
    remove_method(&wallet.methods, shopper("ada"), delete).await.unwrap();
    assert_eq!(resolve(&wallet, "ada", id).await.unwrap_err().name(), "PaymentMethodNotFound");
}

#[tokio::test]
async fn given_methods_when_one_is_chosen_then_the_list_says_so_and_anothers_cannot_be_chosen() {
    let wallet = wallet();
    let mine = add(&wallet, "ada", &json!({"gatewayToken": "pm_sandbox_approved"})).await.unwrap()["id"].clone();
    let theirs = add(&wallet, "eve", &json!({"gatewayToken": "pm_sandbox_approved"})).await.unwrap()["id"].clone();
    let choose = |id: Value| request("PUT", "/").json(&json!({ "id": id })).build();
    let refused = set_default_method(&wallet.methods, shopper("ada"), choose(theirs)).await.unwrap_err();
    assert_eq!(refused.code(), code::INVALID_VALUE);
    let chosen = set_default_method(&wallet.methods, shopper("ada"), choose(mine.clone())).await.unwrap();
    let list: Value = serde_json::from_slice(chosen.body()).unwrap();
    assert_eq!((&list["defaultId"], list["items"].as_array().unwrap().len()), (&mine, 1));
    let none = set_default_method(&wallet.methods, shopper("ada"), choose(Value::Null)).await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(none.body()).unwrap().get("defaultId"), None);
    let user_id = shopper("ada").user_id;
    let erased = erase_person(&wallet.methods, rialto_person::ErasePerson::of(user_id)).await.unwrap();
    assert_eq!(erased.rows, 2);
    assert!(wallet.methods.list(user_id).await.unwrap().methods.is_empty());
}

#[tokio::test]
async fn given_a_stage_with_a_real_gateway_when_a_test_token_is_named_then_it_is_nobodys() {
    let methods = Methods::new(Table::in_memory("payments"));
    let resolve = async |sandbox: bool, named: &str| {
        let first = if sandbox { GatewayName::Sandbox } else { GatewayName::Stripe };
        let wallet = Wallet::new(methods.clone(), StageTokens { first, second: None });
        let input = ResolveMethod { shopper_id: UserId::named(&["ada"]), payment_method_id: named.to_owned() };
        resolve_method(&wallet, input).await.is_ok()
    };
    assert_eq!((resolve(true, "pm_sandbox_approved").await, resolve(true, "pm_1Real").await), (true, false));
    assert_eq!((resolve(false, "pm_sandbox_approved").await, resolve(false, "pm_1Real").await), (false, true));
}

#[tokio::test]
async fn given_a_second_gateways_token_when_added_at_once_or_later_then_the_checkout_gets_both_and_the_answer_none() {
    let methods = Methods::new(Table::in_memory("payments"));
    let tokens = StageTokens { first: GatewayName::Sandbox, second: Some(GatewayName::Paypal) };
    let wallet = Wallet::new(methods.clone(), tokens);
    let post = |body: Value| request("POST", "/").json(&body).build();
    let mut ids = Vec::new();
    for fallback in [Value::Null, json!("vault_1"), json!("vault_2")] {
        let body = json!({"gatewayToken": "pm_sandbox_approved", "fallbackToken": fallback});
        let answer = add_method(&wallet, shopper("ada"), post(body)).await.unwrap();
        let added: Value = serde_json::from_slice(answer.body()).unwrap();
        assert!(!added.to_string().contains("vault"), "{added}");
        let id = added["id"].as_str().unwrap().to_owned();
        let input = ResolveMethod { shopper_id: UserId::named(&["ada"]), payment_method_id: id.clone() };
        let resolved = serde_json::to_value(resolve_method(&wallet, input).await.unwrap()).unwrap();
        let mut expected = json!({"sandbox": "pm_sandbox_approved"});
        if fallback.is_string() {
            expected["paypal"] = fallback;
        }
        assert_eq!(resolved, json!({"tokens": expected, "class": "card"}));
        ids.push(id);
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "one method");
    let alone = Wallet::new(methods, StageTokens { first: GatewayName::Sandbox, second: None });
    let body = json!({"gatewayToken": "pm_sandbox_wallet", "fallbackToken": "vault_1"});
    let refused = add_method(&alone, shopper("ada"), post(body)).await.unwrap_err();
    assert_eq!(refused.code(), code::INVALID_VALUE, "nobody would ever ask that gateway");
}
