//! The secret with the private keys.

use std::fmt;

use aws_sdk_secretsmanager::{Client, error::ProvideErrorMetadata, error::SdkError};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rialto_lambda::Context;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::Error;

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

/// A version of the signing key. `Debug` shows nothing of the key.
#[derive(Debug, Clone)]
pub struct KeyVersion {
    /// The version's id.
    pub id: String,
    /// The private key as PKCS#8 in PEM.
    pub pem: SecretString,
}

/// The secret `<stage>/identity/signing-key`.
#[derive(Clone)]
pub struct SigningKeys(Backend);

#[derive(Clone)]
enum Backend {
    Aws {
        client: Client,
        secret: String,
    },
    #[cfg(test)]
    Memory(std::sync::Arc<std::sync::Mutex<Vec<KeyVersion>>>),
}

impl SigningKeys {
    /// The secret of the function's stage.
    #[must_use]
    pub fn of(context: &Context) -> Self {
        let secret = format!("{}/identity/signing-key", context.stage());
        Self(Backend::Aws { client: Client::new(context.sdk()), secret })
    }

    /// The key that signs; `None` before the first rotation.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub async fn current(&self) -> Result<Option<KeyVersion>, Error> {
        self.version(CURRENT).await
    }

    /// The key that signed before the current one, if there was one.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub async fn previous(&self) -> Result<Option<KeyVersion>, Error> {
        self.version(PREVIOUS).await
    }

    /// Makes `pem` the current key if `before` (`None`: no key) still is. `false`: another rotation was faster.
    ///
    /// The first key comes with the making of the secret, whose name is unique. Each later one is a version whose id
    /// follows from the version before it, and Secrets Manager refuses a second content for an id: of two at once one wins.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub async fn replace(&self, before: Option<&KeyVersion>, pem: &SecretString) -> Result<bool, Error> {
        match (&self.0, before) {
            (Backend::Aws { client, secret }, None) => {
                let made = client.create_secret().name(secret).secret_string(pem.expose_secret()).send().await;
                won(made.map(drop))
            }
            (Backend::Aws { client, secret }, Some(before)) => {
                let put = client.put_secret_value().secret_id(secret).client_request_token(successor(&before.id));
                won(put.secret_string(pem.expose_secret()).send().await.map(drop))
            }
            #[cfg(test)]
            (Backend::Memory(versions), before) => Ok(memory::replace(versions, before, pem)),
        }
    }

    async fn version(&self, stage: &str) -> Result<Option<KeyVersion>, Error> {
        match &self.0 {
            Backend::Aws { client, secret } => {
                match client.get_secret_value().secret_id(secret).version_stage(stage).send().await {
                    Ok(answer) => {
                        let found = answer.version_id.zip(answer.secret_string);
                        Ok(found.map(|(id, pem)| KeyVersion { id, pem: pem.into() }))
                    }
                    Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
                    Err(error) => Err(Error::vault(error)),
                }
            }
            #[cfg(test)]
            Backend::Memory(versions) => Ok(memory::version(versions, stage)),
        }
    }
}

/// The id of the version after `id`; ids have 32 to 64 characters.
fn successor(id: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(id.as_bytes()))
}

fn won<E, R>(outcome: Result<(), SdkError<E, R>>) -> Result<bool, Error>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: fmt::Debug + Send + Sync + 'static,
{
    match outcome {
        Ok(()) => Ok(true),
        Err(error) if error.code() == Some("ResourceExistsException") => Ok(false),
        Err(error) => Err(Error::vault(error)),
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeys")
    }
}

/// The same without AWS, for the tests of rotation.
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod memory {
    use std::sync::{Arc, Mutex};

    use super::{Backend, CURRENT, KeyVersion, SecretString, SigningKeys, successor};

    impl SigningKeys {
        pub(crate) fn in_memory() -> Self {
            Self(Backend::Memory(Arc::new(Mutex::new(Vec::new()))))
        }
    }

    pub(super) fn replace(versions: &Mutex<Vec<KeyVersion>>, before: Option<&KeyVersion>, pem: &SecretString) -> bool {
        let mut versions = versions.lock().unwrap();
        let id = before.map_or_else(|| "first".to_owned(), |before| successor(&before.id));
        let new = versions.iter().all(|version| version.id != id);
        if new {
            versions.push(KeyVersion { id, pem: pem.clone() });
        }
        new
    }

    pub(super) fn version(versions: &Mutex<Vec<KeyVersion>>, stage: &str) -> Option<KeyVersion> {
        versions.lock().unwrap().iter().rev().nth(usize::from(stage != CURRENT)).cloned()
    }
}
