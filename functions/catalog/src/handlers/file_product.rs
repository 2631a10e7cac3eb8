//! Queue of the catalogue's own `ProductChanged.v1`: products are filed under their categories.

use rialto_events::{Envelope, types::ProductChanged};
use rialto_lambda::{Message, now};

use crate::{Error, store::Store};

/// Repeated and late news change nothing.
///
/// # Errors
/// When the message is malformed or the table fails.
pub async fn file_product(store: &Store, message: Message) -> Result<(), Error> {
    let envelope = Envelope::from_delivery(&message.body)?;
    match envelope.read::<ProductChanged>()? {
        Some(news) => store.file(&news, envelope.version, now()).await,
        None => Ok(()),
    }
}
