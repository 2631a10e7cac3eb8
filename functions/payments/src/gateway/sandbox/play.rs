//! What a card holder or a bank does at the sandbox gateway, and the webhooks that tell of it.

use rialto_dynamo::cond;
use rialto_kernel::{PaymentId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Sandbox,
    books::{RowState, is},
};
use crate::gateway::{GatewayError, sign};

/// What is done about a payment that waits at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Act {
    /// The holder confirms.
    Approve,
    /// The holder declines.
    Decline,
    /// The transfer arrives, whole.
    Pay,
    /// A part of the transfer arrives.
    PayPart {
        /// Minor units.
        amount: i64,
    },
    /// The time for it is over: nothing was confirmed, or not all was paid, and what was paid goes back.
    Expire,
}

/// A webhook as the gateway would send it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedWebhook {
    /// The header `Stripe-Signature`.
    pub signature: String,
    /// The body, byte for byte.
    pub body: String,
}

impl Sandbox {
    /// Does it, and answers the webhooks in the order in which they came about. A repeat, or an act on a payment that does
    /// not wait for it, changes nothing and tells nothing.
    ///
    /// # Errors
    /// When the books are out of reach.
    pub async fn play(
        &self,
        payment_id: PaymentId,
        act: Act,
        secret: &[u8],
        now: Timestamp,
    ) -> Result<Vec<SignedWebhook>, GatewayError> {
        let key = format!("{payment_id}:1");
        let Some(row) = self.books.row(&key).await? else { return Ok(Vec::new()) };
        let waiting = cond::any([is(RowState::ActionRequired), is(RowState::Pending)]);
        let turn = |to| self.books.turn(&key, to);
        let (update, types): (_, &[&str]) = match act {
            Act::Approve => (
                turn(RowState::Authorised).when(is(RowState::ActionRequired)),
                &["payment_intent.processing", "payment_intent.amount_capturable_updated"],
            ),
            Act::Decline => (
                turn(RowState::Refused).set("refusal", "PAYMENT_DECLINED").when(is(RowState::ActionRequired)),
                &["payment_intent.payment_failed"],
            ),
            Act::Pay => (
                turn(RowState::Authorised).set("received", row.amount()).when(is(RowState::Pending)),
                &["payment_intent.partially_funded", "payment_intent.amount_capturable_updated"],
            ),
            Act::PayPart { amount } => {
                let part = cond::all([is(RowState::Pending), cond::lt("received", amount)]);
                let short = amount > 0 && amount < row.amount();
                let update = turn(RowState::Pending).set("received", amount).when(part);
                if !short {
                    return Ok(Vec::new());
                }
                (update, &["payment_intent.partially_funded"])
            }
            Act::Expire => {
                let reason = if row.received > 0 { "PARTLY_PAID" } else { "PAYMENT_EXPIRED" };
                (turn(RowState::Refused).set("refusal", reason).when(waiting), &["payment_intent.canceled"])
            }
        };
        if !self.books.update(update).await? {
            return Ok(Vec::new());
        }
        let told = types.iter().map(|kind| {
            let id = format!("evt_{payment_id}_{}_{}", kind.replace('.', "_"), now.as_millisecond());
            let object = json!({ "id": key, "object": "payment_intent", "metadata": { "payment_id": payment_id } });
            let body = json!({ "id": id, "object": "event", "type": kind, "data": { "object": object } }).to_string();
            SignedWebhook { signature: sign(body.as_bytes(), secret, now), body }
        });
        Ok(told.collect())
    }
}
