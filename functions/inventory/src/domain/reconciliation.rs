//! Whether the stock of an offer is what its ledger says.

use std::collections::BTreeMap;

use rialto_kernel::WarehouseId;
use serde::{Deserialize, Serialize};

use super::{Level, Movement};

/// What the ledger says of an offer in a warehouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// Units in the warehouse.
    pub on_hand: i64,
    /// Units set aside.
    pub reserved: i64,
    /// Movements.
    pub movements: u64,
}

/// What the books of an offer in a warehouse come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They agree.
    Sound,
    /// Movements that the stock row counted are not in the ledger as it was read. It may lag, so this is certain only
    /// when it is seen again much later.
    Missing,
    /// They differ for certain.
    Different,
}

/// The ledger by warehouse.
#[must_use]
pub fn sum_up(movements: &[Movement]) -> BTreeMap<WarehouseId, Ledger> {
    movements.iter().fold(BTreeMap::new(), |mut books, movement| {
        let ledger: &mut Ledger = books.entry(movement.warehouse_id).or_default();
        ledger.on_hand = ledger.on_hand.saturating_add(movement.delta_on_hand);
        ledger.reserved = ledger.reserved.saturating_add(movement.delta_reserved);
        ledger.movements = ledger.movements.saturating_add(1);
        books
    })
}

/// Compares a stock row, which counts its movements in its version, with its ledger. Both must have been read while no
/// movement came in between.
#[must_use]
pub fn compare(level: Level, version: u64, ledger: Ledger) -> Verdict {
    let balanced = i64::from(level.on_hand) - i64::from(level.reserved) == i64::from(level.available);
    if !balanced || ledger.movements > version {
        return Verdict::Different;
    }
    if ledger.movements < version {
        return Verdict::Missing;
    }
    let same = (ledger.on_hand, ledger.reserved) == (level.on_hand.into(), level.reserved.into());
    if same { Verdict::Sound } else { Verdict::Different }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_row_and_its_ledger_when_compared_then_only_missing_movements_are_in_doubt() {
        let level = Level { on_hand: 5, reserved: 2, available: 3 };
        let ledger = Ledger { on_hand: 5, reserved: 2, movements: 4 };
        assert_eq!(compare(level, 4, ledger), Verdict::Sound);
        assert_eq!(compare(level, 5, ledger), Verdict::Missing);
        assert_eq!(compare(level, 3, ledger), Verdict::Different, "more movements than were counted");
        assert_eq!(compare(level, 4, Ledger { on_hand: 6, ..ledger }), Verdict::Different);
        assert_eq!(compare(level, 4, Ledger { reserved: 1, ..ledger }), Verdict::Different);
        assert_eq!(compare(Level { available: 4, ..level }, 4, ledger), Verdict::Different);
    }
}
