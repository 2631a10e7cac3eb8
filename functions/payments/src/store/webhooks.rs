//! Which webhooks were applied.

use rialto_dynamo::{Key, Put, Read, cond};
use rialto_kernel::Timestamp;
use serde::{Deserialize, Serialize};

use super::Payments;
use crate::{domain::GatewayName, error::Error};

/// Gateways repeat a webhook for some days.
const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;

#[derive(Serialize, Deserialize)]
struct WebhookRow {
    at: Timestamp,
}

fn key(gateway: GatewayName, event_id: &str) -> Key {
    Key::new(format!("WEBHOOK#{gateway}#{event_id}"), "WEBHOOK")
}

impl Payments {
    /// Whether the webhook was applied before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn was_applied(&self, gateway: GatewayName, event_id: &str) -> Result<bool, Error> {
        Ok(self.table.get::<WebhookRow>(&key(gateway, event_id), Read::Strong).await?.is_some())
    }

    /// Marks the webhook as applied; `false` when another delivery was first. Written after the webhook's effect, so that
    /// a crash between the two repeats the effect, which is safe, and never loses it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mark_applied(&self, gateway: GatewayName, event_id: &str, now: Timestamp) -> Result<bool, Error> {
        let until = now.as_second().saturating_add(KEPT_SECONDS);
        let put = Put::new(&key(gateway, event_id), &WebhookRow { at: now })?.with("ttl", until);
        match self.table.put(put.when(cond::absent("pk"))).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
