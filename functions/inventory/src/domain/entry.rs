//! What a person enters when booking stock.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::MAX_ON_HAND;

/// An entry that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct EntryError(&'static str);

/// Units that came in: 1 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u32", into = "u32")]
#[schema(value_type = u32, minimum = 1, maximum = 1_000_000, example = 40)]
pub struct Receipt(u32);

/// Units that were counted, or that a threshold names: 0 to 1,000,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u32", into = "u32")]
#[schema(as = CountedUnits, value_type = u32, minimum = 0, maximum = 1_000_000_000, example = 5)]
pub struct Units(u32);

/// Units by which the books are wrong: -1,000,000 to 1,000,000, and not 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "i64", into = "i64")]
#[schema(value_type = i64, minimum = -1_000_000, maximum = 1_000_000, example = -2)]
pub struct Correction(i64);

/// The seller's own words for the ledger: 1 to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 200, example = "broken in transit")]
pub struct Note(String);

const MOST: u32 = 1_000_000;
const LONGEST_NOTE: usize = 200;

impl TryFrom<u32> for Receipt {
    type Error = EntryError;
    fn try_from(units: u32) -> Result<Self, EntryError> {
        let fits = (1..=MOST).contains(&units);
        fits.then_some(Self(units)).ok_or(EntryError("must be a whole number from 1 to 1000000"))
    }
}

impl TryFrom<u32> for Units {
    type Error = EntryError;
    fn try_from(units: u32) -> Result<Self, EntryError> {
        (units <= MAX_ON_HAND).then_some(Self(units)).ok_or(EntryError("must be a whole number from 0 to 1000000000"))
    }
}

impl TryFrom<i64> for Correction {
    type Error = EntryError;
    fn try_from(units: i64) -> Result<Self, EntryError> {
        let fits = units != 0 && units.unsigned_abs() <= u64::from(MOST);
        fits.then_some(Self(units)).ok_or(EntryError("must be a whole number from -1000000 to 1000000 other than 0"))
    }
}

impl TryFrom<String> for Note {
    type Error = EntryError;
    fn try_from(note: String) -> Result<Self, EntryError> {
        let note = note.trim();
        let fits = !note.is_empty() && note.chars().count() <= LONGEST_NOTE && !note.chars().any(char::is_control);
        fits.then(|| Self(note.to_owned())).ok_or(EntryError("must be 1 to 200 characters on one line"))
    }
}

impl From<Receipt> for u32 {
    fn from(receipt: Receipt) -> Self {
        receipt.0
    }
}

impl From<Units> for u32 {
    fn from(units: Units) -> Self {
        units.0
    }
}

impl From<Correction> for i64 {
    fn from(correction: Correction) -> Self {
        correction.0
    }
}

impl From<Note> for String {
    fn from(note: Note) -> Self {
        note.0
    }
}
