//! One row of an uploaded file: what a seller may write, checked and normalised.

use std::collections::BTreeMap;

use rialto_http::holds_card_number;
use rialto_kernel::{Currency, Money, MoneyError, OfferId, ProductId, SellerId, VariantId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{pricing_facts, tags};

/// The columns that each file has.
pub const REQUIRED: [&str; 8] = ["sku", "title", "description", "brand", "category", "price", "currency", "quantity"];
/// The columns that a file may have besides any `attr:<name>`.
pub const OPTIONAL: [&str; 3] = ["image_url", "parent_sku", "tags"];
/// What the name of an attribute's column begins with.
pub const ATTRIBUTE: &str = "attr:";

pub(super) const SKU_CHARS: usize = 64;
pub(super) const TITLE_CHARS: usize = 200;
pub(super) const DESCRIPTION_CHARS: usize = 5_000;
pub(super) const BRAND_CHARS: usize = 100;
pub(super) const CATEGORY_CHARS: usize = 60;
pub(crate) const CATEGORY_DEPTH: usize = 5;
pub(crate) const ATTRIBUTES: usize = 50;
const ATTRIBUTE_NAME_CHARS: usize = 50;
pub(crate) const ATTRIBUTE_CHARS: usize = 500;
const URL_CHARS: usize = 2_000;
pub(crate) const QUANTITY: u32 = 1_000_000;
pub(crate) const PRICE_MINOR_UNITS: i64 = 10_000_000_000;

/// Why a row is refused. The names are part of the report's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "each name says it, and the message beside it explains")]
pub enum RowCode {
    Missing,
    TooLong,
    TooMany,
    TooDeep,
    InvalidCharacter,
    NotUtf8,
    StrayQuote,
    WrongColumnCount,
    MalformedJson,
    WrongType,
    UnknownField,
    DuplicateField,
    InvalidPrice,
    InvalidCurrency,
    InvalidQuantity,
    InvalidUrl,
    InvalidParent,
    CardNumber,
    DuplicateSku,
    BelowReserved,
    NotAllowed,
    DeclaredAnew,
}

impl RowCode {
    /// The code as the report writes it.
    #[must_use]
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// One thing to change in one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// The column, or empty when it is about the whole row.
    pub field: String,
    /// What kind of mistake it is.
    pub code: RowCode,
    /// What to change.
    pub message: String,
}

impl RowError {
    /// An error of the column `field`; an empty name stands for the whole row.
    #[must_use]
    pub fn new(field: &str, code: RowCode, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), code, message: message.into() }
    }
}

/// A row that can be published. Its texts are trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The seller's own name of the offer, unique within the seller.
    pub sku: String,
    /// What the product is called.
    pub title: String,
    /// May be empty and may have line breaks.
    pub description: String,
    /// Absent when the column is empty.
    pub brand: Option<String>,
    /// From the department down.
    pub category_path: Vec<String>,
    /// Above zero.
    pub price: Money,
    /// Units on hand in the seller's default warehouse.
    pub quantity: u32,
    /// Free attributes by name.
    pub attributes: BTreeMap<String, String>,
    /// Address of a picture.
    pub image_url: Option<String>,
    /// The row whose product this is a further variant of.
    pub parent_sku: Option<String>,
    /// Of the product; absent when the file says nothing of tags, and of a further variant; empty when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

impl Row {
    /// The offer that this row is about: the same for the same seller and sku, always.
    #[must_use]
    pub fn offer_id(&self, seller: SellerId) -> OfferId {
        OfferId::named(&[&seller.to_string(), &self.sku])
    }

    /// The variant that this row is about.
    #[must_use]
    pub fn variant_id(&self, seller: SellerId) -> VariantId {
        VariantId::named(&[&seller.to_string(), &self.sku])
    }

    /// The product that shows it: its own, or its parent's.
    #[must_use]
    pub fn product_id(&self, seller: SellerId) -> ProductId {
        ProductId::named(&[&seller.to_string(), self.parent_sku.as_ref().unwrap_or(&self.sku)])
    }

    /// SHA-256, in hexadecimal, of all that the row says but tags: two rows with the same hash mean the same. Listings keep it, so
    /// a row that does not use a new column keeps its hash.
    #[must_use]
    pub fn hash(&self) -> String {
        let canonical = serde_json::to_vec(&Self { tags: None, ..self.clone() }).unwrap_or_default();
        Sha256::digest(&canonical).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Checks the values of a row by column name. An absent column reads as an empty one, but for `tags`.
    ///
    /// # Errors
    /// Everything that is wrong with the row, not just the first.
    pub fn check(values: &BTreeMap<String, String>) -> Result<Self, Vec<RowError>> {
        let found = card_numbers(values);
        if !found.is_empty() {
            // Alone: other messages repeat what is written.
            return Err(found);
        }
        let mut check = Check { values, errors: Vec::new() };
        let sku = check.required("sku", SKU_CHARS);
        let title = check.required("title", TITLE_CHARS);
        let description = check.text("description", DESCRIPTION_CHARS, true).to_owned();
        let brand = optional(check.text("brand", BRAND_CHARS, false));
        let category_path = check.category();
        let price = check.price();
        let quantity = check.quantity();
        let attributes = check.attributes();
        let image_url = check.image_url();
        let parent_sku = optional(check.text("parent_sku", SKU_CHARS, false));
        let tags = check.tags().filter(|_| parent_sku.is_none());
        if parent_sku.as_ref().is_some_and(|parent| *parent == sku) {
            check.fail(
                "parent_sku",
                RowCode::InvalidParent,
                "names the row itself: leave it empty, or name another sku",
            );
        }
        match (price, quantity) {
            (Some(price), Some(quantity)) if check.errors.is_empty() => Ok(Self {
                sku,
                title,
                description,
                brand,
                category_path,
                price,
                quantity,
                attributes,
                image_url,
                parent_sku,
                tags,
            }),
            _ => Err(check.errors),
        }
    }
}

/// The columns that hold what looks like a card number, by the rule of every route's body. GTIN-8, -12 and -13 are shorter than
/// any card number that counts. Of 14 digits or more those are taken for one that begin as a network's cards do and have their
/// check digit: about one in 300 of GTIN-14, whose check digit is another, and one in 30 of 16 digits drawn at random. Better a
/// seller's row to change than a card in the catalogue.
fn card_numbers(values: &BTreeMap<String, String>) -> Vec<RowError> {
    let held = values.iter().filter(|(column, value)| holds_card_number(column) || holds_card_number(value));
    let message = "holds what looks like a card number: remove it, or write other digits";
    held.map(|(column, _)| RowError::new(&shown(column), RowCode::CardNumber, message)).collect()
}

fn optional(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

struct Check<'a> {
    values: &'a BTreeMap<String, String>,
    errors: Vec<RowError>,
}

impl<'a> Check<'a> {
    fn fail(&mut self, field: &str, code: RowCode, message: impl Into<String>) {
        self.errors.push(RowError::new(field, code, message));
    }

    fn value(&self, field: &str) -> &'a str {
        self.values.get(field).map_or("", |value| value.trim())
    }

    fn text(&mut self, field: &str, longest: usize, breaks: bool) -> &'a str {
        let value = self.value(field);
        let chars = value.chars().count();
        if chars > longest {
            let message = format!("has {chars} characters: shorten it to at most {longest}");
            self.fail(field, RowCode::TooLong, message);
        }
        if value.chars().any(|c| c.is_control() && !(breaks && matches!(c, '\n' | '\r' | '\t'))) {
            let allowed = if breaks { "control characters" } else { "line breaks, tabs and other control characters" };
            self.fail(field, RowCode::InvalidCharacter, format!("remove {allowed}"));
        }
        value
    }

    fn required(&mut self, field: &str, longest: usize) -> String {
        let value = self.text(field, longest, false);
        if value.is_empty() {
            self.fail(field, RowCode::Missing, "is empty: fill it in");
        }
        value.to_owned()
    }

    fn category(&mut self) -> Vec<String> {
        let value = self.required("category", usize::MAX);
        if value.is_empty() {
            return Vec::new();
        }
        let path: Vec<String> = value.split('>').map(|part| part.trim().to_owned()).collect();
        if path.iter().any(String::is_empty) {
            self.fail("category", RowCode::Missing, "has an empty level: write it as Department > Aisle > Shelf");
        }
        if path.len() > CATEGORY_DEPTH {
            let message = format!("has {} levels: use at most {CATEGORY_DEPTH}", path.len());
            self.fail("category", RowCode::TooDeep, message);
        }
        if path.iter().any(|part| part.chars().count() > CATEGORY_CHARS) {
            let message = format!("has a level that is too long: use at most {CATEGORY_CHARS} characters each");
            self.fail("category", RowCode::TooLong, message);
        }
        path
    }

    fn price(&mut self) -> Option<Money> {
        let (price, code) = (self.value("price"), self.value("currency"));
        let currency = code.parse::<Currency>();
        if code.is_empty() {
            self.fail("currency", RowCode::Missing, "is empty: write an ISO 4217 code such as USD");
        } else if currency.is_err() {
            let message = format!("\"{}\" is no ISO 4217 code: write one such as USD", shown(code));
            self.fail("currency", RowCode::InvalidCurrency, message);
        }
        if price.is_empty() {
            self.fail("price", RowCode::Missing, "is empty: write it in major units, such as 129.99");
            return None;
        }
        // With an unknown currency only the shape can be judged; three decimals is the most that any has.
        let lenient = "KWD".parse::<Currency>().unwrap_or(Currency::USD);
        let money = match Money::parse_major(price, *currency.as_ref().unwrap_or(&lenient)) {
            Ok(money) => money,
            Err(MoneyError::TooPrecise) => {
                let decimals = currency.map_or(3, Currency::exponent);
                let message =
                    format!("\"{}\" has more decimals than the currency: use at most {decimals}", shown(price));
                self.fail("price", RowCode::InvalidPrice, message);
                return None;
            }
            Err(MoneyError::Overflow) => {
                self.fail("price", RowCode::InvalidPrice, "is too large");
                return None;
            }
            Err(_) => {
                let message = format!(
                    "\"{}\" is not a price: write digits with a point for decimals and no currency sign or separators, such as 1299.99",
                    shown(price)
                );
                self.fail("price", RowCode::InvalidPrice, message);
                return None;
            }
        };
        if money.amount() <= 0 {
            self.fail("price", RowCode::InvalidPrice, "must be above zero");
        } else if money.amount() > PRICE_MINOR_UNITS {
            self.fail(
                "price",
                RowCode::InvalidPrice,
                format!("is above {PRICE_MINOR_UNITS} minor units of the currency"),
            );
        }
        currency.is_ok().then_some(money)
    }

    fn quantity(&mut self) -> Option<u32> {
        let value = self.value("quantity");
        if value.is_empty() {
            self.fail("quantity", RowCode::Missing, "is empty: write the units on hand, 0 when there are none");
            return None;
        }
        let digits = value.bytes().all(|b| b.is_ascii_digit());
        let quantity = value.parse::<u32>().ok().filter(|n| digits && *n <= QUANTITY);
        if quantity.is_none() {
            let message = format!("\"{}\" is no quantity: write a whole number from 0 to {QUANTITY}", shown(value));
            self.fail("quantity", RowCode::InvalidQuantity, message);
        }
        quantity
    }

    fn attributes(&mut self) -> BTreeMap<String, String> {
        let mut attributes = BTreeMap::new();
        for column in self.values.keys() {
            let Some(name) = column.strip_prefix(ATTRIBUTE) else { continue };
            let value = self.text(column, ATTRIBUTE_CHARS, false);
            if value.is_empty() {
                continue;
            }
            if let Err(message) = attribute_name(name) {
                self.fail(column, RowCode::InvalidCharacter, message);
            }
            if let Some(message) = pricing_facts::fault(name.trim(), value) {
                self.fail(column, RowCode::WrongType, message);
            }
            attributes.insert(name.trim().to_owned(), value.to_owned());
        }
        if attributes.len() > ATTRIBUTES {
            let message = format!("has {} attributes: use at most {ATTRIBUTES}", attributes.len());
            self.fail("attr:", RowCode::TooMany, message);
        }
        attributes
    }

    fn tags(&mut self) -> Option<Vec<String>> {
        let tags = tags::of_row(self.values.get("tags")?);
        tags.map_err(|error| self.errors.push(error)).ok()
    }

    fn image_url(&mut self) -> Option<String> {
        let value = self.text("image_url", URL_CHARS, false);
        if value.is_empty() {
            return None;
        }
        let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
        let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
        if host.is_empty() || value.contains(char::is_whitespace) {
            self.fail(
                "image_url",
                RowCode::InvalidUrl,
                "is no web address: write one such as https://example.com/shoe.jpg",
            );
        }
        Some(value.to_owned())
    }
}

/// # Errors
/// What to change in the name of an attribute.
pub fn attribute_name(name: &str) -> Result<(), String> {
    let chars = name.trim().chars().count();
    if chars == 0 {
        return Err("has no name after \"attr:\": name the attribute, such as attr:color".to_owned());
    }
    if chars > ATTRIBUTE_NAME_CHARS {
        return Err(format!("shorten the attribute's name to at most {ATTRIBUTE_NAME_CHARS} characters"));
    }
    if name.chars().any(char::is_control) {
        return Err("remove control characters from the attribute's name".to_owned());
    }
    Ok(())
}

/// What of a wrong value a message repeats: nothing, if it holds a card number.
pub(super) fn shown(value: &str) -> String {
    if holds_card_number(value) {
        return "***".to_owned();
    }
    value.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests;
