//! What only a product's page needs. People set it; rows do not change it.

use std::collections::HashSet;

use rialto_kernel::ProductId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::edit::{EditError, TextError, line};

/// The most products that one names as related.
const RELATED: usize = 20;
const SEO_TITLE_CHARS: usize = 70;
const SEO_DESCRIPTION_CHARS: usize = 160;

/// What only a product's page needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Storefront {
    /// For search engines.
    pub seo: Seo,
    /// The words of its address, where they are not those of its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug_words: Option<String>,
    /// Other products to show beside it, of whatever seller; some may not exist, or not be shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<ProductId>,
}

/// What search engines are told of a page. What is absent is as the product's own title and description.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProductSeo)]
pub struct Seo {
    /// The page's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Walnut desk lamp with warm light")]
    pub title: Option<String>,
    /// What stands under the title in a list of results.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "A lamp of solid walnut that dims to a glow.")]
    pub description: Option<String>,
}

/// The title for search engines; empty for the product's own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = ProductSeoTitle, value_type = String, max_length = 70, example = "Walnut desk lamp with warm light")]
pub struct SeoTitle(String);

/// The description for search engines, one line; empty for the product's own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = ProductSeoDescription, value_type = String, max_length = 160, example = "A lamp of solid walnut that dims to a glow.")]
pub struct SeoDescription(String);

impl TryFrom<String> for SeoTitle {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        line(&text, 0, SEO_TITLE_CHARS).map(Self)
    }
}

impl TryFrom<String> for SeoDescription {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        line(&text, 0, SEO_DESCRIPTION_CHARS).map(Self)
    }
}

/// What search engines are to be told. What is absent stays; what is empty is the product's own again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = ProductSeoEdit)]
pub struct SeoEdit {
    /// The page's title.
    pub title: Option<SeoTitle>,
    /// What stands under the title in a list of results.
    pub description: Option<SeoDescription>,
}

impl Seo {
    pub(super) fn apply(&mut self, edit: &SeoEdit) {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        if let Some(SeoTitle(title)) = &edit.title {
            self.title = given(title);
        }
        if let Some(SeoDescription(description)) = &edit.description {
            self.description = given(description);
        }
    }
}

/// Checks what `product` is to name as related.
pub(super) fn related(product: ProductId, wanted: &[ProductId]) -> Result<Vec<ProductId>, EditError> {
    if wanted.len() > RELATED {
        return Err(EditError::at("/related", format!("must name at most {RELATED} products")));
    }
    let mut seen = HashSet::from([product]);
    match wanted.iter().position(|id| !seen.insert(*id)) {
        Some(index) => Err(EditError::at(format!("/related/{index}"), "must be another product, named once")),
        None => Ok(wanted.to_vec()),
    }
}
