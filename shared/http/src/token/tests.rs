#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, encode, jwk::Jwk};
use p256::{
    SecretKey,
    pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding},
};
use rialto_kernel::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::{keys::KeysUnavailable, testing::request};

struct Signer {
    id: &'static str,
    secret: SecretKey,
}

impl Signer {
    fn new(id: &'static str, seed: u8) -> Self {
        Self { id, secret: SecretKey::from_slice(&[seed; 32]).unwrap() }
    }

    fn key(&self) -> EncodingKey {
        EncodingKey::from_ec_pem(self.secret.to_pkcs8_pem(LineEnding::LF).unwrap().as_bytes()).unwrap()
    }

    fn public_pem(&self) -> String {
        self.secret.public_key().to_public_key_pem(LineEnding::LF).unwrap()
    }

    fn jwk(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.key(), Algorithm::ES256).unwrap();
        jwk.common.key_id = Some(self.id.to_owned());
        serde_json::to_value(jwk).unwrap()
    }

    fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.id.to_owned());
        header
    }

    fn sign(&self, claims: &Value) -> String {
        encode(&self.header(), claims, &self.key()).unwrap()
    }
}

fn claims() -> Value {
    let now = jsonwebtoken::get_current_timestamp();
    json!({
        "iss": "rialto/test", "aud": AUDIENCE, "sub": UserId::named(&["ada"]), "sid": SessionId::named(&["phone"]),
        "roles": ["shopper", "astronaut"], "iat": now, "exp": now + 900,
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[field] = value;
    claims
}

/// A verifier, and a token of its stage with these roles.
pub(crate) fn issued(roles: &[&str], seller: Option<SellerId>) -> (Verifier, String) {
    let signer = Signer::new("k1", 1);
    let mut claims = with("roles", json!(roles));
    claims["sellerId"] = json!(seller);
    (Verifier::new("test", jwks(&[&signer])), signer.sign(&claims))
}

fn jwks(signers: &[&Signer]) -> String {
    json!({ "keys": signers.iter().map(|signer| signer.jwk()).collect::<Vec<_>>() }).to_string()
}

async fn verify(verifier: &Verifier, token: &str) -> Result<Claims, Problem> {
    let request = request("GET", "/v1/me").header("authorization", &format!("Bearer {token}")).build();
    verifier.claims(&request).await
}

async fn assert_refused(verifier: &Verifier, what: &str, token: &str) {
    let Err(problem) = verify(verifier, token).await else { panic!("{what} was let in") };
    assert_eq!(problem.code(), code::INVALID_TOKEN, "{what}");
    let response = problem.respond("/v1/me", "r");
    assert!(response.headers()["www-authenticate"].to_str().unwrap().contains("invalid_token"), "{what}");
}

#[tokio::test]
async fn given_a_token_of_ours_when_verified_then_its_claims_are_known_and_unknown_roles_permit_nothing() {
    let signer = Signer::new("k1", 1);
    let verifier = Verifier::new("test", jwks(&[&signer]));
    let verified = verify(&verifier, &signer.sign(&claims())).await.unwrap();
    assert_eq!(verified.sub, UserId::named(&["ada"]));
    assert_eq!(verified.roles, [Role::Shopper, Role::Unknown]);
}

#[tokio::test]
async fn rfc8725_3_8_3_9_a_token_with_another_issuer_subject_or_audience_or_past_its_time_is_refused() {
    let signer = Signer::new("k1", 1);
    let verifier = Verifier::new("test", jwks(&[&signer]));
    let now = jsonwebtoken::get_current_timestamp();
    let wrong = [
        ("another audience", with("aud", json!("billing-api"))),
        ("another issuer", with("iss", json!("rialto/prod"))),
        ("expired", with("exp", json!(now - 60))),
        ("no expiry", with("exp", Value::Null)),
        ("no audience", with("aud", Value::Null)),
        ("no issuer", with("iss", Value::Null)),
        ("a subject of another kind", with("sub", json!("sel_0190163d8694739b9f3a1c5d7e9b2f40"))),
        ("roles of another type", with("roles", json!("operator"))),
    ];
    for (what, claims) in wrong {
        assert_refused(&verifier, what, &signer.sign(&claims)).await;
    }
}

#[tokio::test]
async fn rfc8725_3_1_3_2_3_3_3_10_a_forged_token_is_refused_whatever_its_header_says() {
    let (signer, forger) = (Signer::new("k1", 1), Signer::new("k1", 2));
    let verifier = Verifier::new("test", jwks(&[&signer]));
    let good = signer.sign(&claims());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = message.split_once('.').unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let none = part(&json!({"alg": "none", "typ": TYPE, "kid": "k1"}));
    let mut hmac = Header::new(Algorithm::HS256);
    hmac.typ = Some(TYPE.to_owned());
    hmac.kid = Some("k1".to_owned());
    let hmac = |secret: &[u8]| encode(&hmac, &claims(), &EncodingKey::from_secret(secret)).unwrap();
    let mut carries_key = forger.header();
    carries_key.jwk = Some(serde_json::from_value(forger.jwk()).unwrap());
    let forged = [
        ("alg none", format!("{none}.{}.", part(&claims()))),
        ("alg none with the signature of another", format!("{none}.{}.{signature}", part(&claims()))),
        ("HS256 with the public key as secret", hmac(signer.public_pem().as_bytes())),
        ("HS256 with the JWK as secret", hmac(signer.jwk().to_string().as_bytes())),
        ("another's key", forger.sign(&claims())),
        ("a key in the token itself", encode(&carries_key, &claims(), &forger.key()).unwrap()),
        ("changed claims", format!("{head}.{}.{signature}", part(&with("roles", json!(["operator"]))))),
        ("no signature", format!("{message}.")),
        ("an unknown key id", Signer { id: "k2", ..forger }.sign(&claims())),
        ("too long", "a".repeat(LONGEST + 1)),
        ("rubbish", "a.b.c".to_owned()),
    ];
    for (what, token) in forged {
        assert_refused(&verifier, what, &token).await;
    }
}

#[tokio::test]
async fn rfc8725_3_11_a_token_of_another_type_or_with_a_critical_header_is_refused() {
    let signer = Signer::new("k1", 1);
    let verifier = Verifier::new("test", jwks(&[&signer]));
    let sign = |change: fn(&mut Header)| {
        let mut header = signer.header();
        change(&mut header);
        encode(&header, &claims(), &signer.key()).unwrap()
    };
    assert_refused(&verifier, "typ JWT", &sign(|header| header.typ = Some("JWT".to_owned()))).await;
    assert_refused(&verifier, "no typ", &sign(|header| header.typ = None)).await;
    assert_refused(&verifier, "no kid", &sign(|header| header.kid = None)).await;
    assert_refused(&verifier, "crit", &sign(|header| header.crit = Some(vec!["b64".to_owned()]))).await;
}

#[tokio::test]
async fn given_no_bearer_token_when_one_is_wanted_then_401_asks_for_it() {
    let verifier = Verifier::new("test", jwks(&[]));
    for header in [None, Some("Basic YTpi"), Some("Bearer"), Some("")] {
        let mut builder = request("GET", "/v1/me");
        if let Some(header) = header {
            builder = builder.header("authorization", header);
        }
        let problem = verifier.claims(&builder.build()).await.unwrap_err();
        assert_eq!(problem.code(), code::UNAUTHENTICATED, "{header:?}");
    }
    let twice = request("GET", "/").header("authorization", "Bearer a").header("authorization", "Bearer b").build();
    assert_eq!(verifier.claims(&twice).await.unwrap_err().code(), code::INVALID_TOKEN);
}

#[derive(Clone, Default)]
struct Changing {
    jwks: Arc<Mutex<Option<String>>>,
    asked: Arc<AtomicUsize>,
}

#[async_trait]
impl KeySource for Changing {
    async fn jwks(&self) -> Result<String, KeysUnavailable> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.jwks.lock().unwrap().clone().ok_or_else(|| KeysUnavailable("throttled".to_owned()))
    }
}

async fn verify_at(verifier: &Verifier, seconds: i64, token: &str) -> Result<Claims, Problem> {
    let now = Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    let request = request("GET", "/v1/me").header("authorization", &format!("Bearer {token}")).at(now).build();
    verifier.claims(&request).await
}

impl Changing {
    fn of(signers: &[&Signer]) -> (Self, Verifier) {
        let source = Self::default();
        source.set(signers);
        (source.clone(), Verifier::new("test", source))
    }

    fn set(&self, signers: &[&Signer]) {
        *self.jwks.lock().unwrap() = Some(jwks(signers));
    }

    fn fail(&self) {
        *self.jwks.lock().unwrap() = None;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn code_of(outcome: Result<Claims, Problem>) -> Option<crate::code::Code> {
    outcome.err().map(|problem| problem.code())
}

#[tokio::test]
async fn given_a_rotated_key_when_its_token_comes_then_the_keys_are_read_again_but_not_for_each_forgery() {
    let (old, new, forger) = (Signer::new("k1", 1), Signer::new("k2", 2), Signer::new("k9", 9));
    let (source, verifier) = Changing::of(&[&old]);
    verify(&verifier, &old.sign(&claims())).await.unwrap();
    verify(&verifier, &old.sign(&claims())).await.unwrap();
    assert_eq!(source.asked(), 1, "once a cold start");
    for _ in 0..5 {
        assert_refused(&verifier, "forgery", &forger.sign(&claims())).await;
    }
    assert_eq!(source.asked(), 1, "forgeries soon after a read do not read again");

    source.set(&[&new, &old]);
    assert_eq!(code_of(verify_at(&verifier, 9, &new.sign(&claims())).await), Some(code::INVALID_TOKEN));
    verify_at(&verifier, 10, &new.sign(&claims())).await.unwrap();
    verify_at(&verifier, 10, &old.sign(&claims())).await.unwrap();
    assert_eq!(source.asked(), 2);
}

#[tokio::test]
async fn given_a_removed_key_when_ten_minutes_have_passed_then_its_tokens_are_good_no_more() {
    let (removed, other) = (Signer::new("k1", 1), Signer::new("k2", 2));
    let (source, verifier) = Changing::of(&[&removed, &other]);
    let (token, good) = (removed.sign(&claims()), other.sign(&claims()));
    verify_at(&verifier, 0, &token).await.unwrap();
    source.set(&[&other]);
    verify_at(&verifier, 599, &token).await.unwrap();
    assert_eq!(code_of(verify_at(&verifier, 600, &token).await), Some(code::INVALID_TOKEN));
    verify_at(&verifier, 600, &good).await.unwrap();
    assert_eq!(source.asked(), 2);
}

#[tokio::test]
async fn given_keys_that_cannot_be_read_again_when_tokens_come_then_the_old_ones_are_good_for_an_hour() {
    let (signer, forger) = (Signer::new("k1", 1), Signer::new("k9", 9));
    let (source, verifier) = Changing::of(&[&signer]);
    let token = signer.sign(&claims());
    verify_at(&verifier, 0, &token).await.unwrap();
    source.fail();
    for _ in 0..5 {
        verify_at(&verifier, 600, &token).await.unwrap();
    }
    assert_eq!(source.asked(), 2, "a failure is remembered");
    verify_at(&verifier, 3599, &token).await.unwrap();
    assert_eq!(source.asked(), 3, "and forgotten");
    let unknown = verify_at(&verifier, 3599, &forger.sign(&claims())).await;
    assert_eq!(code_of(unknown), Some(code::UNAVAILABLE), "it may be new");
    assert_eq!(code_of(verify_at(&verifier, 3600, &token).await), Some(code::UNAVAILABLE));
    source.set(&[&signer]);
    verify_at(&verifier, 3601, &token).await.unwrap();
}

#[tokio::test]
async fn given_keys_that_cannot_be_read_when_tokens_come_then_503_and_they_are_asked_for_once_a_second() {
    let signer = Signer::new("k1", 1);
    let (source, verifier) = Changing::of(&[]);
    source.fail();
    for _ in 0..5 {
        let refused = verify_at(&verifier, 0, &signer.sign(&claims())).await;
        assert_eq!(code_of(refused), Some(code::UNAVAILABLE));
    }
    assert_eq!(source.asked(), 1);
    source.set(&[&signer]);
    verify_at(&verifier, 1, &signer.sign(&claims())).await.unwrap();
}
