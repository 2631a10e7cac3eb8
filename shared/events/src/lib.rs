//! Domain events: their envelope, their types, and how they travel.
//!
//! An event leaves a service only through its table's stream: a write that has news puts complete envelopes into
//! the attribute [`OUTBOX`] of the item it changes ([`outbox`]), and the service's relay ([`relay`]) publishes them.
//! Consumers read SQS messages with [`Envelope::from_delivery`]; each is idempotent and guards its order with
//! [`Envelope::version`].

mod envelope;
pub mod relay;
pub mod types;

pub use envelope::{Envelope, Event, MalformedEvent, OUTBOX, outbox};
