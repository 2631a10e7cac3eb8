//! Sizes of items and the capacity units that follow from them.
//!
//! Source: "Capacity unit consumption" and "DynamoDB item sizes and formats" of the DynamoDB developer guide.

use crate::table::Read;
use crate::value::{Item, Value};

/// The largest item, in bytes.
pub const LARGEST_ITEM: usize = 400 * 1024;

/// The size of an item in bytes: its names and values.
pub fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

/// Write units for an item of so many bytes, at least 1; twice that in a transaction.
pub fn write(bytes: usize) -> usize {
    bytes.div_ceil(1024).max(1)
}

/// **Half** read units for an item (or a query's items together) of so many bytes, at least one block of 4 KB.
pub fn read_halves(bytes: usize, read: Read) -> usize {
    let blocks = bytes.div_ceil(4096).max(1);
    match read {
        Read::Strong => 2 * blocks,
        Read::Eventual => blocks,
    }
}

fn value_size(value: &Value) -> usize {
    match value {
        Value::S(text) => text.len(),
        Value::N(number) => number_size(number),
        Value::B(blob) => blob.as_ref().len(),
        Value::Bool(_) | Value::Null(_) => 1,
        Value::Ss(texts) => texts.iter().map(String::len).sum(),
        Value::Ns(numbers) => numbers.iter().map(|number| number_size(number)).sum(),
        Value::Bs(blobs) => blobs.iter().map(|blob| blob.as_ref().len()).sum(),
        Value::L(values) => 3 + values.iter().map(|value| 1 + value_size(value)).sum::<usize>(),
        Value::M(entries) => 3 + entries.iter().map(|(name, value)| 1 + name.len() + value_size(value)).sum::<usize>(),
        _ => 0,
    }
}

/// One byte for two significant digits, one more, and one for a sign.
fn number_size(number: &str) -> usize {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_matches('0').len();
    significant.div_ceil(2) + 1 + usize::from(number.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Key, Put};

    #[test]
    fn an_item_is_as_large_as_its_names_and_values() {
        let put = Put::of(Key::new("P", "S")).with("n", 1234_u32).with("b", true);
        assert_eq!(size(&put.item), (2 + 1) + (2 + 1) + (1 + 3) + (1 + 1));
    }

    #[test]
    fn units_are_rounded_up() {
        assert_eq!([write(0), write(1024), write(1025)], [1, 1, 2]);
        assert_eq!(read_halves(4096, Read::Strong), 2);
        assert_eq!(read_halves(4097, Read::Eventual), 2);
    }
}
