//! Where records begin and end in a file that is read window by window.

use serde::{Deserialize, Serialize};

/// The most bytes of a file that one chunk looks at, hence the longest record.
pub const WINDOW_BYTES: u64 = 1_048_576;
/// The most rows of one chunk.
pub const CHUNK_ROWS: usize = 250;

/// Where a chunk begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Bytes before it.
    pub offset: u64,
    /// The line it is on, from 1.
    pub line: u64,
}

impl Position {
    /// The file's beginning.
    pub const START: Self = Self { offset: 0, line: 1 };
}

/// How records end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180: a line break inside quotes belongs to the field.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// One record, not yet read.
#[derive(Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// The line it begins on.
    pub line: u64,
    /// Its bytes without the line break.
    pub bytes: &'a [u8],
    /// Whether its quotes do not match. Then it is only the line it begins on, so that one stray quote costs one row.
    pub stray_quote: bool,
}

/// The complete records of a window.
#[derive(Debug, PartialEq, Eq)]
pub struct Records<'a> {
    /// In the file's order; blank lines are left out.
    pub records: Vec<Record<'a>>,
    /// Where the first record that is not among them begins.
    pub next: Position,
    /// Whether nothing follows.
    pub done: bool,
}

/// The record on this line does not end within the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// The line it begins on.
    pub line: u64,
}

/// Cuts at most `most` records out of `window`, which begins at `start` and, when `last`, ends with the file.
///
/// # Errors
/// [`TooLong`] when not even the first record is complete.
pub fn split(format: Format, window: &[u8], last: bool, start: Position, most: usize) -> Result<Records<'_>, TooLong> {
    let mut records = Vec::new();
    let mut rest = window;
    let mut next = start;
    loop {
        while let Some(after) = blank_line(rest, last) {
            (rest, next) = advance(rest, next, after);
        }
        if rest.is_empty() || records.len() == most {
            break;
        }
        let end = match format {
            Format::Csv => csv_end(rest, last),
            Format::JsonLines => line_end(rest, last),
        };
        let Some(end) = end else { break };
        let bytes = rest.get(..end.length).unwrap_or_default();
        records.push(Record { line: next.line, bytes, stray_quote: end.stray_quote });
        (rest, next) = advance(rest, next, end.after);
    }
    if next == start && !rest.is_empty() && most > 0 {
        return Err(TooLong { line: next.line });
    }
    Ok(Records { records, next, done: last && rest.is_empty() })
}

struct End {
    length: usize,
    after: usize,
    stray_quote: bool,
}

fn advance(rest: &[u8], at: Position, by: usize) -> (&[u8], Position) {
    let (passed, rest) = rest.split_at_checked(by).unwrap_or((rest, &[]));
    let lines = passed.iter().filter(|byte| **byte == b'\n').count();
    let add = |n: u64, more: usize| n.saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
    (rest, Position { offset: add(at.offset, passed.len()), line: add(at.line, lines) })
}

/// The length of a line with nothing on it, break included.
fn blank_line(bytes: &[u8], last: bool) -> Option<usize> {
    match bytes {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        [b'\r'] if last => Some(1),
        _ => None,
    }
}

fn line_end(bytes: &[u8], last: bool) -> Option<End> {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(at) => Some(ended(bytes, at, at.saturating_add(1))),
        None if last => Some(ended(bytes, bytes.len(), bytes.len())),
        None => None,
    }
}

fn ended(bytes: &[u8], at: usize, after: usize) -> End {
    let line = bytes.get(..at).unwrap_or_default();
    let length = line.strip_suffix(b"\r").unwrap_or(line).len();
    End { length, after, stray_quote: false }
}

fn csv_end(bytes: &[u8], last: bool) -> Option<End> {
    enum At {
        FieldStart,
        Plain,
        Quoted,
        QuoteInQuoted,
        Return,
    }
    let stray = || line_end(bytes, last).map(|end| End { stray_quote: true, ..end });
    let mut at = At::FieldStart;
    for (index, byte) in bytes.iter().enumerate() {
        at = match (at, byte) {
            (At::Quoted, b'"') => At::QuoteInQuoted,
            (At::Quoted, _) | (At::QuoteInQuoted | At::FieldStart, b'"') => At::Quoted,
            (_, b'\n') => return Some(ended(bytes, index, index.saturating_add(1))),
            (At::FieldStart | At::Plain | At::QuoteInQuoted, b',') => At::FieldStart,
            (At::QuoteInQuoted, b'\r') => At::Return,
            (At::QuoteInQuoted | At::Return, _) => return stray(),
            (At::FieldStart | At::Plain, _) => At::Plain,
        };
    }
    match at {
        _ if !last => None,
        At::Quoted => stray(),
        _ => Some(ended(bytes, bytes.len(), bytes.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u64, String, bool)> {
        let split = split(Format::Csv, text.as_bytes(), true, Position::START, 100).unwrap();
        assert!(split.done);
        split.records.iter().map(|r| (r.line, String::from_utf8(r.bytes.to_vec()).unwrap(), r.stray_quote)).collect()
    }

    #[test]
    fn given_quoted_breaks_and_blank_lines_when_split_then_each_record_has_the_line_it_begins_on() {
        assert_eq!(
            lines("a,\"x\r\ny\"\r\n\r\n\nb,\"\"\"q\"\"\"\nc"),
            [
                (1, "a,\"x\r\ny\"".to_owned(), false),
                (5, "b,\"\"\"q\"\"\"".to_owned(), false),
                (6, "c".to_owned(), false)
            ]
        );
    }

    #[test]
    fn given_a_stray_quote_when_split_then_it_costs_its_own_line_only() {
        assert_eq!(
            lines("a,\"open\nb,\"fine\"\nc,\"5\" wide\"\nd,1"),
            [
                (1, "a,\"open".to_owned(), true),
                (2, "b,\"fine\"".to_owned(), false),
                (3, "c,\"5\" wide\"".to_owned(), true),
                (4, "d,1".to_owned(), false)
            ]
        );
        assert_eq!(
            lines("a,\"never closed\nb,1"),
            [(1, "a,\"never closed".to_owned(), true), (2, "b,1".to_owned(), false)]
        );
    }

    #[test]
    fn given_a_record_longer_than_the_window_when_split_then_its_line_is_named() {
        let start = Position { offset: 70, line: 9 };
        assert_eq!(
            split(Format::JsonLines, b"\n{\"sku\"", false, start, 10).unwrap().next,
            Position { offset: 71, line: 10 }
        );
        assert_eq!(split(Format::JsonLines, b"{\"sku\"", false, start, 10), Err(TooLong { line: 9 }));
    }
}
