//! Queue of `StockMoved.v1`: keeps the availability that others are told. Repeated and late messages do no harm, since
//! each is only a reason to look at the stock.

use rialto_events::{Envelope, types::StockMoved};
use rialto_kernel::OfferId;
use rialto_lambda::{Message, now};

use crate::{error::Error, store::Inventory};

/// The offer whose stock moved; `None` for other events.
///
/// # Errors
/// When the message is no event, or not what it claims to be.
pub fn offer_of(message: &Message) -> Result<Option<OfferId>, Error> {
    let moved = Envelope::from_delivery(&message.body)?.read::<StockMoved>()?;
    Ok(moved.map(|moved| moved.offer_id))
}

/// Tells an offer's availability, if it is in another band than the one last told.
///
/// # Errors
/// Those of the table.
pub async fn track_availability(inventory: &Inventory, offer: Option<OfferId>) -> Result<(), Error> {
    match offer {
        Some(offer) => inventory.tell_availability(offer, now()).await,
        None => Ok(()),
    }
}
