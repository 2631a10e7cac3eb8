//! `checkout-price-order`: what the order costs, and whether that is what the client expects.

use rialto_kernel::{Address, Destination, OrderId, OrderLine, Totals};
use rialto_lambda::{Context, InitError, env};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Basket, Priced, PricingError, ShippingOption, Tariff, price},
    error::Error,
    store::Checkouts,
};

/// What the step works with.
#[derive(Debug)]
pub struct Pricing {
    /// The checkouts.
    pub checkouts: Checkouts,
    /// The rates.
    pub tariff: Tariff,
}

impl Pricing {
    /// Reads `CHECKOUT_TABLE`, and `TARIFF`, the name of a tariff.
    ///
    /// # Errors
    /// When a variable is missing, or there is no such tariff.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        const NAME: &str = "TARIFF";
        let tariff = Tariff::named(&env(NAME)?);
        let unusable = || InitError::Unusable { name: NAME.to_owned(), reason: "no such tariff".to_owned() };
        Ok(Self { checkouts: Checkouts::new(context.table("CHECKOUT_TABLE")?), tariff: tariff.ok_or_else(unusable)? })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PriceOrder {
    /// The order.
    pub order_id: OrderId,
    /// The lines as the catalogue quotes them.
    pub lines: Vec<OrderLine>,
    /// A stored address that was resolved; absent when it came with the request, or is not known yet.
    #[serde(default)]
    pub address: Option<Address>,
}

/// The step's output.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PricedOrder {
    /// The lines with their shares.
    pub lines: Vec<OrderLine>,
    /// The parts of the price.
    #[serde(flatten)]
    pub totals: Totals,
    /// Where it goes; null in a session that does not know yet.
    pub shipping_address: Option<Address>,
    /// How it is sent.
    pub shipping_option: ShippingOption,
    /// The part of the address that allocation needs.
    pub destination: Destination,
}

/// The region of nowhere in particular, in Unicode's locale data.
const UNKNOWN_REGION: &str = "ZZ";

impl Pricing {
    /// Prices lines as they go to an address.
    ///
    /// # Errors
    /// See [`PricingError`].
    pub(super) fn price(
        &self,
        lines: &[OrderLine],
        shipping_address: Option<Address>,
        option: ShippingOption,
    ) -> Result<PricedOrder, PricingError> {
        let to = shipping_address.as_ref().map(Address::destination);
        // No promotion gives a discount yet.
        let basket = Basket { lines, discounts: &[], to: to.as_ref(), option };
        let Priced { lines, totals } = price(basket, &self.tariff.shipping, &self.tariff.tax)?;
        let nowhere = Destination { country: UNKNOWN_REGION.to_owned(), region: None, postal_code: None };
        let destination = to.unwrap_or(nowhere);
        Ok(PricedOrder { lines, totals, shipping_address, shipping_option: option, destination })
    }
}

/// Reads 1 row, writes nothing.
///
/// # Errors
/// [`Error::PriceChanged`] with the new total, [`Error::Pricing`].
pub async fn price_order(pricing: &Pricing, input: PriceOrder) -> Result<PricedOrder, Error> {
    let checkout = pricing.checkouts.load(input.order_id).await?.ok_or(Error::Lost)?;
    let shipping_address = input.address.or(checkout.shipping_address);
    if shipping_address.is_none() && checkout.session.is_none() {
        return Err(Error::Lost);
    }
    let priced = pricing.price(&input.lines, shipping_address, checkout.shipping_option)?;
    let total = priced.totals.total;
    if checkout.expected_total.is_some_and(|expected| expected != total) {
        return Err(Error::PriceChanged { total });
    }
    Ok(priced)
}
