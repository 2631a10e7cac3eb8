//! Who a guest is: the bearer of a cart token.

use std::{fmt, str::FromStr};

use crate::{problem::Problem, request::Request};

const HEADER: &str = "cart-token";
const COOKIE: &str = "cart";
const LONGEST: usize = 256;

/// A guest's cart token: a secret that the carts service draws and alone can read. Redacted in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct GuestToken(String);

impl GuestToken {
    /// The token's text.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn of(request: &Request) -> Result<Option<Self>, Problem> {
        if let Some(value) = request.headers.get(HEADER) {
            let text = value.to_str().unwrap_or_default();
            let token = text.parse().map_err(|MalformedGuestToken| {
                Problem::bad_header("Cart-Token", "must be the cartToken of a cart: letters, digits, '.', '_' and '-'")
            })?;
            return Ok(Some(token));
        }
        let cookies = request.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
        Ok(pairs.find(|(name, _)| *name == COOKIE).and_then(|(_, value)| value.parse().ok()))
    }
}

/// A text that no cart token can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MalformedGuestToken;

impl FromStr for GuestToken {
    type Err = MalformedGuestToken;

    fn from_str(text: &str) -> Result<Self, MalformedGuestToken> {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
        if plain && (1..=LONGEST).contains(&text.len()) { Ok(Self(text.to_owned())) } else { Err(MalformedGuestToken) }
    }
}

impl fmt::Debug for GuestToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GuestToken(..)")
    }
}
