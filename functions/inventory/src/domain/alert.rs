//! When the people behind an offer are told that it runs out, or is back.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How an offer stands to its seller's threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StockAlert {
    /// Above the threshold, or above nothing where there is none.
    #[default]
    None,
    /// At the threshold or below.
    Low,
    /// Nothing is left.
    Depleted,
}

/// What is told when an offer goes from one alert to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// `StockLow`.
    Low,
    /// `StockDepleted`.
    Depleted,
    /// `StockReplenished`.
    Replenished,
}

impl StockAlert {
    /// The alert for so many units that can be bought, over all warehouses.
    #[must_use]
    pub fn of(available: u64, threshold: Option<u32>) -> Self {
        match threshold {
            _ if available == 0 => Self::Depleted,
            Some(threshold) if available <= u64::from(threshold) => Self::Low,
            _ => Self::None,
        }
    }

    /// What is told when this alert becomes `next`; nothing while it stays.
    #[must_use]
    pub fn crossing(self, next: Self) -> Option<Crossing> {
        match (self, next) {
            (Self::None, Self::Low) => Some(Crossing::Low),
            (Self::None | Self::Low, Self::Depleted) => Some(Crossing::Depleted),
            (Self::Depleted, Self::Low | Self::None) | (Self::Low, Self::None) => Some(Crossing::Replenished),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_units_and_a_threshold_when_judged_then_the_threshold_itself_is_low() {
        for (available, threshold, expected) in [
            (0, None, StockAlert::Depleted),
            (0, Some(0), StockAlert::Depleted),
            (1, None, StockAlert::None),
            (1, Some(0), StockAlert::None),
            (5, Some(5), StockAlert::Low),
            (6, Some(5), StockAlert::None),
            (u64::MAX, Some(u32::MAX), StockAlert::None),
        ] {
            assert_eq!(StockAlert::of(available, threshold), expected, "{available} {threshold:?}");
        }
    }

    #[test]
    fn given_any_walk_of_the_stock_when_told_then_nothing_is_told_twice_in_a_row_and_staying_is_silent() {
        let walk = [9, 5, 4, 5, 0, 0, 3, 2, 0, 9, 8];
        let mut alert = StockAlert::None;
        let told: Vec<_> = walk
            .iter()
            .filter_map(|units| {
                let next = StockAlert::of(*units, Some(5));
                let crossing = alert.crossing(next);
                alert = next;
                crossing
            })
            .collect();
        use Crossing::{Depleted, Low, Replenished};
        assert_eq!(told, [Low, Depleted, Replenished, Depleted, Replenished]);
    }
}
