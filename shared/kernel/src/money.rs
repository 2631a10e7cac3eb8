//! Money in minor units of an ISO 4217 currency.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::Quantity;

/// What cannot be done with money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not an ISO 4217 code of a currency with minor units.
    #[error("must be an ISO 4217 currency code such as USD")]
    UnknownCurrency,
    /// Not a decimal number in major units.
    #[error("must be a decimal number such as 129.99")]
    Malformed,
    /// More decimals than the currency has.
    #[error("has more decimals than the currency")]
    TooPrecise,
    /// Outside what an amount can hold.
    #[error("is too large")]
    Overflow,
    /// Two currencies in one sum.
    #[error("currencies differ")]
    CurrencyMismatch,
}

/// An ISO 4217 currency, written as its three-letter code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// US dollar.
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// How many decimals the major unit has: 2 for USD, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }

    /// The three-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(code: &str) -> Result<Self, MoneyError> {
        let currency = iso_currency::Currency::from_code(code).ok_or(MoneyError::UnknownCurrency)?;
        currency.exponent().map(|_| Self(currency)).ok_or(MoneyError::UnknownCurrency)
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(code: String) -> Result<Self, MoneyError> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units (`{"amount": 1999, "currency": "USD"}` is $19.99). Arithmetic is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units of the currency.
    #[schema(example = 1999)]
    amount: i64,
    /// ISO 4217 code.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$", example = "USD")]
    #[schemars(with = "String", regex(pattern = "^[A-Z]{3}$"))]
    currency: Currency,
}

impl Money {
    /// `amount` is in minor units.
    #[must_use]
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self { amount: 0, currency }
    }

    /// Minor units.
    #[must_use]
    pub fn amount(self) -> i64 {
        self.amount
    }

    /// The currency.
    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// # Errors
    /// [`MoneyError::CurrencyMismatch`], [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch);
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// The price of `quantity` units.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn checked_mul(self, quantity: Quantity) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(i64::from(quantity.get())).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// The sum; zero of `currency` when there is nothing to add.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`], [`MoneyError::Overflow`].
    pub fn sum(currency: Currency, parts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        parts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    /// Reads a non-negative amount in major units exactly, never through a float: `129.99`, `5`, `0.5`.
    ///
    /// # Errors
    /// [`MoneyError::Malformed`], [`MoneyError::TooPrecise`], [`MoneyError::Overflow`].
    pub fn parse_major(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || fraction.is_some_and(|f| !digits(f)) {
            return Err(MoneyError::Malformed);
        }
        let fraction = fraction.unwrap_or("");
        let decimals = u32::try_from(fraction.len()).map_err(|_| MoneyError::TooPrecise)?;
        let missing = currency.exponent().checked_sub(decimals).ok_or(MoneyError::TooPrecise)?;
        let minor: i64 = format!("{whole}{fraction}").parse().map_err(|_| MoneyError::Overflow)?;
        let scale = 10_i64.checked_pow(missing).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount: minor.checked_mul(scale).ok_or(MoneyError::Overflow)?, currency })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn usd(amount: i64) -> Money {
        Money::new(amount, Currency::USD)
    }

    #[test]
    fn given_a_price_text_when_parsed_then_it_is_exact() {
        let jpy: Currency = "JPY".parse().unwrap();
        let kwd: Currency = "KWD".parse().unwrap();
        for (text, currency, expected) in [
            ("129.99", Currency::USD, Ok(12_999)),
            ("5", Currency::USD, Ok(500)),
            ("0.5", Currency::USD, Ok(50)),
            ("1.005", Currency::USD, Err(MoneyError::TooPrecise)),
            ("1.005", kwd, Ok(1005)),
            ("100", jpy, Ok(100)),
            ("1.0", jpy, Err(MoneyError::TooPrecise)),
            ("-1", Currency::USD, Err(MoneyError::Malformed)),
            ("+1", Currency::USD, Err(MoneyError::Malformed)),
            ("1e3", Currency::USD, Err(MoneyError::Malformed)),
            ("1,50", Currency::USD, Err(MoneyError::Malformed)),
            (".5", Currency::USD, Err(MoneyError::Malformed)),
            ("5.", Currency::USD, Err(MoneyError::Malformed)),
            ("", Currency::USD, Err(MoneyError::Malformed)),
            ("99999999999999999999", Currency::USD, Err(MoneyError::Overflow)),
        ] {
            assert_eq!(Money::parse_major(text, currency).map(Money::amount), expected, "{text} {currency}");
        }
    }

    #[test]
    fn given_two_currencies_when_added_then_it_is_an_error() {
        let euros = Money::new(1, "EUR".parse().unwrap());
        assert_eq!(usd(1).checked_add(euros), Err(MoneyError::CurrencyMismatch));
        assert_eq!(usd(i64::MAX).checked_add(usd(1)), Err(MoneyError::Overflow));
    }

    #[test]
    fn given_a_code_without_minor_units_or_in_lower_case_when_parsed_then_it_is_refused() {
        for code in ["XAU", "usd", "US", "ZZZ", ""] {
            assert_eq!(code.parse::<Currency>(), Err(MoneyError::UnknownCurrency), "{code}");
        }
    }

    proptest! {
        #[test]
        fn any_amount_of_cents_survives_its_text(cents in 0_i64..1_000_000_000_000) {
            let text = format!("{}.{:02}", cents / 100, cents % 100);
            prop_assert_eq!(Money::parse_major(&text, Currency::USD), Ok(usd(cents)));
        }

        #[test]
        fn multiplying_is_repeated_adding(cents in 0_i64..1_000_000, units in 1_u32..200) {
            let quantity = Quantity::new(units).unwrap();
            let sum = Money::sum(Currency::USD, (0..units).map(|_| usd(cents)));
            prop_assert_eq!(usd(cents).checked_mul(quantity), sum);
        }
    }
}
