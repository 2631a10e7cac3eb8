//! Attribute values and the conversions into them.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// A DynamoDB attribute value.
pub type Value = aws_sdk_dynamodb::types::AttributeValue;

/// The attributes of an item by name.
pub type Item = HashMap<String, Value>;

/// What an attribute can be set to or compared with.
pub trait IntoValue {
    /// The attribute value.
    fn into_value(self) -> Value;
}

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value::S(self.to_owned())
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Value::S(self)
    }
}

impl IntoValue for &String {
    fn into_value(self) -> Value {
        Value::S(self.clone())
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        Value::Bool(self)
    }
}

impl<T: IntoValue> IntoValue for Vec<T> {
    fn into_value(self) -> Value {
        Value::L(self.into_iter().map(IntoValue::into_value).collect())
    }
}

macro_rules! integer_into_value {
    ($($integer:ty),*) => {$(
        impl IntoValue for $integer {
            fn into_value(self) -> Value {
                Value::N(self.to_string())
            }
        }
    )*};
}
integer_into_value!(u8, u16, u32, u64, usize, i8, i16, i32, i64);

/// `value` as an attribute. `None` becomes NULL. Fails with [`Error::Invalid`] when it cannot be expressed.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, Error> {
    serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value).map_err(|_| not_expressible::<T>())
}

/// A struct or map as an item. Top-level `None`s are left out, so that conditions see them as absent; nested ones
/// become NULL. Fails with [`Error::Invalid`] when it cannot be expressed.
pub fn to_item<T: Serialize + ?Sized>(value: &T) -> Result<Item, Error> {
    let item: Item = serde_dynamo::aws_sdk_dynamodb_1::to_item(value).map_err(|_| not_expressible::<T>())?;
    Ok(item.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

/// An item as a `T`; attributes that `T` does not know are ignored. Fails with [`Error::Unreadable`].
pub fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(|error| Error::unreadable::<T>(&error.to_string()))
}

fn not_expressible<T: ?Sized>() -> Error {
    Error::Invalid(format!("{} cannot be expressed as DynamoDB attributes", std::any::type_name::<T>()))
}
