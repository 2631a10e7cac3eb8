//! How many units of an offer someone wants.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

/// A number of units from 1 to [`Quantity::MAX`].
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, schemars::JsonSchema,
)]
#[serde(try_from = "u32", into = "u32")]
#[schema(value_type = u32, minimum = 1, maximum = 9999, example = 2)]
pub struct Quantity(#[schemars(range(min = 1, max = 9999))] u32);

/// A number of units outside 1 to [`Quantity::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be a whole number from 1 to {}", Quantity::MAX)]
pub struct QuantityError;

impl Quantity {
    /// The most units one line may ask for.
    pub const MAX: u32 = 9_999;
    /// One unit.
    pub const ONE: Self = Self(1);

    /// # Errors
    /// When `units` is 0 or above [`Quantity::MAX`].
    pub fn new(units: u32) -> Result<Self, QuantityError> {
        if (1..=Self::MAX).contains(&units) { Ok(Self(units)) } else { Err(QuantityError) }
    }

    /// The number of units.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// # Errors
    /// When the sum is above [`Quantity::MAX`].
    pub fn checked_add(self, other: Self) -> Result<Self, QuantityError> {
        self.0.checked_add(other.0).ok_or(QuantityError).and_then(Self::new)
    }
}

impl TryFrom<u32> for Quantity {
    type Error = QuantityError;
    fn try_from(units: u32) -> Result<Self, QuantityError> {
        Self::new(units)
    }
}

impl From<Quantity> for u32 {
    fn from(quantity: Quantity) -> Self {
        quantity.0
    }
}
