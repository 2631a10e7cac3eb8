//! Every key of the table, in one place.

use rialto_dynamo::Key;
use rialto_kernel::{MovementId, OfferId, ReservationId, SellerId, Timestamp, TransferId, WarehouseId};

/// The index over the table's second pair of keys.
pub(super) const INDEX: &str = "gsi1";
/// What the sort keys of stock rows begin with.
pub(super) const STOCK: &str = "STOCK#";
/// What the sort keys of warehouse rows begin with.
pub(super) const WAREHOUSE: &str = "WAREHOUSE#";
/// Over how many index partitions open reservations are spread. Each takes 1,000 write units a second, and a
/// reservation needs two there: 2,000 reservations a second in all. Raising it needs no migration while the sweeper
/// reads all shards; lowering it does.
pub(super) const EXPIRING_SHARDS: u32 = 4;

/// Over how many partitions the offers are spread that the reconciliation goes through. It may be raised, not lowered.
pub(super) const ROSTER_SHARDS: u32 = 16;

pub(super) fn offer(offer: OfferId) -> String {
    format!("OFFER#{offer}")
}

pub(super) fn stock(of: OfferId, warehouse: WarehouseId) -> Key {
    Key::new(offer(of), format!("{STOCK}{warehouse}"))
}

pub(super) fn availability(of: OfferId) -> Key {
    Key::new(offer(of), "AVAILABILITY")
}

pub(super) fn movement(movement: MovementId) -> Key {
    Key::new(format!("MOVEMENT#{movement}"), "MOVEMENT")
}

pub(super) fn reservation(reservation: ReservationId) -> Key {
    Key::new(format!("RESERVATION#{reservation}"), "RESERVATION")
}

pub(super) fn seller(seller: SellerId) -> String {
    format!("SELLER#{seller}")
}

pub(super) fn warehouse(of: SellerId, warehouse: WarehouseId) -> Key {
    Key::new(seller(of), format!("{WAREHOUSE}{warehouse}"))
}

pub(super) fn seller_sku(of: SellerId, sku: &str) -> Key {
    Key::new(seller(of), format!("SKU#{sku}"))
}

pub(super) fn sku(sku: &str) -> String {
    format!("SKU#{sku}")
}

pub(super) fn expiring(shard: u32) -> String {
    format!("EXPIRING#{shard}")
}

/// The shard of a reservation.
pub(super) fn expiring_shard(reservation: ReservationId) -> u32 {
    last_digit(&reservation.to_string()) % EXPIRING_SHARDS
}

pub(super) fn roster(shard: u32) -> String {
    format!("ROSTER#{shard}")
}

pub(super) fn enrolled(of: OfferId) -> Key {
    Key::new(roster(last_digit(&of.to_string()) % ROSTER_SHARDS), of.to_string())
}

pub(super) fn transfer(transfer: TransferId) -> Key {
    Key::new(format!("TRANSFER#{transfer}"), "TRANSFER")
}

pub(super) fn transfers(of: SellerId) -> String {
    format!("TRANSFERS#{of}")
}

pub(super) fn low(of: SellerId) -> String {
    format!("LOW#{of}")
}

/// Fewest first.
pub(super) fn by_units(available: u64, of: OfferId) -> String {
    format!("{available:020}#{of}")
}

pub(super) fn findings(of: OfferId) -> String {
    format!("FINDINGS#{of}")
}

pub(super) fn finding(of: OfferId, warehouse: WarehouseId) -> Key {
    Key::new(findings(of), warehouse.to_string())
}

pub(super) fn reconciliation() -> Key {
    Key::new("RECONCILIATION", "PASS")
}

/// In order of time, and among those of one millisecond by id.
pub(super) fn at(at: Timestamp, id: impl std::fmt::Display) -> String {
    format!("{:015}#{id}", at.as_millisecond())
}

/// The last hexadecimal digit of an id, which is random.
fn last_digit(id: &str) -> u32 {
    id.chars().next_back().and_then(|digit| digit.to_digit(16)).unwrap_or_default()
}
