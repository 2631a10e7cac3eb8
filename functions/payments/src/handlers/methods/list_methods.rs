//! `GET /v1/me/payment-methods`

use rialto_http::{Caller, Problem, Request, Response, Shopper, respond};
use rialto_kernel::PaymentMethodId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::StoredMethod;
use crate::methods::{Kept, Methods};

/// The payment methods of a person; there is only one page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MethodList {
    /// At most 20.
    items: Vec<StoredMethod>,
    /// Which is taken when none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    default_id: Option<PaymentMethodId>,
}

impl From<Kept> for MethodList {
    fn from(kept: Kept) -> Self {
        Self { items: kept.methods, default_id: kept.default }
    }
}

/// The person's payment methods.
#[utoipa::path(
    get, path = "/v1/me/payment-methods", operation_id = "payments-list-methods", tag = "payments",
    extensions(("x-rialto-caller" = json!(Shopper::NAME))),
    responses((status = 200, description = "The payment methods", body = MethodList)),
)]
pub async fn list_methods(methods: &Methods, caller: Shopper, _: Request) -> Result<Response, Problem> {
    respond::ok(&MethodList::from(methods.list(caller.user_id).await?))
}
