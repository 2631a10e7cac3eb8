//! The parameter with the public keys.

use std::fmt;

use aws_sdk_ssm::{Client, error::ProvideErrorMetadata, types::ParameterType};
use jsonwebtoken::jwk::JwkSet;
use rialto_lambda::{Context, InitError, env};

use crate::Error;

/// The parameter that `JWKS_PARAMETER` names: the JWKS that every function verifies tokens with.
#[derive(Clone)]
pub struct PublicKeys(Backend);

#[derive(Clone)]
enum Backend {
    Aws {
        client: Client,
        parameter: String,
    },
    #[cfg(test)]
    Memory(std::sync::Arc<std::sync::Mutex<Option<JwkSet>>>),
}

impl PublicKeys {
    /// The parameter of the function's stage.
    ///
    /// # Errors
    /// When `JWKS_PARAMETER` is not set.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self(Backend::Aws { client: Client::new(context.sdk()), parameter: env("JWKS_PARAMETER")? }))
    }

    /// The published keys; `None` before the first rotation. Only what a public key consists of is read.
    ///
    /// # Errors
    /// [`Error::Vault`], also when the parameter holds something else.
    pub async fn read(&self) -> Result<Option<JwkSet>, Error> {
        match &self.0 {
            Backend::Aws { client, parameter } => match client.get_parameter().name(parameter).send().await {
                Ok(answer) => {
                    let text = answer.parameter.and_then(|parameter| parameter.value);
                    text.map(|text| serde_json::from_str(&text)).transpose().map_err(Error::vault)
                }
                Err(error) if error.code() == Some("ParameterNotFound") => Ok(None),
                Err(error) => Err(Error::vault(error)),
            },
            #[cfg(test)]
            Backend::Memory(keys) => Ok(memory::read(keys)),
        }
    }

    /// Publishes these keys in place of those before.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub async fn publish(&self, keys: &JwkSet) -> Result<(), Error> {
        match &self.0 {
            Backend::Aws { client, parameter } => {
                let text = serde_json::to_string(keys).map_err(Error::vault)?;
                let put = client.put_parameter().name(parameter).r#type(ParameterType::String).overwrite(true);
                put.value(text).send().await.map(drop).map_err(Error::vault)
            }
            #[cfg(test)]
            Backend::Memory(published) => {
                memory::publish(published, keys);
                Ok(())
            }
        }
    }
}

impl fmt::Debug for PublicKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKeys")
    }
}

/// The same without AWS, for the tests of rotation.
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod memory {
    use std::sync::{Arc, Mutex};

    use super::{Backend, JwkSet, PublicKeys};

    impl PublicKeys {
        pub(crate) fn in_memory() -> Self {
            Self(Backend::Memory(Arc::new(Mutex::new(None))))
        }
    }

    pub(super) fn read(keys: &Mutex<Option<JwkSet>>) -> Option<JwkSet> {
        keys.lock().unwrap().clone()
    }

    pub(super) fn publish(published: &Mutex<Option<JwkSet>>, keys: &JwkSet) {
        *published.lock().unwrap() = Some(keys.clone());
    }
}
