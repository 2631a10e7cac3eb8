//! The ways a request names a line.

use std::{fmt, str::FromStr};

use rialto_kernel::{CartItemId, OfferId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

const LONGEST_SKU: usize = 100;

/// A text no seller can have as a sku.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be 1 to 100 characters without control characters")]
pub struct SkuError;

/// A seller's own text for an offer, unique within the seller only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sku(String);

impl Sku {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Sku {
    type Err = SkuError;
    fn from_str(text: &str) -> Result<Self, SkuError> {
        let text = text.trim();
        let fits = (1..=LONGEST_SKU).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(SkuError) }
    }
}

impl TryFrom<String> for Sku {
    type Error = SkuError;
    fn try_from(text: String) -> Result<Self, SkuError> {
        text.parse()
    }
}

impl From<Sku> for String {
    fn from(sku: Sku) -> Self {
        sku.0
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What `itemId` of `PATCH /v1/cart` names. A text that is no id is a sku.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineReference {
    /// A line of this cart.
    Line(CartItemId),
    /// An offer, in the cart or not yet.
    Offer(OfferId),
    /// A sku, in the cart or not yet.
    Sku(Sku),
}

impl FromStr for LineReference {
    type Err = SkuError;
    fn from_str(text: &str) -> Result<Self, SkuError> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Line(id));
        }
        if let Ok(id) = text.parse() {
            return Ok(Self::Offer(id));
        }
        text.parse().map(Self::Sku)
    }
}
