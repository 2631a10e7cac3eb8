//! What a gateway wants of the shopper before it goes on.

use rialto_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the shopper has to do for the payment to go on. The run goes on by itself when it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextAction {
    /// `redirect`: open `url`.
    #[serde(rename = "type")]
    #[schema(example = "redirect")]
    pub kind: String,
    /// The gateway's page.
    #[schema(example = "https://gateway.example/confirm/1")]
    pub url: String,
    /// Until when; the payment is given up then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}
