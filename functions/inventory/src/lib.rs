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
//! | `inventory-list-movements` | `GET /v1/inventory/{id}/movements` | an offer's ledger |
//! | `inventory-take-stock` | `POST /v1/inventory/stocktakes` | sets the books to what was counted at a version |
//! | `inventory-dispatch-transfer`, `-receive-`, `-cancel-`, `-show-transfer`, `-list-transfers` | `/v1/inventory/transfers` | stock on its way between two warehouses |
//! | `inventory-set-threshold`, `inventory-list-low-stock` | `/v1/inventory/{id}/threshold`, `/v1/inventory/low-stock` | when an offer counts as low, and which do |
//! | `inventory-set-import-stock` | step of a catalogue import | sets the stock of the default warehouse as counted |
//! | `inventory-reserve-stock` | step of checkout | sets aside all of an order or nothing |
//! | `inventory-extend-reservation` | step of checkout | gives a reservation the time that its payment needs, once |
//! | `inventory-confirm-reservation` | step of checkout | sells what is set aside, unless its time is up |
//! | `inventory-release-reservation` | compensation of checkout | gives back or restocks; a tombstone when absent |
//! | `inventory-expire-reservations` | every minute | gives back what nobody paid for in time |
//! | `inventory-stock-item` | queue of `ItemListed.v1` | books the first stock of an item that was listed by itself |
//! | `inventory-track-availability` | queue of `StockMoved.v1` | tells an offer's availability and alerts when they change |
//! | `inventory-reconcile-stock` | every quarter of an hour | compares each offer's stock with its ledger once a day |
//! | `inventory-relay-events` | the table's stream | publishes |
//!
//! **Events out**: `StockMoved.v1` with each ledger row (subject: the movement, version 1); `AvailabilityChanged.v1` when
//! an offer's sum over all warehouses enters another band (subject: the offer, version: the sum of its stock rows'
//! versions); `StockLow.v1`, `StockDepleted.v1` and `StockReplenished.v1` when that sum crosses the seller's threshold or
//! nothing, as the consumer of `StockMoved.v1` sees it: a dip that is over before it looks is not told;
//! `StockDiscrepancyFound.v1`. **Events in**: its own `StockMoved.v1`; `ItemListed.v1` (catalog).
//!
//! Invariants, each kept by a condition named in [`store`]: no count is negative; `available = onHand - reserved`; the
//! ledger sums to the stock; a reservation is confirmed, released or expired by exactly one of those who try.
//!
//! How long a reservation lives depends on how its order is paid ([`domain::Lives`]): 15 minutes by card or wallet (10 to
//! 30 on production stages, checked by the template and at start-up), 24 hours under review, 72 hours by bank transfer.
//!
//! Personal data: none. Stock, movements and reservations name sellers and orders by id.

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
        handlers::list_movements::list_movements,
        handlers::take_stock::take_stock,
        handlers::dispatch_transfer::dispatch_transfer,
        handlers::list_transfers::list_transfers,
        handlers::show_transfer::show_transfer,
        handlers::receive_transfer::receive_transfer,
        handlers::cancel_transfer::cancel_transfer,
        handlers::set_threshold::set_threshold,
        handlers::list_low_stock::list_low_stock,
    ))]
    struct Routes;
    Routes::openapi()
}
