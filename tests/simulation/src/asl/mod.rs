//! Amazon States Language, as far as our documents use it: what they do not use is refused when a document is read, so that
//! none can use what the simulation ignores.

mod catches;
mod document;
mod path;
mod run;

pub use catches::{CatchAt, catches, without_catch};
pub use document::{Document, Unsupported};
pub use run::{Ended, Failure, Tasks, Visits, run};
