//! What an order costs.

use rialto_kernel::{Currency, Money, MoneyError, OfferId, ProductId, Quantity, SellerId, VariantId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A line at the price that the catalogue quotes now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PricedLine {
    /// What is bought.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// Its variant.
    pub variant_id: VariantId,
    /// From whom.
    pub seller_id: SellerId,
    /// The seller's own text for it.
    pub sku: String,
    /// As it is called now.
    pub title: String,
    /// Its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// How many.
    pub quantity: Quantity,
    /// Price of one unit.
    pub unit_price: Money,
}

/// The parts of an order's price; `total` = `subtotal` - `discount` + `shipping` + `tax`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Sum of unit price times quantity over the lines.
    pub subtotal: Money,
    /// What promotions take off; none yet.
    pub discount: Money,
    /// Shipping; free so far.
    pub shipping: Money,
    /// Tax on top; prices include it so far.
    pub tax: Money,
    /// What is to be paid.
    pub total: Money,
}

/// Why lines have no total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TotalsError {
    /// Nothing to buy.
    #[error("there are no lines")]
    Empty,
    /// Lines in more than one currency.
    #[error("the lines are in more than one currency")]
    MixedCurrencies,
    /// More than an amount can hold.
    #[error("the total is too large")]
    TooLarge,
}

impl From<MoneyError> for TotalsError {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::CurrencyMismatch => Self::MixedCurrencies,
            _ => Self::TooLarge,
        }
    }
}

/// Adds up an order.
///
/// # Errors
/// See [`TotalsError`].
pub fn totals(lines: &[PricedLine]) -> Result<Totals, TotalsError> {
    let currency: Currency = lines.first().ok_or(TotalsError::Empty)?.unit_price.currency();
    let mut subtotal = Money::zero(currency);
    for line in lines {
        subtotal = subtotal.checked_add(line.unit_price.checked_mul(line.quantity)?)?;
    }
    let nothing = Money::zero(currency);
    Ok(Totals { subtotal, discount: nothing, shipping: nothing, tax: nothing, total: subtotal })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(cents: i64, currency: &str, units: u32) -> PricedLine {
        PricedLine {
            offer_id: OfferId::named(&["o"]),
            product_id: ProductId::named(&["p"]),
            variant_id: VariantId::named(&["v"]),
            seller_id: SellerId::named(&["s"]),
            sku: "SKU".into(),
            title: "Lamp".into(),
            image: None,
            quantity: Quantity::new(units).unwrap(),
            unit_price: Money::new(cents, currency.parse().unwrap()),
        }
    }

    #[test]
    fn given_lines_without_one_sum_when_totalled_then_it_is_refused() {
        assert_eq!(totals(&[]), Err(TotalsError::Empty));
        assert_eq!(totals(&[line(1, "USD", 1), line(1, "EUR", 1)]), Err(TotalsError::MixedCurrencies));
        assert_eq!(totals(&[line(i64::MAX, "USD", 2)]), Err(TotalsError::TooLarge));
    }

    proptest! {
        #[test]
        fn the_parts_add_up(prices in proptest::collection::vec((0_i64..10_000_000, 1_u32..1000), 1..40)) {
            let lines: Vec<_> = prices.iter().map(|(cents, units)| line(*cents, "USD", *units)).collect();
            let sum: i64 = prices.iter().map(|(cents, units)| cents * i64::from(*units)).sum();
            let t = totals(&lines).unwrap();
            prop_assert_eq!(t.subtotal.amount(), sum);
            let parts = t.subtotal.amount() - t.discount.amount() + t.shipping.amount() + t.tax.amount();
            prop_assert_eq!(t.total.amount(), parts);
        }
    }
}
