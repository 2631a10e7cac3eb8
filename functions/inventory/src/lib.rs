//! What is where and for whom: stock by offer and warehouse, reservations, and the ledger of every movement.
//!
//! **Owns** the table `<stage>-inventory` (rows, invariants, access patterns with their units in [`store`]). No other
//! service reads it.
//!
//! | Function | Called by | Does |
//! |---|---|---|
//! | `inventory-add-warehouse`, `inventory-list-warehouses` | `/v1/warehouses` | a seller's warehouses |
//! | `inventory-receive-stock` | `POST /v1/inventory/receipts` | books goods that came in |
//! | `inventory-adjust-stock` | `POST /v1/inventory/adjustments` | corrects the books, never below what is reserved |
//! | `inventory-show-stock` | `GET /v1/inventory/{id}` | an offer's stock, by offer or SKU |
//! | `inventory-set-import-stock` | step of a catalogue import | sets the stock of the default warehouse as counted |
//! | `inventory-reserve-stock` | step of checkout | sets aside all of an order or nothing |
//! | `inventory-confirm-reservation` | step of checkout | sells what is set aside, unless its time is up |
//! | `inventory-release-reservation` | compensation of checkout | gives back or restocks; a tombstone when absent |
//! | `inventory-expire-reservations` | every minute | gives back what nobody paid for in time |
//! | `inventory-track-availability` | queue of `StockMoved.v1` | tells an offer's availability when its band changes |
//! | `inventory-relay-events` | the table's stream | publishes |
//!
//! **Events out**: `StockMoved.v1` with each ledger row (subject: the movement, version 1); `AvailabilityChanged.v1` when
//! an offer's sum over all warehouses enters another band (subject: the offer, version: the sum of its stock rows'
//! versions). **Events in**: its own `StockMoved.v1`.
//!
//! Invariants, each kept by a condition named in [`store`]: no count is negative; `available = onHand - reserved`; the
//! ledger sums to the stock; a reservation is confirmed, released or expired by exactly one of those who try.
//!
//! A reservation lives for `RESERVATION_SECONDS`: 900 by default, 600 to 1,800 on production stages, 5 on test stacks.

pub mod domain;
mod error;
pub mod handlers;
pub mod store;

pub use error::Error;

/// The routes of this service.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi;
    #[derive(OpenApi)]
    #[openapi(paths(
        handlers::add_warehouse::add_warehouse,
        handlers::list_warehouses::list_warehouses,
        handlers::receive_stock::receive_stock,
        handlers::adjust_stock::adjust_stock,
        handlers::show_stock::show_stock,
    ))]
    struct Routes;
    Routes::openapi()
}
