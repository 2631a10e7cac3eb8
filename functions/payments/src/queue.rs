//! The queue of what is done about payments outside of the checkout.

use rialto_kernel::{PaymentId, RefundId};
use rialto_lambda::{Context, env};
use serde::{Deserialize, Serialize};

use crate::{domain::GatewayName, error::Error};

/// A refund is followed up after its own request must be over: whether it was begun is certain then.
const FOLLOW_UP_SECONDS: i32 = 60;

/// The longest a queue keeps a message back: how often a refund is looked up that the gateway gives back later.
const AGAIN_SECONDS: i32 = 900;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "kind")]
pub enum Work {
    /// A gateway told that something happened to a payment.
    Webhook {
        /// Who told.
        gateway: GatewayName,
        /// The gateway's id of the news.
        event_id: String,
        /// Which payment.
        payment_id: PaymentId,
    },
    /// A refund is about to be begun: see that it ends, if it was.
    Refund {
        /// Of which payment.
        payment_id: PaymentId,
        /// Which refund.
        refund_id: RefundId,
    },
}

/// The queue `<stage>-payments-apply-webhook`.
#[derive(Debug, Clone)]
pub struct Queue(Backend);

#[derive(Debug, Clone)]
enum Backend {
    Sqs {
        client: aws_sdk_sqs::Client,
        url: String,
    },
    #[cfg(test)]
    Memory(std::sync::Arc<std::sync::Mutex<Vec<Work>>>),
}

impl Queue {
    /// The queue whose address is in `QUEUE_URL`.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(lambda: &Context) -> Result<Self, Error> {
        Ok(Self(Backend::Sqs { client: aws_sdk_sqs::Client::new(lambda.sdk()), url: env("QUEUE_URL")? }))
    }

    /// A queue that keeps what it is sent.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        Self(Backend::Memory(std::sync::Arc::default()))
    }

    /// What it was sent, in order.
    #[cfg(test)]
    pub(crate) fn sent(&self) -> Vec<Work> {
        match &self.0 {
            Backend::Memory(sent) => sent.lock().map(|sent| sent.clone()).unwrap_or_default(),
            Backend::Sqs { .. } => Vec::new(),
        }
    }

    /// Sends it: a webhook at once, a refund's follow-up after a minute.
    ///
    /// # Errors
    /// [`Error::Queue`] when the queue did not take it.
    pub async fn send(&self, work: &Work) -> Result<(), Error> {
        let delay = if matches!(work, Work::Refund { .. }) { FOLLOW_UP_SECONDS } else { 0 };
        self.send_after(work, delay).await
    }

    /// Sends it again, for what is still under way: it comes after 15 minutes.
    ///
    /// # Errors
    /// [`Error::Queue`] when the queue did not take it.
    pub async fn send_again(&self, work: &Work) -> Result<(), Error> {
        self.send_after(work, AGAIN_SECONDS).await
    }

    async fn send_after(&self, work: &Work, delay: i32) -> Result<(), Error> {
        match &self.0 {
            Backend::Sqs { client, url } => {
                let send = client.send_message().queue_url(url).message_body(serde_json::to_string(work)?);
                let sent = send.delay_seconds(delay).send().await;
                sent.map(|_| ()).map_err(|error| Error::Queue(error.into_service_error().to_string()))
            }
            #[cfg(test)]
            Backend::Memory(sent) => {
                sent.lock().map_err(|_| Error::Queue("poisoned".to_owned()))?.push(work.clone());
                Ok(())
            }
        }
    }
}
