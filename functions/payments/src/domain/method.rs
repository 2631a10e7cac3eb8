//! Payment methods that people keep.

use std::{collections::BTreeMap, fmt};

use rialto_kernel::{AddressId, PaymentMethodId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::payment::GatewayName;

/// What kind of method it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MethodType {
    /// A debit or credit card.
    Card,
    /// A wallet such as a phone's.
    Wallet,
    /// A transfer from a bank account.
    BankTransfer,
}

/// What the gateway tells of a token. None of it comes from the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MethodDetails {
    /// What kind of method it is.
    pub r#type: MethodType,
    /// Such as `visa`.
    #[schema(example = "visa")]
    pub brand: String,
    /// The last four digits of the card's or account's number.
    #[schema(pattern = "^[0-9]{4}$", example = "4242")]
    pub last4: String,
    /// The last month it is good, from 1; for cards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 12)]
    pub expiry_month: Option<u8>,
    /// The year of that month; for cards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry_year: Option<u16>,
}

/// A text that cannot be a gateway's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be a token of the payment gateway, 4 to 128 letters, digits, - and _, and not digits alone")]
pub struct TokenError;

/// A gateway's token of a payment method: good for charging it, so `Debug` shows nothing of it. Never a card's number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 4, max_length = 128, pattern = "^[A-Za-z0-9_-]+$", example = "pm_sandbox_approved")]
pub struct GatewayToken(String);

impl GatewayToken {
    /// The token, for the gateway alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The id of this method of this person: storing a token twice is storing it once.
    #[must_use]
    pub fn method_of(&self, owner: UserId) -> PaymentMethodId {
        PaymentMethodId::named(&[&owner.to_string(), &self.0])
    }
}

impl TryFrom<String> for GatewayToken {
    type Error = TokenError;
    fn try_from(text: String) -> Result<Self, TokenError> {
        let fits = (4..=128).contains(&text.len());
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        let has_letter = text.bytes().any(|byte| byte.is_ascii_alphabetic());
        if fits && plain && has_letter { Ok(Self(text)) } else { Err(TokenError) }
    }
}

impl From<GatewayToken> for String {
    fn from(token: GatewayToken) -> Self {
        token.0
    }
}

impl fmt::Debug for GatewayToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GatewayToken([redacted])")
    }
}

/// A method's token at each gateway that knows it.
pub type TokensByGateway = BTreeMap<GatewayName, GatewayToken>;

/// A text that cannot be a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must have 1 to 50 characters and no control characters")]
pub struct LabelError;

/// What the person calls the method. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 50, example = "Household card")]
pub struct Label(String);

impl TryFrom<String> for Label {
    type Error = LabelError;
    fn try_from(text: String) -> Result<Self, LabelError> {
        let text = text.trim();
        let fits = (1..=50).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(LabelError) }
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Label([redacted])")
    }
}

/// A payment method that someone keeps, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentMethod)]
pub struct StoredMethod {
    /// For `paymentMethodId` of a checkout.
    pub id: PaymentMethodId,
    /// What the gateway tells of it.
    #[serde(flatten)]
    pub details: MethodDetails,
    /// What the person calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Where its bills go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_address_id: Option<AddressId>,
    /// When it was stored.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_a_text_when_read_then_a_number_is_no_token() {
        for text in ["", "pm", "4242424242424242", "4242-4242-4242-4242", "pm_ok?", &"p".repeat(129)] {
            assert!(GatewayToken::try_from(text.to_owned()).is_err(), "{text}");
        }
        let token = GatewayToken::try_from("pm_sandbox_approved".to_owned()).unwrap();
        assert_eq!(format!("{token:?}"), "GatewayToken([redacted])");
        let (ada, eve) = (UserId::named(&["ada"]), UserId::named(&["eve"]));
        assert_eq!(token.method_of(ada), token.method_of(ada));
        assert_ne!(token.method_of(ada), token.method_of(eve));
    }
}
