//! What an order costs.

use rialto_kernel::{Currency, Money, MoneyError, OrderLine, Totals};
use thiserror::Error;

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

/// Adds up an order. Nothing is taken off yet, shipping is free and prices include tax.
///
/// # Errors
/// See [`TotalsError`].
pub fn totals(lines: &[OrderLine]) -> Result<Totals, TotalsError> {
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
    use proptest::prelude::*;
    use rialto_kernel::{OfferId, ProductId, Quantity, SellerId, VariantId};

    use super::*;

    fn line(cents: i64, currency: &str, units: u32) -> OrderLine {
        OrderLine {
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
