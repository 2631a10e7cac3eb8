//! Amounts as gateways write them. No float, nothing rounded: an amount that a gateway cannot hold exactly is refused.

use rialto_kernel::{Currency, Money};

/// `amount` with `decimals` instead of its currency's own; `None` if that would lose something.
pub(super) fn rescaled(amount: Money, decimals: u32) -> Option<i64> {
    shift(amount.amount(), amount.currency().exponent(), decimals)
}

/// The amount that a gateway wrote with `decimals`.
pub(super) fn restored(amount: i64, decimals: u32, currency: Currency) -> Option<Money> {
    Some(Money::new(shift(amount, decimals, currency.exponent())?, currency))
}

fn shift(amount: i64, from: u32, to: u32) -> Option<i64> {
    match from.checked_sub(to) {
        Some(down) => {
            let scale = 10_i64.checked_pow(down)?;
            if amount.checked_rem(scale)? == 0 { amount.checked_div(scale) } else { None }
        }
        None => amount.checked_mul(10_i64.checked_pow(to.checked_sub(from)?)?),
    }
}

/// A non-negative amount with `decimals` as a decimal text, such as `129.99`.
pub(super) fn decimal(amount: Money, decimals: u32) -> Option<String> {
    let scaled = u64::try_from(rescaled(amount, decimals)?).ok()?;
    let scale = 10_u64.checked_pow(decimals)?;
    let (whole, rest) = (scaled.checked_div(scale)?, scaled.checked_rem(scale)?);
    let width = usize::try_from(decimals).ok()?;
    Some(if decimals == 0 { whole.to_string() } else { format!("{whole}.{rest:0width$}") })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn money(amount: i64, code: &str) -> Money {
        Money::new(amount, code.parse().unwrap())
    }

    #[test]
    fn given_other_decimals_when_rescaled_then_it_is_exact_or_refused() {
        assert_eq!(rescaled(money(1999, "USD"), 2), Some(1999));
        assert_eq!(rescaled(money(5, "ISK"), 2), Some(500));
        assert_eq!(rescaled(money(1900, "MGA"), 0), Some(19));
        assert_eq!(rescaled(money(1901, "MGA"), 0), None);
        assert_eq!(rescaled(money(i64::MAX, "JPY"), 2), None);
        assert_eq!(restored(500, 2, "ISK".parse().unwrap()), Some(money(5, "ISK")));
        assert_eq!(restored(501, 2, "ISK".parse().unwrap()), None);
    }

    #[test]
    fn given_an_amount_when_written_as_decimals_then_every_cent_is_there() {
        assert_eq!(decimal(money(12_999, "USD"), 2).as_deref(), Some("129.99"));
        assert_eq!(decimal(money(5, "USD"), 2).as_deref(), Some("0.05"));
        assert_eq!(decimal(money(500, "JPY"), 0).as_deref(), Some("500"));
        assert_eq!(decimal(money(-5, "USD"), 2), None);
    }
}
