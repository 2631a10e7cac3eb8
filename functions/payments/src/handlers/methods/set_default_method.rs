//! `PUT /v1/me/payment-methods/default`

use rialto_http::{Caller, Fault, Problem, Request, Response, Shopper, respond};
use rialto_kernel::PaymentMethodId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::methods::{MethodError, Methods};

use super::MethodList;

/// Which method to take when none is named; absent for none.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChosenMethod {
    /// One of the person's methods.
    id: Option<PaymentMethodId>,
}

/// Chooses the default payment method, in place of the one before.
#[utoipa::path(
    put, path = "/v1/me/payment-methods/default", operation_id = "payments-set-default-method", tag = "payments",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    request_body = ChosenMethod,
    responses((status = 200, description = "The payment methods", body = MethodList)),
)]
pub async fn set_default_method(methods: &Methods, caller: Shopper, request: Request) -> Result<Response, Problem> {
    let ChosenMethod { id } = request.json()?;
    match methods.set_default(caller.user_id, id).await {
        Err(MethodError::NotFound) => {
            Err(Problem::invalid("/id", Fault::NotFound, "there is no such payment method of yours"))
        }
        outcome => {
            outcome?;
            respond::ok(&MethodList::from(methods.list(caller.user_id).await?))
        }
    }
}
