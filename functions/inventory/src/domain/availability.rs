//! Availability as others are told it: by band, so that one sale does not rewrite every cart, page and document.

use rialto_events::types::AvailabilityStatus;
use serde::{Deserialize, Serialize};

/// The most units for which the number itself is told.
pub const LOW_BAND: u32 = 10;

/// How much of an offer can be bought, as far as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Band {
    /// The band.
    pub status: AvailabilityStatus,
    /// Units, when the band is `low`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<u32>,
}

impl Band {
    /// The band of `available` units, summed over all warehouses.
    #[must_use]
    pub fn of(available: u64) -> Self {
        match u32::try_from(available) {
            Ok(0) => Self { status: AvailabilityStatus::OutOfStock, available: None },
            Ok(units) if units <= LOW_BAND => Self { status: AvailabilityStatus::Low, available: Some(units) },
            _ => Self { status: AvailabilityStatus::InStock, available: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_sum_when_told_then_the_number_shows_only_when_low() {
        assert_eq!(Band::of(0).status, AvailabilityStatus::OutOfStock);
        assert_eq!(Band::of(1), Band { status: AvailabilityStatus::Low, available: Some(1) });
        assert_eq!(Band::of(10), Band { status: AvailabilityStatus::Low, available: Some(10) });
        assert_eq!(Band::of(11), Band { status: AvailabilityStatus::InStock, available: None });
        assert_eq!(Band::of(11), Band::of(u64::MAX));
        assert_ne!(Band::of(9), Band::of(10), "another number is another band");
    }
}
