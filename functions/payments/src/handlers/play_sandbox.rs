//! `payments-play-sandbox`: what a card holder or a bank does at the sandbox gateway, for tests and demonstrations.

use rialto_kernel::{PaymentId, Timestamp};
use rialto_lambda::Context;
use serde::Deserialize;

use crate::{
    domain::GatewayName,
    error::Error,
    gateway::{
        Secrets, WebhookSecrets,
        sandbox::{Act, Sandbox, SignedWebhook},
    },
};

/// What the command works with.
#[derive(Debug, Clone)]
pub struct Player {
    /// The gateway.
    pub sandbox: Sandbox,
    /// The secret that signs its webhooks.
    pub secrets: Secrets,
}

impl Player {
    /// The sandbox in `SANDBOX_GATEWAY_TABLE`.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(lambda: &Context) -> Result<Self, Error> {
        Ok(Self { sandbox: Sandbox::new(lambda.table("SANDBOX_GATEWAY_TABLE")?), secrets: Secrets::of(lambda) })
    }
}

/// What is done about which payment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaySandbox {
    /// The payment.
    pub payment_id: PaymentId,
    /// What is done.
    pub act: Act,
}

/// Answers the webhooks that the gateway would send, which the caller delivers as it likes.
///
/// # Errors
/// When the sandbox's books or its secret are out of reach.
pub async fn play_sandbox(player: &Player, input: PlaySandbox, now: Timestamp) -> Result<Vec<SignedWebhook>, Error> {
    let secrets: WebhookSecrets = player.secrets.read(GatewayName::Sandbox, now).await?;
    let secret = secrets.reveal().into_iter().next().ok_or(Error::Secret(GatewayName::Sandbox))?;
    player.sandbox.play(input.payment_id, input.act, secret, now).await.map_err(Error::Rejected)
}
