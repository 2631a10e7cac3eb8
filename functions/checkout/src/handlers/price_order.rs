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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use rialto_dynamo::Table;
    use rialto_kernel::{Timestamp, UserId};
    use serde_json::{Value, json};

    use super::*;
    use crate::store::Checkout;

    /// Shipping and the tax within, of one thing for 10.00 to Britain.
    async fn costs(facts: Value) -> (i64, i64) {
        let checkouts = Checkouts::new(Table::in_memory("checkout"));
        let order_id = OrderId::named(&["o"]);
        let writes = Checkouts::open(&Checkout::of(order_id), UserId::named(&["u"]), Timestamp::UNIX_EPOCH).unwrap();
        checkouts.table().transact(writes).await.unwrap();
        let mut line = json!({"offerId": rialto_kernel::OfferId::named(&["o"]), "productId": rialto_kernel::ProductId::named(&["p"]),
            "variantId": rialto_kernel::VariantId::named(&["v"]), "sellerId": rialto_kernel::SellerId::named(&["s"]),
            "sku": "S", "title": "Atlas", "quantity": 1, "unitPrice": {"amount": 1000, "currency": "GBP"}});
        line.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
        let address =
            json!({"name": "Ada", "line1": "1 St", "city": "London", "postalCode": "SW1Y 4JH", "country": "GB"});
        let input = json!({"orderId": order_id, "lines": [line], "address": address});
        let pricing = Pricing { checkouts, tariff: Tariff::named("standard").unwrap() };
        let priced = price_order(&pricing, serde_json::from_value(input).unwrap()).await.unwrap();
        (priced.totals.shipping.amount(), priced.totals.tax_included.unwrap().amount())
    }

    #[tokio::test]
    async fn given_weight_and_tax_category_of_the_quote_when_priced_then_they_decide_and_else_the_tariff_does() {
        let (light, general) = costs(json!({})).await;
        assert_eq!(costs(json!({"weightGrams": 500})).await, (light, general), "what the tariff assumes");
        let (heavy, _) = costs(json!({"weightGrams": 5000})).await;
        assert!(heavy > light, "{heavy} for 5 kg, {light} for 500 g");
        let (_, reduced) = costs(json!({"taxCategory": "books"})).await;
        assert!(reduced == 0 && general > 0, "{reduced} for books, {general} for others");
    }
}
