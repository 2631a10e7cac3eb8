//! Every key of the table, in one place.

use rialto_dynamo::Key;
use rialto_kernel::{MovementId, OfferId, ReservationId, SellerId, WarehouseId};

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

/// The shard of a reservation: its last hexadecimal digit, which is random.
pub(super) fn expiring_shard(reservation: ReservationId) -> u32 {
    reservation.to_string().chars().next_back().and_then(|digit| digit.to_digit(16)).unwrap_or_default()
        % EXPIRING_SHARDS
}
