//! The seam to payment gateways.
//!
//! Every operation is idempotent, so it can be repeated until its outcome is known. What a gateway said for certain is
//! `Ok`, [`GatewayError::Declined`] or [`GatewayError::Rejected`]; [`GatewayError::OutcomeUnknown`] means that it may or
//! may not have happened: the key is kept and the payment is looked up. The other errors say that nothing was done.
//!
//! **Invariant: of one payment only one gateway is ever asked about which it is not certain that it was not asked.**
//! See [`Gateways`] and `Change::Rerouted`.

use async_trait::async_trait;
use rialto_kernel::{Money, PaymentId, RefundId, Timestamp};
use thiserror::Error;

use crate::domain::{GatewayName, Listed, Standing};

mod connect;
mod http;
mod minor;
pub mod paypal;
mod routing;
pub mod sandbox;
mod secrets;
mod signature;
pub mod stripe;
pub mod tokens;

pub use connect::{connect, in_use};
pub use routing::Gateways;
pub use secrets::{Secrets, WebhookSecrets};
pub use signature::{BadSignature, sign, verify};

/// Why a payment is declined whose amount a gateway cannot hold, in this currency or at all.
pub const AMOUNT_NOT_SUPPORTED: &str = "AMOUNT_NOT_SUPPORTED";

/// A request to set an amount aside.
#[derive(Debug, Clone, Copy)]
pub struct Authorisation<'a> {
    /// Which payment it is.
    pub intent: Intent<'a>,
    /// The gateway's token of the payment method.
    pub method: &'a str,
    /// Whether the shopper has confirmed it at the gateway, which then needs no token.
    pub approved: bool,
    /// How often it was asked, this time included.
    pub ask: u32,
    /// The time.
    pub now: Timestamp,
}

/// A payment, as far as a gateway needs to know it.
#[derive(Debug, Clone, Copy)]
pub struct Intent<'a> {
    /// Our id of it, which the gateway keeps with it and tells in webhooks and lists.
    pub payment_id: PaymentId,
    /// The idempotency key: the same key is the same payment, however often it is sent.
    pub key: &'a str,
    /// How much.
    pub amount: Money,
    /// The gateway's id of it, once known.
    pub reference: Option<&'a str>,
}

/// A request to give something back.
#[derive(Debug, Clone, Copy)]
pub struct RefundRequest<'a> {
    /// Of which payment, which is captured.
    pub intent: Intent<'a>,
    /// Our id of the refund, which is its idempotency key.
    pub refund_id: RefundId,
    /// How much.
    pub amount: Money,
}

/// What became of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// Given back, or certain to be.
    Done,
    /// On its way, but the gateway may still find that it fails.
    Pending,
}

/// A page of a gateway's list.
#[derive(Debug, Clone, Default)]
pub struct ListPage {
    /// The payments.
    pub payments: Vec<Listed>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Why the gateway did not do as asked. None of it holds a secret or what a person wrote.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GatewayError {
    /// A definite no to this payment: another method may do.
    #[error("declined: {code}")]
    Declined {
        /// Why, as our code, such as `INSUFFICIENT_FUNDS`.
        code: String,
    },
    /// A definite no to the request as such: a mistake of ours. Nothing was done, nor will be by a repeat.
    #[error("the gateway takes the request for a mistake: {code}")]
    Rejected {
        /// The gateway's code.
        code: String,
    },
    /// Nothing was done, as too much was asked at once.
    #[error("the gateway takes no more requests for now")]
    RateLimited,
    /// Nothing was done: the request certainly did not get there.
    #[error("the gateway was not reached")]
    NotReached,
    /// Nothing was done, but a repeat may be: the gateway is busy, or does not take our credentials.
    #[error("the gateway did nothing: {0}")]
    Transient(String),
    /// No answer, or none that says what was done: it may or may not have happened.
    #[error("the gateway's answer is unknown")]
    OutcomeUnknown {
        /// The gateway's id of the payment, if that is known.
        reference: Option<String>,
    },
}

impl GatewayError {
    /// No, as the gateway cannot hold the amount.
    #[must_use]
    pub fn amount() -> Self {
        Self::Declined { code: AMOUNT_NOT_SUPPORTED.to_owned() }
    }

    /// No answer.
    #[must_use]
    pub fn unknown() -> Self {
        Self::OutcomeUnknown { reference: None }
    }

    /// Whether it is certain that nothing was done and nothing will be.
    #[must_use]
    pub fn is_definite(&self) -> bool {
        matches!(self, Self::Declined { .. } | Self::Rejected { .. })
    }

    /// The outcome's name in the record of attempts.
    #[must_use]
    pub fn outcome(&self) -> &str {
        match self {
            Self::Declined { code } | Self::Rejected { code } => code,
            Self::RateLimited => "rate_limited",
            Self::NotReached => "not_reached",
            Self::Transient(_) => "transient",
            Self::OutcomeUnknown { .. } => "unknown",
        }
    }
}

/// The sandbox's books being out of reach is as unknown as no answer.
impl From<rialto_dynamo::Error> for GatewayError {
    fn from(_: rialto_dynamo::Error) -> Self {
        Self::unknown()
    }
}

/// What a payment gateway does for us.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// Which one it is.
    fn name(&self) -> GatewayName;

    /// Sets an amount aside: makes the payment under its key, once, and confirms it. Also answers `Ok` where the shopper
    /// or the bank has to do something first, as the standing says.
    async fn authorise(&self, request: Authorisation<'_>) -> Result<Standing, GatewayError>;

    /// Takes the amount that was set aside, once.
    async fn capture(&self, intent: Intent<'_>) -> Result<Standing, GatewayError>;

    /// Makes sure that nothing is taken, now or later: cancels an authorisation, gives back what was taken, and closes a
    /// key that the gateway has never seen. `Ok` once that is certain.
    async fn void(&self, intent: Intent<'_>) -> Result<(), GatewayError>;

    /// Gives back a part of what was taken, once a refund id.
    async fn refund(&self, request: RefundRequest<'_>) -> Result<RefundOutcome, GatewayError>;

    /// How a payment stands; `None` when the gateway does not know it by key or reference.
    async fn look_up(&self, intent: Intent<'_>) -> Result<Option<Standing>, GatewayError>;

    /// What became of a refund; `None` when the gateway does not know it. A refund that failed is
    /// [`GatewayError::Declined`].
    async fn look_up_refund(&self, request: RefundRequest<'_>) -> Result<Option<RefundOutcome>, GatewayError>;

    /// A page of the payments made from `from` up to `to`, which is 24 hours later.
    async fn list(&self, from: Timestamp, to: Timestamp, after: Option<String>) -> Result<ListPage, GatewayError>;
}

#[cfg(test)]
pub(crate) mod wiretap;
