//! Access tokens that are good but for one thing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use identity::crypto::SigningKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use rialto_testkit::Shop;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// A stack's own signing key, and the claims of a real token.
pub(super) struct Papers {
    key: EncodingKey,
    public: Jwk,
    header: Header,
    claims: Value,
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn read(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

impl Papers {
    pub(super) async fn like(shop: &Shop, token: &str) -> Self {
        let pem = shop.signing_key().await;
        let signing = SigningKey::from_pem(&pem.clone().into()).unwrap();
        let mut parts = token.split('.').map(read_or_null);
        let (header, claims) = (parts.next().unwrap(), parts.next().unwrap());
        assert_eq!(header["kid"], signing.kid(), "the stack's key has signed the token");
        let header = serde_json::from_value(header).unwrap();
        Self {
            key: EncodingKey::from_ec_pem(pem.as_bytes()).unwrap(),
            public: signing.public().clone(),
            header,
            claims,
        }
    }

    fn with_claim(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        claims[name] = value;
        encode(&self.header, &claims, &self.key).unwrap()
    }

    fn with_header(&self, change: impl FnOnce(&mut Header)) -> String {
        let mut header = self.header.clone();
        change(&mut header);
        encode(&header, &self.claims, &self.key).unwrap()
    }

    fn hmac(&self, secret: &[u8]) -> String {
        let header = Header { alg: Algorithm::HS256, ..self.header.clone() };
        encode(&header, &self.claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    /// With nothing wrong.
    pub(super) fn good(&self) -> String {
        self.with_header(|_| ())
    }

    /// With what [`acceptance::access::FALSE_PAPERS`] names.
    pub(super) fn falsified(&self, what: &str) -> String {
        let good = self.good();
        let (message, signature) = good.rsplit_once('.').unwrap();
        let (header, claims) = message.split_once('.').unwrap();
        let forger = SigningKey::generate().unwrap();
        let forging = EncodingKey::from_ec_pem(forger.expose_secret().as_bytes()).unwrap();
        let with_alg = |alg: &str| {
            let mut header = read(header);
            header["alg"] = json!(alg);
            part(&header)
        };
        match what {
            "expired" => self.with_claim("exp", json!(self.claims["iat"].as_i64().unwrap() - 60)),
            "alg none" => format!("{}.{claims}.", with_alg("none")),
            "HS256 by the public key's PEM" => self.hmac(public_pem(&self.public).as_bytes()),
            "HS256 by the JWK" => self.hmac(json!(self.public).to_string().as_bytes()),
            "alg RS256" => format!("{}.{claims}.{signature}", with_alg("RS256")),
            "wrong key" => encode(&self.header, &self.claims, &forging).unwrap(),
            "key in the header" => {
                let jwk = SigningKey::from_pem(&forger).unwrap().public().clone();
                let header = Header { jwk: Some(jwk), ..self.header.clone() };
                encode(&header, &self.claims, &forging).unwrap()
            }
            "wrong aud" => self.with_claim("aud", json!("billing-api")),
            "wrong iss" => self.with_claim("iss", json!("rialto/elsewhere")),
            "wrong typ" => self.with_header(|header| header.typ = Some("JWT".to_owned())),
            "no kid" => self.with_header(|header| header.kid = None),
            "unknown kid" => self.with_header(|header| header.kid = Some("elsewhere".to_owned())),
            "crit" => self.with_header(|header| header.crit = Some(vec!["b64".to_owned()])),
            "changed claims" => {
                let mut claims = self.claims.clone();
                claims["roles"] = json!(["shopper", "seller", "operator"]);
                format!("{header}.{}.{signature}", part(&claims))
            }
            "no signature" => format!("{message}."),
            unknown => panic!("nobody knows how to falsify papers by {unknown:?}"),
        }
    }
}

/// What a token says.
pub(super) fn claims_of(token: &str) -> Value {
    read(token.split('.').nth(1).unwrap())
}

/// A signature is no JSON.
fn read_or_null(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap_or_default()
}

/// SubjectPublicKeyInfo of a P-256 key: what libraries that mix up the two kinds of key take as an HMAC secret.
fn public_pem(jwk: &Jwk) -> String {
    const PREFIX: [u8; 27] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
        0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];
    let jwk = json!(jwk);
    let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let der = [PREFIX.to_vec(), coordinate("x"), coordinate("y")].concat();
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}
