//! Which tax is due, and how it is rounded.
//!
//! A line's tax is computed exactly and rounded once, half up, to the currency's minor unit: the rule of the Streamlined
//! Sales and Use Tax Agreement, section 324, which lets a seller compute by item or by invoice. By line, because a refund
//! is by line. The order's tax is the sum of its lines', so nothing is left to allocate.

use rialto_kernel::Destination;
use serde::Deserialize;

const MILLION: u128 = 1_000_000;

/// A share in millionths, written in percent with at most four decimals: `"8.875"`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Percent(u32);

impl TryFrom<String> for Percent {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text} is no percentage from 0 to 100 with at most four decimals");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = [whole, fraction].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        if !digits || whole.is_empty() || fraction.len() > 4 {
            return Err(wrong());
        }
        let millionths: u32 = format!("{whole}{fraction:0<4}").parse().map_err(|_| wrong())?;
        if millionths <= 1_000_000 { Ok(Self(millionths)) } else { Err(wrong()) }
    }
}

/// The tax on a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TaxRate {
    /// How much.
    pub percent: Percent,
    /// Whether the price has it in it already.
    pub included: bool,
    /// Whether the line's share of the shipping is taxed as the line is.
    pub on_shipping: bool,
}

impl TaxRate {
    /// The tax on top of, or within, an amount in minor units.
    #[must_use]
    pub fn of(self, amount: u64) -> u64 {
        let rate = u128::from(self.percent.0);
        let base = if self.included { MILLION.saturating_add(rate) } else { MILLION };
        // Half up: floor(x + 1/2) = floor((2 x + 1) / 2).
        let doubled = u128::from(amount).saturating_mul(rate).saturating_mul(2).saturating_add(base);
        let tax = doubled.checked_div(base.saturating_mul(2)).unwrap_or_default();
        u64::try_from(tax).unwrap_or(amount)
    }
}

/// Knows the tax on a line. A table here; a tax service elsewhere.
pub trait TaxRates {
    /// The rate where it goes for what it is.
    fn rate(&self, to: &Destination, category: Option<&str>) -> TaxRate;
}

/// A rule of a [`TaxTable`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaxRule {
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
    /// State or province, as addresses write it; absent for the whole country.
    pub region: Option<String>,
    /// Of what; absent for all.
    pub category: Option<String>,
    /// How much.
    pub percent: Percent,
    /// Whether prices have it in them.
    pub included: bool,
    /// Whether shipping is taxed.
    pub on_shipping: bool,
}

/// Rules, of which the most particular counts: one of the region before one of the country, then one of the category
/// before one of all. Where none fits there is no tax.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct TaxTable(pub Vec<TaxRule>);

impl TaxRates for TaxTable {
    fn rate(&self, to: &Destination, category: Option<&str>) -> TaxRate {
        let fits = |rule: &&TaxRule| {
            rule.country == to.country
                && (rule.region.is_none() || rule.region == to.region)
                && (rule.category.is_none() || rule.category.as_deref() == category)
        };
        let found = self.0.iter().filter(fits).max_by_key(|rule| (rule.region.is_some(), rule.category.is_some()));
        found.map_or_else(TaxRate::default, |rule| TaxRate {
            percent: rule.percent,
            included: rule.included,
            on_shipping: rule.on_shipping,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn rate(percent: &str, included: bool) -> TaxRate {
        TaxRate { percent: percent.to_owned().try_into().unwrap(), included, on_shipping: false }
    }

    #[test]
    fn given_an_amount_when_taxed_then_it_is_rounded_half_up_once() {
        for (amount, percent, included, tax) in [
            (10, "5", false, 1),
            (9, "5", false, 0),
            (30, "5", false, 2),
            (4990, "8.875", false, 443),
            (4990, "20", true, 832),
            (3, "20", true, 1),
            (2, "20", true, 0),
            (4990, "0", false, 0),
            (u64::MAX, "100", false, u64::MAX),
        ] {
            assert_eq!(rate(percent, included).of(amount), tax, "{amount} {percent} {included}");
        }
    }

    #[test]
    fn given_a_text_when_it_is_no_percentage_then_it_is_refused() {
        for text in ["", ".5", "-1", "1e2", "100.0001", "1.00001", "a", "5%"] {
            assert!(Percent::try_from(text.to_owned()).is_err(), "{text}");
        }
        assert_eq!(Percent::try_from("8.875".to_owned()), Ok(Percent(88_750)));
    }
}
