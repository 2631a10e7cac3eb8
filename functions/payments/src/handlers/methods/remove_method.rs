//! `DELETE /v1/me/payment-methods/{id}`

use rialto_http::{Caller, Problem, Request, Response, Shopper, respond};
use rialto_kernel::PaymentMethodId;

use crate::methods::Methods;

/// Removes a payment method. A checkout that has begun with it goes on.
#[utoipa::path(
    delete, path = "/v1/me/payment-methods/{id}", operation_id = "payments-remove-method", tag = "payments",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    params(("id" = PaymentMethodId, Path, description = "The payment method")),
    responses((status = 204, description = "It is gone")),
)]
pub async fn remove_method(methods: &Methods, caller: Shopper, request: Request) -> Result<Response, Problem> {
    methods.remove(caller.user_id, request.path_id("id")?).await?;
    Ok(respond::no_content())
}
