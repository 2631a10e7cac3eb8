//! The rules of a checkout, pure.

mod outcome;
mod totals;

pub use outcome::{Failure, Outcome};
pub use totals::{TotalsError, totals};
