//! Access tokens: what is in them, and whether to believe it.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use http::header;
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, decode, decode_header,
    errors::ErrorKind,
    jwk::{AlgorithmParameters, EllipticCurve, JwkSet, PublicKeyUse},
};
use rialto_kernel::{SellerId, SessionId, UserId};
use serde::{Deserialize, Serialize};
use tokio::sync::RwLock;

use crate::{code, keys::KeySource, problem::Problem, request::Request};

/// `aud` of every token.
pub const AUDIENCE: &str = "rialto-api";
/// `typ` in every token's header (RFC 9068).
pub const TYPE: &str = "at+jwt";
/// Seconds by which the clocks of issuer and verifier may differ.
const LEEWAY_SECONDS: u64 = 5;
const LONGEST: usize = 4096;
/// Forged key ids must not make us ask for the keys at each request.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// `iss` of a stage's tokens.
#[must_use]
pub fn issuer(stage: &str) -> String {
    format!("rialto/{stage}")
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// See [`issuer`].
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// The person.
    pub sub: UserId,
    /// What the person may act as.
    pub roles: Vec<Role>,
    /// The seller the person acts for, with [`Role::Seller`].
    #[serde(rename = "sellerId", default, skip_serializing_if = "Option::is_none")]
    pub seller_id: Option<SellerId>,
    /// The login session.
    pub sid: SessionId,
    /// When it was issued, in epoch seconds.
    pub iat: i64,
    /// When it ends, in epoch seconds.
    pub exp: i64,
}

/// What a person may act as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Buys. Everyone who registers.
    Shopper,
    /// Sells, for one seller.
    Seller,
    /// Runs the shop.
    Operator,
    /// A role that this version does not know: it permits nothing.
    #[serde(other)]
    Unknown,
}

/// Verifies tokens: ES256 only, by the stage's public keys, which it reads once and again for a key id it does not know.
pub struct Verifier {
    source: Box<dyn KeySource>,
    validation: Validation,
    ask_again_after: Duration,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    asked: Option<Instant>,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Verifier")
    }
}

impl Verifier {
    /// A verifier of this stage's tokens.
    #[must_use]
    pub fn new(stage: &str, source: impl KeySource + 'static) -> Self {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[issuer(stage)]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = LEEWAY_SECONDS;
        Self { source: Box::new(source), validation, ask_again_after: ASK_AGAIN_AFTER, known: RwLock::default() }
    }

    /// The claims of the request's bearer token.
    ///
    /// # Errors
    /// 401 without a token or with one that is expired, forged or not for this API; 503 when there are no keys to be had.
    pub async fn claims(&self, request: &Request) -> Result<Claims, Problem> {
        let mut values = request.headers.get_all(header::AUTHORIZATION).iter();
        let value = values.next().ok_or_else(missing)?;
        if values.next().is_some() {
            return Err(refused("more than one Authorization header"));
        }
        let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(missing)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(missing());
        }
        self.verify(token.trim()).await
    }

    async fn verify(&self, token: &str) -> Result<Claims, Problem> {
        if token.len() > LONGEST {
            return Err(refused("the token is too long"));
        }
        let unreadable = || refused("the token is not one of ours");
        let header = decode_header(token).map_err(|_| unreadable())?;
        let key_id = header.kid.as_deref().filter(|_| ours(&header)).ok_or_else(unreadable)?;
        let key = self.key(key_id).await?.ok_or_else(unreadable)?;
        let decoded = decode::<Claims>(token, &key, &self.validation).map_err(|error| match error.kind() {
            // The signature was good, so saying this helps only the token's owner.
            ErrorKind::ExpiredSignature => refused("the token is expired"),
            _ => unreadable(),
        })?;
        Ok(decoded.claims)
    }

    async fn key(&self, id: &str) -> Result<Option<DecodingKey>, Problem> {
        if let Some(key) = self.known.read().await.keys.get(id) {
            return Ok(Some(key.clone()));
        }
        let mut known = self.known.write().await;
        let asked_lately = known.asked.is_some_and(|asked| asked.elapsed() < self.ask_again_after);
        if !known.keys.contains_key(id) && !asked_lately {
            known.keys = keys_of(&self.source.jwks().await.map_err(Problem::unavailable)?)?;
            known.asked = Some(Instant::now());
        }
        Ok(known.keys.get(id).cloned())
    }
}

fn ours(header: &Header) -> bool {
    let typ = header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
    let typ = typ.strip_prefix("application/").unwrap_or(&typ);
    header.alg == Algorithm::ES256 && typ == TYPE && header.crit.is_none()
}

/// The P-256 signature keys of a JWKS; others are not ours to use.
fn keys_of(jwks: &str) -> Result<HashMap<String, DecodingKey>, Problem> {
    let set: JwkSet = serde_json::from_str(jwks).map_err(Problem::internal)?;
    let usable = set.keys.iter().filter(|key| {
        let signs = !matches!(key.common.public_key_use, Some(ref usage) if *usage != PublicKeyUse::Signature);
        let p256 = matches!(&key.algorithm, AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256);
        signs && p256
    });
    Ok(usable.filter_map(|key| Some((key.common.key_id.clone()?, DecodingKey::from_jwk(key).ok()?))).collect())
}

fn missing() -> Problem {
    Problem::of(code::UNAUTHENTICATED).header(header::WWW_AUTHENTICATE, r#"Bearer realm="rialto""#)
}

fn refused(detail: &str) -> Problem {
    Problem::of(code::INVALID_TOKEN)
        .detail(detail)
        .header(header::WWW_AUTHENTICATE, r#"Bearer realm="rialto", error="invalid_token""#)
}

#[cfg(test)]
pub(crate) mod tests;
