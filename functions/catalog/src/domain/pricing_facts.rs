//! What of a row's attributes prices an order, beside the price itself.
//!
//! | Column | Holds | Where it is empty |
//! |---|---|---|
//! | `attr:weight_g` | weight of one unit in grams, 1 to 1,000,000, as it is sent | the tariff's `assumedGrams` |
//! | `attr:tax_category` | what the destination may tax otherwise, such as `books`: 1 to 40 of `a-z`, `0-9`, `_` | the general rate |

use std::collections::BTreeMap;

/// The attribute with the weight.
const WEIGHT: &str = "weight_g";
/// The attribute with the tax category.
const TAX_CATEGORY: &str = "tax_category";
const HEAVIEST: u32 = 1_000_000;
const TAX_CATEGORY_CHARS: usize = 40;

/// Weight of one unit in grams, where the row says.
#[must_use]
pub fn weight_grams(attributes: &BTreeMap<String, String>) -> Option<u32> {
    grams(attributes.get(WEIGHT)?)
}

/// The tax category, where the row says.
#[must_use]
pub fn tax_category(attributes: &BTreeMap<String, String>) -> Option<String> {
    attributes.get(TAX_CATEGORY).filter(|category| is_category(category)).cloned()
}

/// Whether an attribute of this name, whatever its case, would be taken for one of them.
#[must_use]
pub fn is_one(name: &str) -> bool {
    [WEIGHT, TAX_CATEGORY].iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// What is wrong with an attribute that prices an order; nothing with any other.
#[must_use]
pub fn fault(name: &str, value: &str) -> Option<&'static str> {
    match name {
        WEIGHT if grams(value).is_none() => Some("is no weight: write whole grams of one unit, from 1 to 1000000"),
        TAX_CATEGORY if !is_category(value) => {
            Some("is no tax category: write 1 to 40 of a-z, 0-9 and _, such as books, or leave it empty")
        }
        _ => None,
    }
}

fn grams(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|grams| digits && (1..=HEAVIEST).contains(grams))
}

fn is_category(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=TAX_CATEGORY_CHARS).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_attributes_when_read_then_only_what_prices_an_order_is_checked() {
        for (name, value, good) in [
            ("weight_g", "1", true),
            ("weight_g", "1000000", true),
            ("weight_g", "0", false),
            ("weight_g", "1000001", false),
            ("weight_g", "+5", false),
            ("weight_g", "2 kg", false),
            ("weight_g", "0.5", false),
            ("tax_category", "books", true),
            ("tax_category", "Books", false),
            ("tax_category", "a b", false),
            ("weight", "2 kg", true),
            ("color", "Red", true),
        ] {
            assert_eq!(fault(name, value).is_none(), good, "{name} {value}");
        }
        let row = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
        assert_eq!(weight_grams(&row("weight_g", "750")), Some(750));
        assert_eq!(weight_grams(&row("weight", "750")), None);
        assert_eq!(weight_grams(&row("weight_g", "of an import before this rule")), None);
        assert_eq!(tax_category(&row("tax_category", "books")).as_deref(), Some("books"));
        assert_eq!(tax_category(&row("color", "books")), None);
    }
}
