//! The header, and what is derived from it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rialto_dynamo::Key;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use crate::{
    code,
    problem::{Fault, Problem},
    request::Request,
};

const HEADER: &str = "Idempotency-Key";
const LONGEST: usize = 255;

/// For `params(...)` of a route that requires a key.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "names the header for the contract")]
pub struct Required {
    /// New for each thing that is wanted, the same when asking again for that thing.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    key: String,
}

/// For `params(...)` of a route that accepts a key.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "names the header for the contract")]
pub struct Accepted {
    /// New for each thing that is wanted, the same when asking again for that thing.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    key: Option<String>,
}

pub(super) fn required(request: &Request) -> Result<(), Problem> {
    match given(request)? {
        Some(_) => Ok(()),
        None => Err(Problem::of(code::IDEMPOTENCY_KEY_REQUIRED).parameter(HEADER, Fault::Required, "is missing")),
    }
}

/// The row of the request's key, which is `scope`'s, and the fingerprint of what it asks for; `None` where no key is given or
/// kept.
pub(super) fn of(request: &Request, scope: Option<String>) -> Result<Option<(Key, String)>, Problem> {
    let (Some(key), Some(scope)) = (given(request)?, scope) else { return Ok(None) };
    // Hashed, since a guest is known by a secret. The key goes into the fingerprint too: without it, a body with a
    // password could be guessed from its stored hash.
    let row = digest(&[scope.as_bytes(), request.function().as_bytes(), key.as_bytes()]);
    let (method, path) = (request.method().as_str(), request.path());
    let asked = digest(&[key.as_bytes(), method.as_bytes(), path.as_bytes(), request.query.as_bytes(), request.body()]);
    Ok(Some((Key::new(format!("IDEM#{row}"), "IDEM"), asked)))
}

fn given(request: &Request) -> Result<Option<&str>, Problem> {
    let Some(value) = request.headers.get(HEADER) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    if visible && (1..=LONGEST).contains(&text.len()) {
        return Ok(Some(text));
    }
    Err(Problem::bad_header(HEADER, "must be 1 to 255 visible ASCII characters"))
}

/// SHA-256 over the parts, each with its length before it.
fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}
