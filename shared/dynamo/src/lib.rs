//! The one seam to DynamoDB: a [`Table`] with conditions and updates as expression trees.
//!
//! A tree is rendered into an expression by the SDK's backend and evaluated by the in-memory one; both pass one
//! conformance suite. Every table has the string keys `pk` and `sk`, an index `gsi1` over `gsi1pk` and `gsi1sk`
//! (sparse, all attributes), and the time-to-live attribute `ttl` (epoch seconds). One whose service asks for it has an index
//! `gsi2` over `gsi2pk` and `gsi2sk` too (sparse, keys only: a query of it answers nothing but keys).
//!
//! ```
//! # use rialto_dynamo::{Error, Key, Put, Read, Table, Update, cond};
//! # #[derive(serde::Serialize, serde::Deserialize)] struct Stock { on_hand: u32 }
//! # async fn example() -> Result<(), Error> {
//! let table = Table::in_memory("dev-inventory");
//! let key = Key::new("OFFER#1", "STOCK");
//! table.put(Put::new(&key, &Stock { on_hand: 5 })?.when(cond::absent("pk"))).await?;
//! let sold = Update::of(key.clone()).subtract("on_hand", 2).when(cond::ge("on_hand", 2));
//! let left: Stock = table.update_returning(sold).await?;
//! # let again = table.get::<Stock>(&key, Read::Strong).await?;
//! # Ok(()) }
//! ```

pub mod cond;
pub mod mutants;
pub mod testing;
pub mod units;

mod backend;
mod check;
mod counted;
mod error;
mod faults;
mod key;
mod memory;
mod path;
mod query;
mod retry;
mod sdk;
mod table;
mod update;
mod value;
mod write;

pub use cond::Cond;
pub use counted::Counts;
pub use error::{Error, Reason};
pub use faults::{Fate, Fault, Faults};
pub use key::Key;
pub use path::Path;
pub use query::{Page, Position, Query};
pub use table::{Read, Table};
pub use update::Update;
pub use value::{IntoValue, Item, Value, from_item, to_item, to_value};
pub use write::{Check, Delete, Put, Write};
