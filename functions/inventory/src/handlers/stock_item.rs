//! Queue of `ItemListed.v1`: the units of a new item go to the seller's default warehouse.

use rialto_events::{Envelope, types::ItemListed};
use rialto_lambda::{Message, now};

use crate::{
    error::Error,
    store::{Counted, Inventory},
};

/// Repeated and late news change nothing.
///
/// # Errors
/// When the message is malformed; [`Error::TooMuchStock`]; those of the table.
pub async fn stock_item(inventory: &Inventory, message: Message) -> Result<(), Error> {
    let Some(item) = Envelope::from_delivery(&message.body)?.read::<ItemListed>()? else { return Ok(()) };
    let ItemListed { listing_id, offer_id, product_id, seller_id, sku, quantity } = item;
    let counted = Counted { line: 1, offer_id, product_id, sku, quantity };
    inventory.stock_new(seller_id, listing_id, &counted, now()).await
}
