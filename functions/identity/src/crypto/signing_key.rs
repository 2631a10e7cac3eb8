//! The ES256 key that signs access tokens.

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rialto_http::token;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::Error;

const PEM_TAG: &str = "PRIVATE KEY";

/// A private key on P-256 and the public key that goes with it. `Debug` shows only the key id.
#[derive(Clone)]
pub struct SigningKey {
    private: EncodingKey,
    public: Jwk,
    kid: String,
}

impl SigningKey {
    /// A new private key, as PKCS#8 in PEM.
    ///
    /// # Errors
    /// [`Error::SigningKey`].
    pub fn generate() -> Result<SecretString, Error> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| Error::SigningKey)?;
        let der = pair.to_pkcs8v1().map_err(|_| Error::SigningKey)?;
        Ok(pem::encode(&pem::Pem::new(PEM_TAG, der.as_ref())).into())
    }

    /// # Errors
    /// [`Error::SigningKey`] when the text is no P-256 private key as PKCS#8 in PEM.
    pub fn from_pem(text: &SecretString) -> Result<Self, Error> {
        let private = EncodingKey::from_ec_pem(text.expose_secret().as_bytes()).map_err(|_| Error::SigningKey)?;
        let mut public = Jwk::from_encoding_key(&private, Algorithm::ES256).map_err(|_| Error::SigningKey)?;
        let kid = public.thumbprint(ThumbprintHash::SHA256).map_err(|_| Error::SigningKey)?;
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        public.common.key_id = Some(kid.clone());
        Ok(Self { private, public, kid })
    }

    /// The public key, with `kid`, `alg` and `use`. Its `kid` is its RFC 7638 thumbprint, so equal keys have equal ids.
    #[must_use]
    pub fn public(&self) -> &Jwk {
        &self.public
    }

    /// The id of the key, in the header of each token it signs.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Signs claims into an access token.
    ///
    /// # Errors
    /// [`Error::SigningKey`].
    pub fn sign<C: Serialize>(&self, claims: &C) -> Result<String, Error> {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(token::TYPE.to_owned());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.private).map_err(|_| Error::SigningKey)
    }
}

/// The JWKS of some keys' public halves, in their order, each once.
#[must_use]
pub fn public_keys<'a>(keys: impl IntoIterator<Item = &'a Jwk>) -> JwkSet {
    let mut set = JwkSet { keys: Vec::new() };
    for key in keys {
        if !set.keys.contains(key) {
            set.keys.push(key.clone());
        }
    }
    set
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_a_generated_key_when_read_back_then_it_has_a_public_half_without_the_private_one() {
        let key = SigningKey::from_pem(&SigningKey::generate().unwrap()).unwrap();
        let jwk = serde_json::to_value(key.public()).unwrap();
        let mut fields: Vec<_> = jwk.as_object().unwrap().keys().cloned().collect();
        fields.sort();
        assert_eq!(fields, ["alg", "crv", "kid", "kty", "use", "x", "y"], "no d");
        assert_eq!(
            (jwk["alg"].as_str(), jwk["crv"].as_str(), jwk["use"].as_str()),
            (Some("ES256"), Some("P-256"), Some("sig"))
        );
    }

    #[test]
    fn given_a_text_that_is_no_key_when_read_then_it_is_refused() {
        assert!(
            SigningKey::from_pem(&"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".into()).is_err()
        );
    }

    #[test]
    fn given_a_key_when_debugged_then_only_its_id_shows() {
        let key = SigningKey::from_pem(&SigningKey::generate().unwrap()).unwrap();
        assert_eq!(format!("{key:?}"), format!("SigningKey {{ kid: {:?}, .. }}", key.kid));
    }
}
