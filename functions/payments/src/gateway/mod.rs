//! The seam to payment gateways.

use async_trait::async_trait;
use rialto_kernel::Money;
use thiserror::Error;

pub mod sandbox;

/// A request to set an amount aside.
#[derive(Debug, Clone)]
pub struct Authorisation<'a> {
    /// The gateway's idempotency key: the same key is the same payment, however often it is sent.
    pub key: &'a str,
    /// How much.
    pub amount: Money,
    /// The gateway's token of the payment method.
    pub method: &'a str,
}

/// Why the gateway did not do as asked.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// A definite no.
    #[error("refused: {0}")]
    Refused(String),
    /// No answer: it may or may not have happened.
    #[error("no answer")]
    OutcomeUnknown,
    /// The sandbox's own books are out of reach; as unknown as no answer.
    #[error(transparent)]
    Unavailable(#[from] rialto_dynamo::Error),
}

/// What a payment gateway does for us. Every operation is idempotent under its key.
#[async_trait]
pub trait Gateway: Send + Sync {
    /// Sets an amount aside.
    async fn authorise(&self, request: Authorisation<'_>) -> Result<(), GatewayError>;
    /// Takes the amount that was set aside under `key`, once.
    async fn capture(&self, key: &str) -> Result<(), GatewayError>;
    /// Makes sure that nothing is taken under `key`, now or later: cancels an authorisation, gives back what was
    /// taken, and closes a key that it has never seen.
    async fn cancel(&self, key: &str) -> Result<(), GatewayError>;
}
