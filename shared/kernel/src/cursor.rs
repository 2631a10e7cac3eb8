//! Opaque positions in a list.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use thiserror::Error;

const VERSION: u8 = 1;

/// A cursor that does not belong to this list and query. It is always the client's mistake (400).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the cursor does not belong to this list and query: leave it out to start again")]
pub struct CursorError;

#[derive(Serialize, Deserialize)]
struct Body<T> {
    v: u8,
    f: String,
    p: T,
}

/// Turns a list's position into the text of `nextCursor` and back.
///
/// The text carries a version and a fingerprint of route and query. It never says whose list it is: that comes
/// from the caller's token.
#[derive(Debug)]
pub struct Cursor;

impl Cursor {
    /// `query` is whatever must not change between two pages: the route and its filters and sort.
    ///
    /// # Errors
    /// When the position cannot be written as JSON.
    pub fn encode<T: Serialize>(query: &str, position: &T) -> Result<String, CursorError> {
        let body = Body { v: VERSION, f: fingerprint(query), p: position };
        serde_json::to_vec(&body).map(|json| URL_SAFE_NO_PAD.encode(json)).map_err(|_| CursorError)
    }

    /// # Errors
    /// When the text is malformed, of another version, or of another route or query.
    pub fn decode<T: DeserializeOwned>(text: &str, query: &str) -> Result<T, CursorError> {
        let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let body: Body<T> = serde_json::from_slice(&json).map_err(|_| CursorError)?;
        if body.v == VERSION && body.f == fingerprint(query) { Ok(body.p) } else { Err(CursorError) }
    }
}

fn fingerprint(query: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(query.as_bytes()).get(..9).unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_a_cursor_when_the_query_changes_then_it_is_refused() {
        let cursor = Cursor::encode("GET /v1/orders status=", &("a", 7)).unwrap();
        assert_eq!(Cursor::decode::<(String, u32)>(&cursor, "GET /v1/orders status=").unwrap(), ("a".to_owned(), 7));
        assert_eq!(Cursor::decode::<(String, u32)>(&cursor, "GET /v1/orders status=CONFIRMED"), Err(CursorError));
        assert_eq!(Cursor::decode::<(String, u32)>("rubbish", "q"), Err(CursorError));
    }
}
