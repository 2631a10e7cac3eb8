//! The gateways' credentials, from Secrets Manager: never from the environment, never in a log.

use std::{collections::HashMap, sync::Arc};

use aws_sdk_secretsmanager::Client;
use rialto_kernel::Timestamp;
use rialto_lambda::Context;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::Mutex;

use crate::{domain::GatewayName, error::Error};

/// How long a secret that was read is used, so that a rotated one is taken up.
const KEPT_SECONDS: i64 = 300;

/// `<stage>/payments/<gateway>`, JSON.
#[derive(Clone)]
pub struct Secrets {
    source: Source,
    kept: Arc<Mutex<HashMap<GatewayName, (SecretString, i64)>>>,
}

#[derive(Clone)]
enum Source {
    Aws {
        client: Client,
        prefix: String,
    },
    #[cfg(test)]
    Memory(HashMap<GatewayName, SecretString>),
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

/// The secrets that sign a gateway's webhooks: one, or several while they are being rotated. In the secret these are
/// `webhookSecret` and `webhookSecrets`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookSecrets {
    webhook_secret: Option<SecretString>,
    #[serde(default)]
    webhook_secrets: Vec<SecretString>,
}

impl WebhookSecrets {
    /// These secrets.
    #[must_use]
    pub fn of(secrets: Vec<SecretString>) -> Self {
        Self { webhook_secret: None, webhook_secrets: secrets }
    }

    /// The bytes of each, to check signatures with.
    #[must_use]
    pub fn reveal(&self) -> Vec<&[u8]> {
        self.webhook_secret.iter().chain(&self.webhook_secrets).map(|it| it.expose_secret().as_bytes()).collect()
    }
}

impl Secrets {
    /// The secrets of the function's stage.
    #[must_use]
    pub fn of(context: &Context) -> Self {
        let prefix = format!("{}/payments", context.stage());
        Self { source: Source::Aws { client: Client::new(context.sdk()), prefix }, kept: Arc::default() }
    }

    /// One gateway's secret, as it is.
    #[cfg(test)]
    pub(crate) fn in_memory(gateway: GatewayName, text: &str) -> Self {
        Self { source: Source::Memory(HashMap::from([(gateway, text.into())])), kept: Arc::default() }
    }

    /// A gateway's secret as a `T`, at most 5 minutes old.
    ///
    /// # Errors
    /// [`Error::Secret`] when it cannot be read or is no such thing; its content is in no message.
    pub async fn read<T: DeserializeOwned>(&self, gateway: GatewayName, now: Timestamp) -> Result<T, Error> {
        let mut kept = self.kept.lock().await;
        let fresh = kept.get(&gateway).filter(|(_, until)| *until > now.as_second()).map(|(text, _)| text.clone());
        let text = match fresh {
            Some(text) => text,
            None => {
                let text = self.fetch(gateway).await?;
                kept.insert(gateway, (text.clone(), now.as_second().saturating_add(KEPT_SECONDS)));
                text
            }
        };
        serde_json::from_str(text.expose_secret()).map_err(|_| Error::Secret(gateway))
    }

    async fn fetch(&self, gateway: GatewayName) -> Result<SecretString, Error> {
        let (client, prefix) = match &self.source {
            Source::Aws { client, prefix } => (client, prefix),
            #[cfg(test)]
            Source::Memory(secrets) => return secrets.get(&gateway).cloned().ok_or(Error::Secret(gateway)),
        };
        let answer = client.get_secret_value().secret_id(format!("{prefix}/{gateway}")).send().await;
        let answer = answer.map_err(|error| {
            tracing::error!(error.message = %error.into_service_error(), %gateway, "secret not read");
            Error::Secret(gateway)
        })?;
        answer.secret_string().map(SecretString::from).ok_or(Error::Secret(gateway))
    }
}
