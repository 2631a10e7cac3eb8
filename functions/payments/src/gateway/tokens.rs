//! What a gateway tells of a token: brand, last four digits and expiry are its word, never the client's.

use async_trait::async_trait;

use crate::domain::{GatewayName, GatewayToken, MethodDetails, MethodType};

/// A gateway, asked about tokens.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// The gateway whose tokens these are.
    fn gateway(&self) -> GatewayName;

    /// The gateway that takes over while that one is out of reach, and has tokens of its own.
    fn second(&self) -> Option<GatewayName>;

    /// What it tells of a token; `None` when it knows none such.
    async fn describe(&self, token: &GatewayToken) -> Option<MethodDetails>;

    /// Whether a token may be paid with though it is not stored.
    fn takes_unstored(&self, token: &GatewayToken) -> bool;
}

/// The tokens of a deployment. With the sandbox gateway its test tokens, and no others. With a real gateway its own tokens,
/// which it checks when it is asked to charge; a test token is none. What a real gateway's token is cannot be looked up yet,
/// so that none can be stored, but for a second gateway's beside one of the first.
#[derive(Debug, Clone, Copy)]
pub struct StageTokens {
    /// Where payments go.
    pub first: GatewayName,
    /// Where they go while that one is out of reach.
    pub second: Option<GatewayName>,
}

#[async_trait]
impl Tokens for StageTokens {
    fn gateway(&self) -> GatewayName {
        self.first
    }

    fn second(&self) -> Option<GatewayName> {
        self.second
    }

    async fn describe(&self, token: &GatewayToken) -> Option<MethodDetails> {
        if self.first == GatewayName::Sandbox { SandboxTokens.describe(token).await } else { None }
    }

    fn takes_unstored(&self, token: &GatewayToken) -> bool {
        SandboxTokens.takes_unstored(token) == (self.first == GatewayName::Sandbox)
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
    fn gateway(&self) -> GatewayName {
        GatewayName::Sandbox
    }

    fn second(&self) -> Option<GatewayName> {
        None
    }

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
