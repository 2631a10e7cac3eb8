//! DynamoDB's numbers: exact decimals of up to 38 significant digits.

use std::cmp::Ordering;
use std::fmt;

/// `mantissa * 10^exponent`, without trailing zeros in the mantissa, so that equal numbers are equal here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Number {
    mantissa: i128,
    exponent: i32,
}

const DIGITS: u32 = 38;

impl Number {
    /// A decimal, with an exponent if need be; nothing if it is none, or beyond DynamoDB's precision or range.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match digits.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, digits.strip_prefix('+').unwrap_or(digits)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let significant = all.trim_end_matches('0');
        let dropped = i32::try_from(all.len() - significant.len()).ok()?;
        let shift = i32::try_from(fraction.len()).ok()?;
        let mantissa: i128 = if significant.is_empty() { 0 } else { significant.parse().ok()? };
        let mantissa = if negative { -mantissa } else { mantissa };
        Self::normal(mantissa, exponent.checked_sub(shift)?.checked_add(dropped)?)
    }

    /// The exact sum; nothing if it has more than 38 digits.
    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        Self::normal(self.scaled_to(exponent)?.checked_add(other.scaled_to(exponent)?)?, exponent)
    }

    fn normal(mut mantissa: i128, mut exponent: i32) -> Option<Self> {
        if mantissa == 0 {
            return Some(Self { mantissa: 0, exponent: 0 });
        }
        while mantissa % 10 == 0 {
            mantissa /= 10;
            exponent = exponent.checked_add(1)?;
        }
        let number = Self { mantissa, exponent };
        let in_range = (-129..=126).contains(&number.magnitude()) && number.digits() <= DIGITS;
        in_range.then_some(number)
    }

    fn scaled_to(self, exponent: i32) -> Option<i128> {
        let zeros = u32::try_from(self.exponent.checked_sub(exponent)?).ok()?;
        if self.mantissa == 0 { Some(0) } else { self.mantissa.checked_mul(10_i128.checked_pow(zeros)?) }
    }

    fn digits(self) -> u32 {
        self.mantissa.unsigned_abs().checked_ilog10().map_or(0, |log| log + 1)
    }

    /// The number of digits before the decimal point (negative: the zeros after it).
    fn magnitude(self) -> i32 {
        i32::try_from(self.digits()).unwrap_or(i32::MAX).saturating_add(self.exponent)
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_sign = self.mantissa.signum().cmp(&other.mantissa.signum());
        if by_sign.is_ne() || self.mantissa == 0 {
            return by_sign;
        }
        let by_magnitude = self.magnitude().cmp(&other.magnitude());
        if by_magnitude.is_ne() {
            return if self.mantissa > 0 { by_magnitude } else { by_magnitude.reverse() };
        }
        // Of one magnitude, so both fit 38 digits at the smaller exponent.
        let exponent = self.exponent.min(other.exponent);
        self.scaled_to(exponent).cmp(&other.scaled_to(exponent))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Without exponent, as DynamoDB answers numbers.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let places = usize::try_from(self.exponent.unsigned_abs()).unwrap_or(usize::MAX);
        if self.exponent >= 0 {
            return write!(f, "{sign}{digits}{}", "0".repeat(places));
        }
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn texts_of_one_number_are_equal() {
        for text in ["100", "+100", "100.0", "1e2", "0.1E+3", "00100"] {
            assert_eq!(number(text).to_string(), "100", "{text}");
        }
        assert_eq!(number("-0.0500").to_string(), "-0.05");
        assert_eq!(number("-0"), number("0"));
    }

    #[test]
    fn what_dynamodb_refuses_is_no_number() {
        let too_long = "1".repeat(39);
        for text in ["", "-", ".", "x", "1e", "--1", "1.2.3", "NaN", "1e126", "1e-131", too_long.as_str()] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn far_apart_numbers_compare() {
        assert!(number("1e125") > number("99999999999999999999999999999999999999"));
        assert!(number("-1e125") < number("1e-130"));
        assert!(number("0") < number("1e-130"));
        assert_eq!(number("1e125").plus(number("1")), None);
    }

    proptest! {
        #[test]
        fn integers_keep_order_sum_and_text(a in any::<i64>(), b in any::<i64>()) {
            let (left, right) = (number(&a.to_string()), number(&b.to_string()));
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
            prop_assert_eq!(left.plus(right).unwrap().to_string(), (i128::from(a) + i128::from(b)).to_string());
        }

        #[test]
        fn decimals_compare_as_their_scaled_integers(a in any::<i32>(), b in any::<i32>(), places in 0_i32..20) {
            let (left, right) = (number(&format!("{a}e-{places}")), number(&format!("{b}e-{places}")));
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
            prop_assert_eq!(number(&left.to_string()), left);
        }
    }
}
