//! The model of the money path, and what is checked of it.
//!
//! A buyer's state is where the checkout's run is, the rows that inventory, orders and payments keep, and the gateways' books.
//! What can happen next:
//!
//! - The run's task: its function's own handler, given what `statemachines/checkout.asl.json` gives it, over a table in
//!   memory with just those rows. It is answered; its answer is lost; it is killed before any of its writes or
//!   questions to a gateway; it is held there and goes on at any time later, when its reads are old and the run has gone on
//!   without it. What an answer or error leads to is the document's ([`asl`]). It is tried again, or retries are used up.
//! - The run is stopped or fails, and the recovery begins another one, which settles what it left.
//! - Time passes; the sweeper comes; a webhook comes, any number of times, whenever the gateway knows the payment, and is
//!   killed or held like a task; shopper and bank do or do not do what the gateway waits for.
//!
//! So nothing that the product decides is repeated here, and none of it can drift. Buyers meet in the stock only: all states
//! of one buyer are worked out first, for a unit being there and for none being there ([`graph`]), and then the search goes
//! through all states of several of them and the stock ([`sale`]).
//!
//! Not modelled: carts, prices and addresses, whose steps end well or are refused; the two-step session; refunds that an
//! operator asks for; more than one invocation of a buyer's held at the same time.

pub mod asl;
pub mod bounds;
mod buyer;
pub mod gateway;
pub mod graph;
mod merge;
mod meter;
mod next;
mod perform;
mod pool;
pub mod sale;
mod setting;
mod world;

pub use bounds::{Bounds, Flaw};
pub use buyer::Facts;
pub use sale::{Found, Sale};
