//! The rules of stock, pure: no I/O, no clock, no randomness.

mod allocation;
mod availability;
mod entry;
mod level;
mod movement;
mod place;
mod reservation;

pub use allocation::{Allocation, Demand, MAX_ALLOCATIONS, Refusal, Shortage, Source, allocate, sum_by_offer};
pub use availability::{Band, LOW_BAND};
pub use entry::{Correction, EntryError, Note, Receipt};
pub use level::{Count, Level, MAX_ON_HAND, count};
pub use movement::{Movement, Reason};
pub use place::{Distance, Place, PlaceError, WarehouseName};
pub use reservation::{Decision, Reservation, State, Transition, Turn, decide};
