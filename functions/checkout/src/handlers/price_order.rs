//! `checkout-price-order`: what the order costs, and whether that is what the client expects.

use rialto_kernel::{Address, Destination, OrderId, OrderLine, Totals};
use serde::{Deserialize, Serialize};

use crate::{domain::totals, error::Error, store::Checkouts};

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PriceOrder {
    /// The order.
    pub order_id: OrderId,
    /// The lines as the catalogue quotes them.
    pub lines: Vec<OrderLine>,
    /// A stored address that was resolved; absent when the address came with the request.
    #[serde(default)]
    pub address: Option<Address>,
}

/// The step's output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PricedOrder {
    /// The lines, unchanged.
    pub lines: Vec<OrderLine>,
    /// The parts of the price.
    #[serde(flatten)]
    pub totals: Totals,
    /// Where it goes.
    pub shipping_address: Address,
    /// The part of the address that allocation needs.
    pub destination: Destination,
}

/// Reads 1 row, writes nothing.
///
/// # Errors
/// [`Error::PriceChanged`] with the new total, [`Error::Totals`].
pub async fn price_order(checkouts: &Checkouts, input: PriceOrder) -> Result<PricedOrder, Error> {
    let checkout = checkouts.load(input.order_id).await?.ok_or(Error::Lost)?;
    let shipping_address = input.address.or(checkout.shipping_address).ok_or(Error::Lost)?;
    let totals = totals(&input.lines)?;
    if checkout.expected_total.is_some_and(|expected| expected != totals.total) {
        return Err(Error::PriceChanged { total: totals.total });
    }
    let destination = shipping_address.destination();
    Ok(PricedOrder { lines: input.lines, totals, shipping_address, destination })
}
