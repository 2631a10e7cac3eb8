//! From a window of an uploaded file to rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::record::{Format, Position, Record, TooLong, WINDOW_BYTES, split};
use super::row::{ATTRIBUTE, OPTIONAL, REQUIRED, Row, RowCode, RowError, attribute_name, shown};
use super::tags::SEPARATOR;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// How a file's records are laid out; known once its beginning is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "snake_case")]
pub enum Layout {
    /// Comma-separated values.
    Csv {
        /// The header, in the file's order.
        columns: Vec<String>,
    },
    /// One JSON object a line.
    JsonLines,
}

/// Why a file as a whole cannot be read. The text is for its seller.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "the message of each says what it is")]
pub enum FileError {
    #[error("The file is empty: upload one with a header line and at least one row.")]
    Empty,
    #[error("The file has no rows: add at least one.")]
    NoRows,
    #[error("The file is not UTF-8 text: save it as \"CSV UTF-8\" and upload it again.")]
    NotUtf8,
    #[error("The header has no column {missing}: the first line must name {}.", REQUIRED.join(","))]
    MissingColumns { missing: String },
    #[error(
        "The header has the unknown column \"{column}\": remove it, or name it \"attr:{column}\" if it is an attribute."
    )]
    UnknownColumn { column: String },
    #[error("The header has the column \"{column}\" twice: remove one.")]
    RepeatedColumn { column: String },
    #[error("The header's column \"{column}\" {problem}.")]
    AttributeColumn { column: String, problem: String },
    #[error(
        "The record that begins on line {line} is longer than {WINDOW_BYTES} bytes: a closing quote may be missing."
    )]
    RecordTooLong { line: u64 },
    #[error("The file was removed before it was read: upload it again.")]
    Gone,
    #[error("The file has {bytes} bytes: split it into files of at most {most}.")]
    FileTooLong { bytes: u64, most: u64 },
    #[error("The file has more than {most} rows: split it.")]
    TooManyRows { most: u64 },
}

impl From<TooLong> for FileError {
    fn from(error: TooLong) -> Self {
        Self::RecordTooLong { line: error.line }
    }
}

/// One row, or what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line of the file on which the record begins.
    pub line: u64,
    /// The row, or all its errors.
    pub row: Result<Row, Vec<RowError>>,
}

/// The rows of one chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Where it begins.
    pub from: Position,
    /// How the file is laid out.
    pub layout: Layout,
    /// In the file's order.
    pub lines: Vec<Line>,
    /// Where the next chunk begins.
    pub next: Position,
    /// Whether there is no next chunk.
    pub done: bool,
}

/// Reads at most `most` rows of `window`, which begins at `start` and, when `last`, ends with the file. `layout` is
/// absent at the file's beginning.
///
/// # Errors
/// When the file as a whole cannot be read on from here.
pub fn read_chunk(
    layout: Option<Layout>,
    window: &[u8],
    last: bool,
    start: Position,
    most: usize,
) -> Result<Chunk, FileError> {
    let from = start;
    let (layout, body, start) = match layout {
        Some(layout) => (layout, window, start),
        None => beginning(window, last, start)?,
    };
    let format = match layout {
        Layout::Csv { .. } => Format::Csv,
        Layout::JsonLines => Format::JsonLines,
    };
    let split = split(format, body, last, start, most)?;
    let lines = split.records.iter().map(|record| Line { line: record.line, row: read(&layout, record) }).collect();
    Ok(Chunk { from, layout, lines, next: split.next, done: split.done })
}

/// Refuses each row whose sku an earlier row of the same chunk has.
pub fn refuse_repeated_skus(lines: &mut [Line]) {
    let mut first: HashMap<String, u64> = HashMap::new();
    for line in lines {
        let Ok(row) = &line.row else { continue };
        match first.get(&row.sku) {
            Some(earlier) => line.row = Err(vec![repeated_sku(*earlier)]),
            None => drop(first.insert(row.sku.clone(), line.line)),
        }
    }
}

/// The error of a row whose sku is already on line `earlier`.
#[must_use]
pub fn repeated_sku(earlier: u64) -> RowError {
    let message = format!("is already on line {earlier} of this file: remove one of the two rows, or change its sku");
    RowError::new("sku", RowCode::DuplicateSku, message)
}

fn beginning(window: &[u8], last: bool, start: Position) -> Result<(Layout, &[u8], Position), FileError> {
    let text = window.strip_prefix(BOM).unwrap_or(window);
    let after = |skipped: usize| start.offset.saturating_add(u64::try_from(skipped).unwrap_or(u64::MAX));
    let start = Position { offset: after(window.len().saturating_sub(text.len())), ..start };
    if text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
        return Ok((Layout::JsonLines, text, start));
    }
    let header = split(Format::Csv, text, last, start, 1)?;
    let record = header.records.first().ok_or(FileError::Empty)?;
    let columns = columns(record.bytes)?;
    if header.done {
        return Err(FileError::NoRows);
    }
    let read = usize::try_from(header.next.offset.saturating_sub(start.offset)).unwrap_or(usize::MAX);
    Ok((Layout::Csv { columns }, text.get(read..).unwrap_or_default(), header.next))
}

fn columns(header: &[u8]) -> Result<Vec<String>, FileError> {
    let text = std::str::from_utf8(header).map_err(|_| FileError::NotUtf8)?;
    if text.contains('\0') {
        return Err(FileError::NotUtf8);
    }
    let columns: Vec<String> = fields(text.as_bytes()).iter().map(|name| decoded(name).trim().to_owned()).collect();
    let missing: Vec<&str> = REQUIRED.into_iter().filter(|name| !columns.iter().any(|column| column == name)).collect();
    if !missing.is_empty() {
        return Err(FileError::MissingColumns { missing: missing.join(", ") });
    }
    let mut seen = BTreeSet::new();
    for column in &columns {
        if !seen.insert(column) {
            return Err(FileError::RepeatedColumn { column: shown(column) });
        }
        if let Some(name) = column.strip_prefix(ATTRIBUTE) {
            let problem = |problem| FileError::AttributeColumn { column: shown(column), problem };
            attribute_name(name).map_err(problem)?;
        } else if !is_known(column) {
            return Err(FileError::UnknownColumn { column: shown(column) });
        }
    }
    Ok(columns)
}

fn is_known(column: &str) -> bool {
    REQUIRED.contains(&column) || OPTIONAL.contains(&column)
}

fn read(layout: &Layout, record: &Record<'_>) -> Result<Row, Vec<RowError>> {
    let whole = |code, message: String| vec![RowError::new("", code, message)];
    if record.stray_quote {
        let message = "its quotes do not match: write a quote inside a quoted value twice (\"\"), and close each one";
        return Err(whole(RowCode::StrayQuote, message.to_owned()));
    }
    if std::str::from_utf8(record.bytes).is_err() {
        let message = "has bytes that are not UTF-8: save the file as UTF-8, or retype the special characters";
        return Err(whole(RowCode::NotUtf8, message.to_owned()));
    }
    match layout {
        Layout::Csv { columns } => {
            let values = fields(record.bytes);
            if values.len() != columns.len() {
                let message = format!(
                    "has {} values where the header has {} columns: quote values that contain commas, and keep empty ones",
                    values.len(),
                    columns.len()
                );
                return Err(whole(RowCode::WrongColumnCount, message));
            }
            Row::check(&columns.iter().cloned().zip(values.iter().map(|value| decoded(value))).collect())
        }
        Layout::JsonLines => Row::check(&json_values(record.bytes)?),
    }
}

/// The fields of one record. A line break ends it only where `split` found its end, so `\r` is no terminator here.
fn fields(record: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .terminator(csv::Terminator::Any(b'\n'))
        .buffer_capacity(record.len().clamp(1, 65_536))
        .from_reader(record);
    let first = reader.byte_records().next().and_then(Result::ok).unwrap_or_default();
    first.iter().map(<[u8]>::to_vec).collect()
}

fn decoded(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json_values(record: &[u8]) -> Result<BTreeMap<String, String>, Vec<RowError>> {
    let object = match serde_json::from_slice::<Value>(record) {
        Ok(Value::Object(object)) => object,
        Ok(_) => {
            let message = "is no JSON object: write one object a line, such as {\"sku\": \"A-1\", ...}";
            return Err(vec![RowError::new("", RowCode::WrongType, message)]);
        }
        Err(error) => {
            let message =
                format!("is not valid JSON near column {}: write one complete object on the line", error.column());
            return Err(vec![RowError::new("", RowCode::MalformedJson, message)]);
        }
    };
    let mut values = Values::default();
    for (key, value) in object {
        match value {
            Value::Object(attributes) if key == "attributes" => {
                attributes.into_iter().for_each(|(name, value)| values.take(format!("{ATTRIBUTE}{name}"), value));
            }
            value => values.take(key, value),
        }
    }
    if values.errors.is_empty() { Ok(values.values) } else { Err(values.errors) }
}

#[derive(Default)]
struct Values {
    values: BTreeMap<String, String>,
    errors: Vec<RowError>,
}

impl Values {
    fn take(&mut self, key: String, value: Value) {
        let name = key.trim().to_owned();
        if let Some(attribute) = name.strip_prefix(ATTRIBUTE) {
            if let Err(message) = attribute_name(attribute) {
                return self.fail(&shown(&name), RowCode::InvalidCharacter, message);
            }
        } else if !is_known(&name) {
            let message = format!("is unknown: remove it, or name it \"attr:{}\" if it is an attribute", shown(&name));
            return self.fail(&shown(&name), RowCode::UnknownField, message);
        }
        let text = match value {
            Value::String(text) => text,
            Value::Null => return,
            Value::Number(number) if name == "quantity" => number.to_string(),
            Value::Array(tags) if name == "tags" => match joined(&tags) {
                Some(text) => text,
                None => return self.fail(&name, RowCode::WrongType, "must be a list of texts in quotes, without |"),
            },
            Value::Number(_) if name == "price" => {
                let message = "is a number: write it as text, such as \"129.99\", so that it stays exact";
                return self.fail(&name, RowCode::WrongType, message);
            }
            _ => return self.fail(&name, RowCode::WrongType, "must be a text in quotes"),
        };
        if self.values.insert(name.clone(), text).is_some() {
            self.fail(&name, RowCode::DuplicateField, "is there twice: remove one");
        }
    }

    fn fail(&mut self, field: &str, code: RowCode, message: impl Into<String>) {
        self.errors.push(RowError::new(field, code, message));
    }
}

/// A list of tags as a column of a file has it.
fn joined(tags: &[Value]) -> Option<String> {
    let texts: Vec<&str> = tags.iter().map(Value::as_str).collect::<Option<_>>()?;
    (!texts.iter().any(|tag| tag.contains(SEPARATOR))).then(|| texts.join(&SEPARATOR.to_string()))
}

#[cfg(test)]
mod tests;
