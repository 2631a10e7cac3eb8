//! The texts that attributes are made of, as requests write them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    attribute_values::SEPARATOR,
    edit::{TextError, line},
    row::{ATTRIBUTE_CHARS, attribute_name},
};

/// The longest value that can be declared.
const ALLOWED_CHARS: usize = 60;

/// The name of an attribute: one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = AttributeName, value_type = String, min_length = 1, max_length = 50, example = "Width")]
pub struct Name(String);

/// The value of an attribute: one line; empty for none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = AttributeValue, value_type = String, max_length = 500, example = "42 cm")]
pub struct Value(String);

/// A value that an attribute can have: one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = AllowedValue, value_type = String, min_length = 1, max_length = 60, pattern = r"^[^|]*[^|\s][^|]*$", example = "Red")]
pub struct Allowed(String);

macro_rules! text {
    ($($name:ident)+) => {
        $(impl $name {
            /// Trimmed.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        })+
    };
}

text!(Name Value Allowed);

impl TryFrom<String> for Name {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        attribute_name(&text)?;
        Ok(Self(text.trim().to_owned()))
    }
}

impl TryFrom<String> for Value {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        line(&text, 0, ATTRIBUTE_CHARS).map(Self)
    }
}

impl TryFrom<String> for Allowed {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.contains(SEPARATOR) {
            return Err(format!("must not contain {SEPARATOR}"));
        }
        line(&text, 1, ALLOWED_CHARS).map(Self).map_err(|error| error.to_string())
    }
}
