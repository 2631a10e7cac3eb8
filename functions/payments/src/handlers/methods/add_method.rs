//! `POST /v1/me/payment-methods`

use rialto_http::{Caller, Fault, Problem, Request, Response, Shopper, StatusCode, respond};
use rialto_kernel::AddressId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Wallet;
use crate::domain::{GatewayToken, Label, MethodType, StoredMethod, TokensByGateway};
use crate::gateway::tokens::Tokens;
use crate::methods::MethodError;

/// Which method to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddMethod {
    /// What the gateway gave the client for the card or account; never its number.
    gateway_token: GatewayToken,
    /// What the shop's second gateway gave for the same method, where the shop has one: it is paid with while the first one is
    /// out of reach.
    fallback_token: Option<GatewayToken>,
    /// What the client believes it is; the gateway's word counts.
    r#type: Option<MethodType>,
    /// What the person calls it.
    label: Option<Label>,
    /// Where its bills go.
    billing_address_id: Option<AddressId>,
}

/// Keeps a payment method for the person's checkouts. Brand, last four digits and expiry are the gateway's word.
///
/// A token that is kept already is kept once; the answer is the method as it is, which a new `fallbackToken` is added to. A
/// person keeps at most 20.
#[utoipa::path(
    post, path = "/v1/me/payment-methods", operation_id = "payments-add-method", tag = "payments",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    request_body = AddMethod,
    responses(
        (status = 201, description = "The payment method", body = StoredMethod),
        (status = 409, description = "`LIMIT_REACHED`"),
    ),
)]
pub async fn add_method<T: Tokens>(wallet: &Wallet<T>, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let AddMethod { gateway_token, fallback_token, r#type, label, billing_address_id } = request.json()?;
    let details = wallet.tokens.describe(&gateway_token).await.ok_or(MethodError::UnknownToken)?;
    if r#type.is_some_and(|claimed| claimed != details.r#type) {
        return Err(Problem::invalid("/type", Fault::NotAllowed, "the payment gateway says it is of another type"));
    }
    let id = gateway_token.method_of(caller.user_id);
    let mut tokens = TokensByGateway::from([(wallet.tokens.gateway(), gateway_token)]);
    match (fallback_token, wallet.tokens.second()) {
        (None, _) => {}
        (Some(token), Some(second)) => drop(tokens.insert(second, token)),
        (Some(_), None) => {
            return Err(Problem::invalid("/fallbackToken", Fault::NotAllowed, "this shop has no second gateway"));
        }
    }
    let method = StoredMethod { id, details, label, billing_address_id, created_at: request.now() };
    respond::json(StatusCode::CREATED, &wallet.methods.store(caller.user_id, method, tokens).await?)
}
