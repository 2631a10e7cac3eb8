//! What the tests of several handlers begin with.

use rialto_dynamo::Table;
use rialto_http::testing::request;
use rialto_http::{Anyone, Response};
use rialto_kernel::{SessionId, SignedDuration, UserId};
use serde_json::{Value, json};

use super::register_user;
use super::tokens::Issuer;
use crate::crypto::SigningKey;
use crate::domain::Lives;
use crate::store::{Addresses, SigningKeys, Users};

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) fn users() -> Users {
    Users::new(Table::in_memory("identity"))
}

/// Addresses of a table where ada and eve have accounts.
pub(crate) async fn addresses() -> Addresses {
    let table = Table::in_memory("identity");
    for name in ["ada", "eve"] {
        let key = rialto_dynamo::Key::new(format!("USER#{}", UserId::named(&[name])), "USER");
        table.put(rialto_dynamo::Put::of(key)).await.unwrap();
    }
    Addresses::new(table)
}

pub(crate) fn shopper(name: &str) -> rialto_http::Shopper {
    rialto_http::Shopper { user_id: UserId::named(&[name]), session_id: SessionId::named(&[name]) }
}

pub(crate) fn json_of(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

pub(crate) const LIVES: Lives =
    Lives { idle: SignedDuration::from_hours(30 * 24), whole: SignedDuration::from_hours(180 * 24) };

/// An issuer with a key of its own.
pub(crate) async fn issuer() -> Issuer {
    let keys = SigningKeys::in_memory();
    keys.replace(None, &SigningKey::generate().unwrap()).await.unwrap();
    Issuer::new(keys, "test", LIVES)
}

/// Registers a person with [`PASSWORD`].
pub(crate) async fn registered(users: &Users, email: &str) -> UserId {
    let body = json!({"email": email, "password": PASSWORD, "name": "Ada"});
    let response = register_user(users, Anyone, request("POST", "/v1/users").json(&body).build()).await.unwrap();
    json_of(&response)["id"].as_str().unwrap().parse().unwrap()
}
