//! The report of an import: what to change in which row.

use rialto_kernel::{ImportId, SellerId};

use super::row::RowError;

/// Its first line.
pub const HEADER: &str = "line,field,code,message\n";

/// Where the report of an import is in the bucket; nothing is triggered there.
#[must_use]
pub fn key(seller: SellerId, import: ImportId) -> String {
    format!("reports/{seller}/{import}.csv")
}

/// The report's lines about one row, one an error.
#[must_use]
pub fn lines(line: u64, errors: &[RowError]) -> Vec<u8> {
    let mut report = csv::Writer::from_writer(Vec::new());
    for error in errors {
        let record = [line.to_string(), inert(&error.field), error.code.name(), inert(&error.message)];
        // Writing to memory cannot fail.
        let _ = report.write_record(record);
    }
    report.into_inner().unwrap_or_default()
}

/// A text that no spreadsheet takes for a formula.
fn inert(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::row::RowCode;

    #[test]
    fn given_errors_when_written_then_they_read_back_and_no_cell_is_a_formula() {
        let errors = [
            RowError::new("price", RowCode::InvalidPrice, "\"=1+1\" is not a price, really"),
            RowError::new("=cmd|' /C calc'!A0", RowCode::UnknownField, "@SUM(1)"),
        ];
        let text = String::from_utf8([HEADER.as_bytes(), &lines(7, &errors)].concat()).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<Vec<String>> =
            reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
        assert_eq!(rows[0], ["7", "price", "INVALID_PRICE", "\"=1+1\" is not a price, really"]);
        assert_eq!(rows[1], ["7", "'=cmd|' /C calc'!A0", "UNKNOWN_FIELD", "'@SUM(1)"]);
    }
}
