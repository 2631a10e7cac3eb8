//! The stock of one offer in one warehouse.

use serde::{Deserialize, Serialize};

use super::Movement;

/// The most units of an offer that one warehouse can hold.
pub const MAX_ON_HAND: u32 = 1_000_000_000;

/// Units of one offer in one warehouse: `available = onHand - reserved`, none of them negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Level {
    /// Units in the warehouse that are not sold: a unit leaves it when its order is confirmed.
    pub on_hand: u32,
    /// Units set aside for orders, part of `on_hand`.
    pub reserved: u32,
    /// Units that can be reserved.
    pub available: u32,
}

impl Level {
    /// The level after a movement; `None` when a count would leave its bounds.
    #[must_use]
    pub fn after(self, movement: &Movement) -> Option<Self> {
        let on_hand = shift(self.on_hand, movement.delta_on_hand)?;
        let reserved = shift(self.reserved, movement.delta_reserved)?;
        let available = on_hand.checked_sub(reserved)?;
        (on_hand <= MAX_ON_HAND).then_some(Self { on_hand, reserved, available })
    }
}

fn shift(units: u32, by: i64) -> Option<u32> {
    u32::try_from(i64::from(units).checked_add(by)?).ok()
}

/// What setting the on-hand stock to a counted number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// The books say so already.
    Unchanged,
    /// Units to add to or take from the stock.
    Moved(i64),
    /// Fewer than the units set aside for orders: refused.
    BelowReserved {
        /// The units set aside.
        reserved: u32,
    },
}

/// Compares the books with `counted` units.
#[must_use]
pub fn count(level: Level, counted: u32) -> Count {
    if counted == level.on_hand {
        Count::Unchanged
    } else if counted < level.reserved {
        Count::BelowReserved { reserved: level.reserved }
    } else {
        Count::Moved(i64::from(counted) - i64::from(level.on_hand))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_count_when_compared_then_what_is_reserved_stays() {
        let level = Level { on_hand: 5, reserved: 3, available: 2 };
        assert_eq!(count(level, 5), Count::Unchanged);
        assert_eq!(count(level, 9), Count::Moved(4));
        assert_eq!(count(level, 3), Count::Moved(-2));
        assert_eq!(count(level, 2), Count::BelowReserved { reserved: 3 });
    }
}
