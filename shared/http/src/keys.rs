//! Where the public keys come from.

use async_trait::async_trait;
use rialto_lambda::{Context, InitError, env};
use thiserror::Error;

/// The public keys could not be had.
#[derive(Debug, Error)]
#[error("the public keys could not be read: {0}")]
pub struct KeysUnavailable(pub String);

/// A source of public keys.
#[async_trait]
pub trait KeySource: Send + Sync {
    /// The JWKS document (RFC 7517) as JSON text.
    async fn jwks(&self) -> Result<String, KeysUnavailable>;
}

/// Keys that do not change.
#[async_trait]
impl KeySource for String {
    async fn jwks(&self) -> Result<String, KeysUnavailable> {
        Ok(self.clone())
    }
}

/// The stage's parameter, which the rotation of keys writes.
#[derive(Debug, Clone)]
pub struct ParameterKeys {
    client: aws_sdk_ssm::Client,
    name: String,
}

impl ParameterKeys {
    /// The parameter named by the environment variable `JWKS_PARAMETER`.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self { client: aws_sdk_ssm::Client::new(context.sdk()), name: env("JWKS_PARAMETER")? })
    }
}

#[async_trait]
impl KeySource for ParameterKeys {
    async fn jwks(&self) -> Result<String, KeysUnavailable> {
        let answer = self.client.get_parameter().name(&self.name).send().await;
        let answer = answer.map_err(|error| KeysUnavailable(error.into_service_error().to_string()))?;
        let value = answer.parameter.and_then(|parameter| parameter.value);
        value.ok_or_else(|| KeysUnavailable(format!("the parameter {} is empty", self.name)))
    }
}
