//! Whose cart it is.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rialto_kernel::{CartId, SignedDuration, UserId};
use thiserror::Error;

/// How long a shopper's cart lives after its last change.
pub const SHOPPER_LIFE: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long a guest's cart, and the cookie that leads to it, lives after its last change.
pub const GUEST_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A text that cannot be a guest's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be the cartToken of an earlier answer")]
pub struct TokenError;

/// The secret by which a guest's browser is known: 32 random bytes. It is never stored: the cart's id is derived from
/// it and does not lead back.
#[derive(Clone, PartialEq, Eq)]
pub struct GuestToken(String);

impl GuestToken {
    /// The token of freshly drawn random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// Reads what a client sent.
    ///
    /// # Errors
    /// When it is not 32 bytes in base64url.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError)?;
        <[u8; 32]>::try_from(bytes).map(Self::new).map_err(|_| TokenError)
    }

    /// The text, for the guest's eyes only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for GuestToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GuestToken(..)")
    }
}

/// Who a cart belongs to. The cart's id follows from it, so nobody can reach another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// A person with an account: the same cart on every device.
    Shopper(UserId),
    /// A browser.
    Guest(GuestToken),
}

impl Owner {
    /// The one cart of this owner.
    #[must_use]
    pub fn cart_id(&self) -> CartId {
        match self {
            Self::Shopper(user) => CartId::named(&["shopper", &user.to_string()]),
            Self::Guest(token) => CartId::of_guest(token.expose()),
        }
    }

    /// How long the cart lives after its last change.
    #[must_use]
    pub fn cart_life(&self) -> SignedDuration {
        match self {
            Self::Shopper(_) => SHOPPER_LIFE,
            Self::Guest(_) => GUEST_LIFE,
        }
    }
}
