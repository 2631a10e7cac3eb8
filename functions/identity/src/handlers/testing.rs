//! What the tests of several handlers begin with.

use rialto_dynamo::Table;
use rialto_http::testing::request;
use rialto_http::{Anyone, Response};
use rialto_kernel::{SessionId, UserId};
use serde_json::{Value, json};

use super::register_user;
use crate::store::Users;

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) fn users() -> Users {
    Users::new(Table::in_memory("identity"))
}

pub(crate) fn shopper(name: &str) -> rialto_http::Shopper {
    rialto_http::Shopper { user_id: UserId::named(&[name]), session_id: SessionId::named(&[name]) }
}

pub(crate) fn json_of(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

/// Registers a person with [`PASSWORD`].
pub(crate) async fn registered(users: &Users, email: &str) -> UserId {
    let body = json!({"email": email, "password": PASSWORD, "name": "Ada"});
    let response = register_user(users, Anyone, request("POST", "/v1/users").json(&body).build()).await.unwrap();
    json_of(&response)["id"].as_str().unwrap().parse().unwrap()
}
