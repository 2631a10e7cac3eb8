//! What a gateway tells of a token: brand, last four digits and expiry are its word, never the client's.

use async_trait::async_trait;

use crate::domain::{GatewayToken, MethodDetails, MethodType};

/// A gateway, asked about tokens.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// What it tells of a token; `None` when it knows none such.
    async fn describe(&self, token: &GatewayToken) -> Option<MethodDetails>;

    /// Whether a token may be paid with though it is not stored.
    fn takes_unstored(&self, token: &GatewayToken) -> bool;
}

/// The tokens of a deployment. With the sandbox gateway its test tokens, and no others. With a real gateway its own tokens,
/// which it checks when it is asked to charge; a test token is none. What a real gateway's token is cannot be looked up yet,
/// so that none can be stored.
#[derive(Debug, Clone, Copy)]
pub struct StageTokens {
    /// Whether the sandbox gateway is in use.
    pub sandbox: bool,
}

#[async_trait]
impl Tokens for StageTokens {
    async fn describe(&self, token: &GatewayToken) -> Option<MethodDetails> {
        if self.sandbox { SandboxTokens.describe(token).await } else { None }
    }

    fn takes_unstored(&self, token: &GatewayToken) -> bool {
        SandboxTokens.takes_unstored(token) == self.sandbox
    }
}

/// The sandbox gateway's test tokens.
#[derive(Debug, Clone, Copy, Default)]
pub struct SandboxTokens;

const TEST: &str = "pm_sandbox_";

/// Token, type, brand and last four digits.
const KNOWN: [(&str, MethodType, &str, &str); 9] = [
    ("approved", MethodType::Card, "visa", "4242"),
    ("declined", MethodType::Card, "visa", "0002"),
    ("insufficient_funds", MethodType::Card, "visa", "9995"),
    ("timeout_then_approved", MethodType::Card, "mastercard", "4444"),
    ("timeout", MethodType::Card, "mastercard", "5100"),
    ("needs_action", MethodType::Card, "visa", "3155"),
    ("capture_fails", MethodType::Card, "amex", "0005"),
    ("wallet", MethodType::Wallet, "sandbox_pay", "4242"),
    ("bank_transfer", MethodType::BankTransfer, "sandbox_bank", "6789"),
];

#[async_trait]
impl Tokens for SandboxTokens {
    async fn describe(&self, token: &GatewayToken) -> Option<MethodDetails> {
        let name = token.expose().strip_prefix(TEST)?;
        let (_, kind, brand, last4) = KNOWN.into_iter().find(|(known, ..)| *known == name)?;
        let card = kind == MethodType::Card;
        Some(MethodDetails {
            r#type: kind,
            brand: brand.to_owned(),
            last4: last4.to_owned(),
            expiry_month: card.then_some(12),
            expiry_year: card.then_some(2034),
        })
    }

    fn takes_unstored(&self, token: &GatewayToken) -> bool {
        token.expose().starts_with(TEST)
    }
}
