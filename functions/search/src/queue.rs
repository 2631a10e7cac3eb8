//! The queues of the service's own messages.

use rialto_http::Problem;
use rialto_lambda::{Context, InitError, env};
use serde::Serialize;
use thiserror::Error;

/// A queue.
#[derive(Debug, Clone)]
pub struct Queue(Backend);

#[derive(Debug, Clone)]
enum Backend {
    Sqs {
        client: aws_sdk_sqs::Client,
        url: String,
    },
    #[cfg(test)]
    Memory(std::sync::Arc<std::sync::Mutex<Vec<String>>>),
}

/// Why a message was not sent. It may have been, all the same.
#[derive(Debug, Error)]
pub enum QueueError {
    /// The queue.
    #[error("the queue did not take a message: {0}")]
    Unavailable(String),
    /// The message is no JSON: a bug of ours.
    #[error(transparent)]
    Unwritable(#[from] serde_json::Error),
}

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Unavailable(_) => Self::unavailable(error),
            QueueError::Unwritable(_) => Self::internal(error),
        }
    }
}

impl Queue {
    /// The queue whose address is in the variable.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(context: &Context, variable: &str) -> Result<Self, InitError> {
        Ok(Self(Backend::Sqs { client: aws_sdk_sqs::Client::new(context.sdk()), url: env(variable)? }))
    }

    /// A queue that keeps what it is sent.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        Self(Backend::Memory(std::sync::Arc::default()))
    }

    /// The messages it was sent, and keeps no longer.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> Vec<String> {
        match &self.0 {
            Backend::Memory(sent) => sent.lock().map(|mut sent| std::mem::take(&mut *sent)).unwrap_or_default(),
            Backend::Sqs { .. } => Vec::new(),
        }
    }

    /// Sends a message, as JSON.
    ///
    /// # Errors
    /// When the queue does not take it.
    pub async fn send(&self, message: &impl Serialize) -> Result<(), QueueError> {
        let body = serde_json::to_string(message)?;
        match &self.0 {
            Backend::Sqs { client, url } => {
                let sent = client.send_message().queue_url(url).message_body(body).send().await;
                sent.map(drop).map_err(|error| QueueError::Unavailable(error.into_service_error().to_string()))
            }
            #[cfg(test)]
            Backend::Memory(sent) => {
                sent.lock().map_err(|_| QueueError::Unavailable("poisoned".to_owned()))?.push(body);
                Ok(())
            }
        }
    }
}
