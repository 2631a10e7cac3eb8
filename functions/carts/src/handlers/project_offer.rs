//! Messages that keep the copy of offers: products from catalog, availability from inventory.

use rialto_events::{
    Envelope,
    types::{AvailabilityChanged, ProductChanged},
};
use rialto_lambda::Message;

use crate::{CartError, store::Store};

/// Takes in one message. Repeated and late ones do no harm; those of other types are none of ours.
///
/// # Errors
/// When the message is malformed or the table fails.
pub async fn project_offer(store: &Store, message: Message) -> Result<(), CartError> {
    let event = Envelope::from_delivery(&message.body)?;
    if let Some(product) = event.read::<ProductChanged>()? {
        return store.product_changed(&product, event.version, event.time).await;
    }
    if let Some(change) = event.read::<AvailabilityChanged>()? {
        return store.availability_changed(&change, event.version).await;
    }
    Ok(())
}
