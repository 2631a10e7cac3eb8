//! Tags: words that a seller puts a product under, besides its category.

use std::collections::HashSet;

use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    edit::{TextError, line},
    row::{RowCode, RowError},
};

/// The most tags of a product.
pub const TAGS: usize = 20;
/// Between the tags of a row.
pub const SEPARATOR: char = '|';
const TAG_CHARS: usize = 40;

/// A tag: one line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = ProductTag, value_type = String, min_length = 1, max_length = 40, pattern = r"^[^|]*[^|\s][^|]*$", example = "gift")]
pub struct Tag(String);

impl TryFrom<String> for Tag {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        if text.contains(SEPARATOR) {
            return Err(TextError::new("must not contain |, which separates tags in files"));
        }
        line(&text, 1, TAG_CHARS).map(Self)
    }
}

/// Each tag once, whatever its case: the first spelling stays, and so does the order.
#[must_use]
pub fn distinct(tags: impl IntoIterator<Item = Tag>) -> Vec<String> {
    let mut seen = HashSet::new();
    tags.into_iter().map(|Tag(tag)| tag).filter(|tag| seen.insert(tag.to_lowercase())).collect()
}

/// The tags of a row's value; what is empty between two separators is none.
///
/// # Errors
/// What to change in the column `tags`.
pub(super) fn of_row(value: &str) -> Result<Vec<String>, RowError> {
    let given = value.split(SEPARATOR).map(str::trim).filter(|tag| !tag.is_empty());
    let given: Vec<Tag> =
        given.map(|tag| Tag::try_from(tag.to_owned())).collect::<Result<_, _>>().map_err(|error| {
            let is_line = !value.chars().any(char::is_control);
            let code = if is_line { RowCode::TooLong } else { RowCode::InvalidCharacter };
            RowError::new("tags", code, format!("each of its tags {error}, as in summer|gift"))
        })?;
    if given.len() > TAGS {
        let message = format!("has {} tags: use at most {TAGS}", given.len());
        return Err(RowError::new("tags", RowCode::TooMany, message));
    }
    Ok(distinct(given))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_tags_in_several_spellings_when_kept_then_the_first_of_each_in_their_order() {
        assert_eq!(of_row(" Gift | summer|GIFT||Été|été |summer|").unwrap(), ["Gift", "summer", "Été"]);
        assert_eq!(of_row(" | ").unwrap(), Vec::<String>::new());
        let longest = "x".repeat(TAG_CHARS);
        assert_eq!(of_row(&longest).unwrap(), [longest.as_str()]);
        for wrong in [format!("a|{longest}x"), "a|two\nlines".to_owned(), "\u{7}b".to_owned()] {
            assert!(of_row(&wrong).is_err(), "{wrong:?}");
        }
        for wrong in ["", " ", "a|b"] {
            assert!(Tag::try_from(wrong.to_owned()).is_err(), "{wrong:?}");
        }
    }
}
