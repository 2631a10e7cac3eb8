//! Requests, steps and events, one file each. The only files that know HTTP and Lambda types.

pub mod add_warehouse;
pub mod adjust_stock;
pub mod confirm_reservation;
pub mod expire_reservations;
pub mod list_warehouses;
mod problem;
pub mod receive_stock;
pub mod release_reservation;
pub mod reserve_stock;
pub mod set_import_stock;
pub mod show_stock;
#[cfg(test)]
mod tests;
pub mod track_availability;
pub mod view;
mod whose;

pub use add_warehouse::add_warehouse;
pub use adjust_stock::adjust_stock;
pub use confirm_reservation::confirm_reservation;
pub use expire_reservations::expire_reservations;
pub use list_warehouses::list_warehouses;
pub use receive_stock::receive_stock;
pub use release_reservation::release_reservation;
pub use reserve_stock::{ReserveStock, reserve_stock};
pub use set_import_stock::set_import_stock;
pub use show_stock::show_stock;
pub use track_availability::{offer_of, track_availability};
