//! Queue of `AvailabilityChanged.v1`: product pages show how much of each offer is left.

use rialto_events::{Envelope, types::AvailabilityChanged};
use rialto_lambda::Message;

use crate::{Error, store::Store};

/// Repeated and late news change nothing; news of an offer may come before its product.
///
/// # Errors
/// When the message is malformed or the table fails.
pub async fn project_availability(store: &Store, message: Message) -> Result<(), Error> {
    let envelope = Envelope::from_delivery(&message.body)?;
    match envelope.read::<AvailabilityChanged>()? {
        Some(news) => store.project_availability(&news, envelope.version).await,
        None => Ok(()),
    }
}
