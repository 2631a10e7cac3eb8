//! What a seller or operator changes on a product, besides uploading its rows again.

use std::collections::BTreeMap;

use rialto_kernel::{Money, ProductId, Timestamp, VariantId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;
use utoipa::ToSchema;

use super::{
    attributes::Types,
    category::Category,
    edit_attributes::{self, VariantAttributes},
    product::{Main, Product, Status},
    row::{
        BRAND_CHARS, CATEGORY_CHARS, CATEGORY_DEPTH, DESCRIPTION_CHARS, PRICE_MINOR_UNITS, RowError, SKU_CHARS,
        TITLE_CHARS,
    },
    slug::SlugWords,
    storefront::{SeoEdit, related},
    tags::{TAGS, Tag, distinct},
    tree::Led,
};

/// A text that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct TextError(String);

impl TextError {
    pub(super) fn new(what_to_change: impl Into<String>) -> Self {
        Self(what_to_change.into())
    }
}

/// What a product is called: one line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = ProductTitle, value_type = String, min_length = 1, max_length = 200, example = "Glass lamp")]
pub struct Title(String);

/// Plain text with line breaks; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = ProductDescription, value_type = String, max_length = 5_000, example = "Warm light.")]
pub struct Description(String);

/// A brand; empty for none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = ProductBrand, value_type = String, max_length = 100, example = "Lumen")]
pub struct Brand(String);

/// The seller's own text for an offer: one line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = NewSku, value_type = String, min_length = 1, max_length = 64, example = "LAMP-1")]
pub struct Sku(String);

/// One level of a category's path.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = CategoryLevel, value_type = String, min_length = 1, max_length = 60, pattern = r"^[^>]*[^>\s][^>]*$", example = "Lighting")]
pub struct Level(String);

impl TryFrom<String> for Sku {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        line(&text, 1, SKU_CHARS).map(Self)
    }
}

macro_rules! into_string {
    ($($name:ident)+) => {
        $(impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        })+
    };
}

into_string!(Title Description Brand Sku Level);

impl TryFrom<String> for Title {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        line(&text, 1, TITLE_CHARS).map(Self)
    }
}

impl TryFrom<String> for Description {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        let breaks = |c: char| matches!(c, '\n' | '\r' | '\t');
        if text.chars().any(|c| c.is_control() && !breaks(c)) {
            return Err(TextError("must have no control characters but line breaks and tabs".to_owned()));
        }
        sized(&text, 0, DESCRIPTION_CHARS).map(Self)
    }
}

impl TryFrom<String> for Brand {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        line(&text, 0, BRAND_CHARS).map(Self)
    }
}

impl TryFrom<String> for Level {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        if text.contains('>') {
            return Err(TextError("must not contain >: write each level by itself".to_owned()));
        }
        line(&text, 1, CATEGORY_CHARS).map(Self)
    }
}

pub(super) fn line(text: &str, least: usize, most: usize) -> Result<String, TextError> {
    if text.chars().any(char::is_control) {
        return Err(TextError("must be one line with no control characters".to_owned()));
    }
    sized(text, least, most)
}

fn sized(text: &str, least: usize, most: usize) -> Result<String, TextError> {
    let trimmed = text.trim();
    match trimmed.chars().count() {
        length if (least..=most).contains(&length) => Ok(trimmed.to_owned()),
        _ if least == 0 => Err(TextError(format!("must have at most {most} characters"))),
        _ => Err(TextError(format!("must have {least} to {most} characters"))),
    }
}

/// What is to be different. What is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProductEdit)]
pub struct Edit {
    /// What the product is called.
    pub title: Option<Title>,
    /// Plain text.
    pub description: Option<Description>,
    /// Empty for none.
    pub brand: Option<Brand>,
    /// From the department down.
    #[schema(min_items = 1, max_items = 5)]
    pub category_path: Option<Vec<Level>>,
    /// In place of those before, in this order; each is kept once, whatever its case.
    #[schema(max_items = 20)]
    pub tags: Option<Vec<Tag>>,
    /// What search engines are told.
    pub seo: Option<SeoEdit>,
    /// The words of the page's address; empty for those of the title. Old addresses lead to the new one.
    pub slug_words: Option<SlugWords>,
    /// Other products to show beside it, in place of those before: of whatever seller, each once. The page names them all; one
    /// that does not exist, or is not shown, has no card at `GET /v1/product-cards`.
    #[schema(max_items = 20)]
    pub related: Option<Vec<ProductId>>,
    /// Whether it is for sale. `draft` without `publishAt` takes back the time at which it was to be put on sale.
    pub status: Option<Status>,
    /// When a draft is put on sale by itself, within a minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub publish_at: Option<Timestamp>,
    /// New prices of variants.
    #[serde(default)]
    #[schema(required = false, max_items = 100)]
    pub prices: Vec<VariantPrice>,
    /// New attributes of variants.
    #[serde(default)]
    #[schema(required = false, max_items = 100)]
    pub attributes: Vec<VariantAttributes>,
}

impl Edit {
    /// The path whose categories' declarations judge the edit: where the product is to be, or is; none where it says nothing
    /// that is judged so.
    #[must_use]
    pub fn judged_at(&self, product: &Product) -> Option<Vec<String>> {
        match &self.category_path {
            Some(path) => Some(path.iter().map(|Level(level)| level.clone()).collect()),
            None if self.attributes.is_empty() => None,
            None => Some(product.main.as_ref()?.category_path.clone()),
        }
        .filter(|path| (1..=CATEGORY_DEPTH).contains(&path.len()))
    }
}

/// The new price of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariantPrice {
    /// Which of the product's variants.
    pub variant_id: VariantId,
    /// Above zero, and in the currency that the variant is sold in.
    pub price: Money,
}

/// Why an edit cannot be done, with what it is about as a JSON pointer into it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{pointer}: {message}")]
pub struct EditError {
    /// Into the edit.
    pub pointer: String,
    /// What to change.
    pub message: String,
}

impl EditError {
    pub(super) fn at(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }
}

/// What was changed on a product, when and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProductChange)]
pub struct Change {
    /// Counts the changes of the product, those of uploads included.
    pub version: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The seller, or the operator's account.
    #[schema(example = "sel_018f2f6c8d7a7c3e9b1d5a6f7e8c9d0a")]
    pub by: String,
    /// By field: what it was and what it became.
    #[schema(value_type = std::collections::BTreeMap<String, Difference>)]
    pub fields: BTreeMap<String, Difference>,
}

/// What a field was and became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProductDifference, example = json!({"from": "Lamp", "to": "Glass lamp"}))]
pub struct Difference {
    /// Before the change.
    #[schema(value_type = Value)]
    pub from: Value,
    /// After it.
    #[schema(value_type = Value)]
    pub to: Value,
}

/// As [`edited_at`], where nothing is declared.
#[cfg(test)]
pub(crate) fn edited(
    before: &Product,
    edit: &Edit,
    now: Timestamp,
) -> Result<(Product, BTreeMap<String, Difference>), EditError> {
    edited_at(before, edit, None, now)
}

/// The product after an edit, and which fields differ from before: none when it was so already. `led` is where
/// [`Edit::judged_at`] leads.
///
/// # Errors
/// What to change in the edit.
pub fn edited_at(
    before: &Product,
    edit: &Edit,
    led: Option<&Led>,
    now: Timestamp,
) -> Result<(Product, BTreeMap<String, Difference>), EditError> {
    let mut after = before.clone();
    let main = after.main.as_mut().ok_or_else(|| EditError::at("", "the product has no row of its own yet"))?;
    if let Some(Title(title)) = &edit.title {
        main.title.clone_from(title);
    }
    if let Some(Description(description)) = &edit.description {
        main.description.clone_from(description);
    }
    if let Some(Brand(brand)) = &edit.brand {
        main.brand = (!brand.is_empty()).then(|| brand.clone());
    }
    if let Some(path) = &edit.category_path {
        if path.is_empty() || path.len() > CATEGORY_DEPTH {
            return Err(EditError::at("/categoryPath", format!("must have 1 to {CATEGORY_DEPTH} levels")));
        }
        let path = || path.iter().map(|Level(level)| level.clone()).collect();
        main.category_path = led.map_or_else(path, |led| led.path.clone());
    }
    let goes = |before: &Main| {
        Category::at(&before.category_path).category_id != Category::at(&main.category_path).category_id
    };
    let moved = before.main.as_ref().is_some_and(goes);
    if let Some(tags) = &edit.tags {
        if tags.len() > TAGS {
            return Err(EditError::at("/tags", format!("must have at most {TAGS} tags")));
        }
        main.tags = distinct(tags.iter().cloned());
    }
    if let Some(seo) = &edit.seo {
        after.storefront.seo.apply(seo);
    }
    if let Some(words) = &edit.slug_words {
        after.storefront.slug_words = words.given();
    }
    if let Some(wanted) = &edit.related {
        after.storefront.related = related(after.id, wanted)?;
    }
    for (index, VariantPrice { variant_id, price }) in edit.prices.iter().enumerate() {
        let at = |field: &str| format!("/prices/{index}/{field}");
        let variant = after.variants.get_mut(variant_id);
        let variant = variant.ok_or_else(|| EditError::at(at("variantId"), "is no variant of this product"))?;
        if price.currency() != variant.price.currency() {
            let message = format!("must be in {}, in which the variant is sold", variant.price.currency().code());
            return Err(EditError::at(at("price/currency"), message));
        }
        if price.amount() <= 0 || price.amount() > PRICE_MINOR_UNITS {
            return Err(EditError::at(at("price/amount"), format!("must be from 1 to {PRICE_MINOR_UNITS}")));
        }
        variant.price = *price;
    }
    let types = led.map_or_else(Types::default, |led| led.types.clone());
    edit_attributes::put(&mut after, &edit.attributes, &types, moved)?;
    if let Some(status) = edit.status {
        after = after.turned(status, now);
    }
    if let Some(time) = edit.publish_at {
        if after.status != Status::Draft {
            return Err(EditError::at("/publishAt", "is for drafts: write the status draft with it"));
        }
        after.publish_at = Some(time);
    }
    if let Some(RowError { message, .. }) = after.refusal() {
        return Err(EditError::at("", message));
    }
    let fields = differences(before, &after);
    Ok((after, fields))
}

/// The product archived, or for sale again if it was archived.
#[must_use]
pub fn archived(before: &Product, archived: bool, now: Timestamp) -> (Product, BTreeMap<String, Difference>) {
    let after = match (archived, before.status) {
        (true, _) => before.turned(Status::Archived, now),
        (false, Status::Archived) => before.turned(Status::Active, now),
        (false, _) => before.clone(),
    };
    let fields = differences(before, &after);
    (after, fields)
}

/// The product put on sale, if it is a draft whose time has come.
#[must_use]
pub fn published(before: &Product, now: Timestamp) -> (Product, BTreeMap<String, Difference>) {
    let after = match before.due_at() {
        Some(time) if time <= now => before.turned(Status::Active, now),
        _ => before.clone(),
    };
    let fields = differences(before, &after);
    (after, fields)
}

pub(super) fn differences(before: &Product, after: &Product) -> BTreeMap<String, Difference> {
    let (before, after) = (fields_of(before), fields_of(after));
    let changed = after.into_iter().filter_map(|(name, to)| {
        let from = before.get(&name).cloned().unwrap_or_default();
        (from != to).then_some((name, Difference { from, to }))
    });
    changed.collect()
}

fn fields_of(product: &Product) -> BTreeMap<String, Value> {
    let (status, publish_at) = (json!(product.status), json!(product.publish_at));
    let images: Vec<_> = product.pictures.iter().map(|it| json!({ "id": it.id, "alt": it.alt })).collect();
    let mut fields = BTreeMap::from([
        ("status".to_owned(), status),
        ("publishAt".to_owned(), publish_at),
        ("images".to_owned(), json!(images)),
        ("seo".to_owned(), json!(product.storefront.seo)),
        ("slugWords".to_owned(), json!(product.storefront.slug_words)),
        ("related".to_owned(), json!(product.storefront.related)),
    ]);
    if let Some(main) = &product.main {
        fields.insert("title".to_owned(), json!(main.title));
        fields.insert("description".to_owned(), json!(main.description));
        fields.insert("brand".to_owned(), json!(main.brand));
        fields.insert("categoryPath".to_owned(), json!(main.category_path));
        fields.insert("tags".to_owned(), json!(main.tags));
    }
    let prices = product.variants.iter().map(|(id, variant)| (format!("price of {id}"), json!(variant.price)));
    fields.extend(prices);
    let attributes = product.variants.iter().map(|(id, it)| (format!("attributes of {id}"), json!(it.attributes)));
    fields.extend(attributes);
    fields
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
