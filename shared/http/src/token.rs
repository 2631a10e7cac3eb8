//! Access tokens: what is in them, and whether to believe it.

use std::collections::HashMap;

use http::header;
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, decode, decode_header,
    errors::ErrorKind,
    jwk::{AlgorithmParameters, EllipticCurve, JwkSet, PublicKeyUse},
};
use rialto_kernel::{SellerId, SessionId, Timestamp, UserId};
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
const ASK_AGAIN_SECONDS: i64 = 10;
/// Within so long a key that was removed is trusted no more.
const STALE_SECONDS: i64 = 10 * 60;
/// Keys that cannot be read again are still good for so long after they were read.
const TRUSTED_SECONDS: i64 = 60 * 60;
/// How long a failure to read them is remembered.
const RETRY_MILLIS: i64 = 1000;

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

/// Verifies tokens: ES256 only, by the stage's public keys, which it reads again every ten minutes and for a key id it does
/// not know.
pub struct Verifier {
    source: Box<dyn KeySource>,
    validation: Validation,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    /// When they were read, in epoch milliseconds.
    read: Option<i64>,
    /// When they could not be read again.
    failed: Option<i64>,
}

impl Known {
    /// Whether they were read less than so many seconds ago.
    fn read_within(&self, seconds: i64, now: i64) -> bool {
        self.read.is_some_and(|read| now.saturating_sub(read) < seconds.saturating_mul(1000))
    }

    fn failed_lately(&self, now: i64) -> bool {
        self.failed.is_some_and(|failed| now.saturating_sub(failed) < RETRY_MILLIS)
    }
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
        Self { source: Box::new(source), validation, known: RwLock::default() }
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
        self.verify(token.trim(), request.now()).await
    }

    async fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, Problem> {
        if token.len() > LONGEST {
            return Err(refused("the token is too long"));
        }
        let unreadable = || refused("the token is not one of ours");
        let header = decode_header(token).map_err(|_| unreadable())?;
        let key_id = header.kid.as_deref().filter(|_| ours(&header)).ok_or_else(unreadable)?;
        let key = self.key(key_id, now.as_millisecond()).await?.ok_or_else(unreadable)?;
        let decoded = decode::<Claims>(token, &key, &self.validation).map_err(|error| match error.kind() {
            // The signature was good, so saying this helps only the token's owner.
            ErrorKind::ExpiredSignature => refused("the token is expired"),
            _ => unreadable(),
        })?;
        Ok(decoded.claims)
    }

    async fn key(&self, id: &str, now: i64) -> Result<Option<DecodingKey>, Problem> {
        let known = self.known.read().await;
        if let Some(key) = known.keys.get(id).filter(|_| known.read_within(STALE_SECONDS, now)) {
            return Ok(Some(key.clone()));
        }
        drop(known);
        let mut known = self.known.write().await;
        let good_for = if known.keys.contains_key(id) { STALE_SECONDS } else { ASK_AGAIN_SECONDS };
        if !known.read_within(good_for, now) && !known.failed_lately(now) {
            self.read_again(&mut known, now).await;
        }
        let key = known.keys.get(id).filter(|_| known.read_within(TRUSTED_SECONDS, now)).cloned();
        if key.is_none() && known.failed.is_some() {
            // It may be one of those that could not be read.
            return Err(Problem::unavailable("there are no keys to verify tokens by"));
        }
        Ok(key)
    }

    async fn read_again(&self, known: &mut Known, now: i64) {
        let read = self.source.jwks().await.map_err(Problem::unavailable);
        match read.and_then(|jwks| keys_of(&jwks)) {
            Ok(keys) => *known = Known { keys, read: Some(now), failed: None },
            Err(problem) => {
                tracing::error!(error.message = problem.causes(), "public keys not read");
                known.failed = Some(now);
            }
        }
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
