//! A JSON document as serde's input. Unlike `serde_json`'s own it takes only objects, never arrays, for structs, and keeps
//! repeated fields, so that types can refuse them.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{
        Error, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
        value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer, StrDeserializer},
    },
    forward_to_deserialize_any,
};

use super::{escaped, query_text::Wrong};
use crate::card_number::holds_card_number;

#[derive(Debug)]
pub(super) enum Document {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(String),
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Document {
    fn kind(&self) -> Unexpected<'_> {
        match self {
            Self::Null => Unexpected::Other("null"),
            Self::Bool(value) => Unexpected::Bool(*value),
            Self::Unsigned(value) => Unexpected::Unsigned(*value),
            Self::Signed(value) => Unexpected::Signed(*value),
            Self::Float(value) => Unexpected::Float(*value),
            Self::Text(_) => Unexpected::Other("string"),
            Self::Array(_) => Unexpected::Seq,
            Self::Object(_) => Unexpected::Map,
        }
    }
}

impl Document {
    /// Where a card number is, if anywhere: of a field that is named so, the object that it is in.
    pub(super) fn card_number(&self) -> Option<String> {
        let within = |step: String, value: &Self| value.card_number().map(|rest| format!("/{step}{rest}"));
        let found = match self {
            Self::Text(text) => holds_card_number(text),
            Self::Unsigned(number) => holds_card_number(&number.to_string()),
            Self::Signed(number) => holds_card_number(&number.unsigned_abs().to_string()),
            Self::Null | Self::Bool(_) => false,
            Self::Float(number) => holds_card_number(&number.to_string()),
            Self::Array(elements) => {
                return elements.iter().enumerate().find_map(|(index, value)| within(index.to_string(), value));
            }
            Self::Object(fields) if fields.iter().any(|(name, _)| holds_card_number(name)) => true,
            Self::Object(fields) => return fields.iter().find_map(|(name, value)| within(escaped(name), value)),
        };
        found.then(String::new)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Document;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }
            fn visit_unit<E>(self) -> Result<Document, E> {
                Ok(Document::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Document, E> {
                Ok(Document::Bool(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Document, E> {
                Ok(Document::Unsigned(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Document, E> {
                Ok(Document::Signed(value))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Document, E> {
                Ok(Document::Float(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Document, E> {
                Ok(Document::Text(value.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Document, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = array.next_element()? {
                    elements.push(element);
                }
                Ok(Document::Array(elements))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Document, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = object.next_entry()? {
                    fields.push(field);
                }
                Ok(Document::Object(fields))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> IntoDeserializer<'de, Wrong> for &'de Document {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

fn entries(fields: &[(String, Document)]) -> MapDeserializer<'_, impl Iterator<Item = (&str, &Document)>, Wrong> {
    MapDeserializer::new(fields.iter().map(|(name, value)| (name.as_str(), value)))
}

impl<'de> Deserializer<'de> for &'de Document {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Document::Null => visitor.visit_unit(),
            Document::Bool(value) => visitor.visit_bool(*value),
            Document::Unsigned(value) => visitor.visit_u64(*value),
            Document::Signed(value) => visitor.visit_i64(*value),
            Document::Float(value) => visitor.visit_f64(*value),
            Document::Text(value) => visitor.visit_borrowed_str(value),
            Document::Array(elements) => {
                let mut elements = SeqDeserializer::new(elements.iter());
                let value = visitor.visit_seq(&mut elements)?;
                elements.end()?;
                Ok(value)
            }
            Document::Object(fields) => visitor.visit_map(entries(fields)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self {
            Document::Object(_) => self.deserialize_any(visitor),
            _ => Err(Wrong::invalid_type(self.kind(), &"an object")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Document::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self {
            Document::Text(variant) => StrDeserializer::new(variant).deserialize_enum(name, variants, visitor),
            Document::Object(fields) => {
                MapAccessDeserializer::new(entries(fields)).deserialize_enum(name, variants, visitor)
            }
            _ => Err(Wrong::invalid_type(self.kind(), &"a string")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}
