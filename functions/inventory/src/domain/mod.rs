//! The rules of stock, pure: no I/O, no clock, no randomness.

mod alert;
mod allocation;
mod availability;
mod entry;
mod geography;
mod level;
mod life;
mod movement;
mod place;
mod reconciliation;
mod reservation;
mod shipments;
mod transfer;

pub use alert::{Crossing, StockAlert};
pub use allocation::{Allocation, Demand, MAX_ALLOCATIONS, Refusal, Shortage, Source, allocate, sum_by_offer};
pub use availability::{Band, LOW_BAND};
pub use entry::{Correction, EntryError, Note, Receipt, Units};
pub use geography::{Latitude, Longitude, Point};
pub use level::{Count, Level, MAX_ON_HAND, count};
pub use life::{LifeError, Lives, PaymentClass, end_of};
pub use movement::{Movement, Reason};
pub use place::{Distance, Place, PlaceError, Reach, WarehouseName};
pub use reconciliation::{Ledger, Verdict, compare, sum_up};
pub use reservation::{Decision, Extension, Reservation, State, Transition, Turn, decide, decide_extension};
pub use transfer::{Closing, Transfer, TransferDecision, TransferState};
