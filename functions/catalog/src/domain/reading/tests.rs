use proptest::prelude::*;

use super::*;

const HEADER: &str = "sku,title,description,brand,category,price,currency,quantity";

fn whole(file: &[u8]) -> Result<Chunk, FileError> {
    read_chunk(None, file, true, Position::START, usize::MAX)
}

/// Reads a file as the workflow does, with other limits.
fn in_chunks(file: &[u8], window: usize, most: usize) -> Result<Vec<Line>, FileError> {
    let (mut layout, mut position, mut lines) = (None, Position::START, Vec::new());
    loop {
        let from = usize::try_from(position.offset).unwrap();
        let to = from.saturating_add(window).min(file.len());
        let chunk = read_chunk(layout, &file[from..to], to == file.len(), position, most)?;
        assert!(chunk.done || chunk.next > position, "a chunk must make progress");
        lines.extend(chunk.lines);
        if chunk.done {
            return Ok(lines);
        }
        (layout, position) = (Some(chunk.layout), chunk.next);
    }
}

fn errors(file: &str) -> Vec<(u64, String, RowCode)> {
    let lines = whole(file.as_bytes()).unwrap().lines;
    let flat = lines.into_iter().filter_map(|l| l.row.err().map(|errors| (l.line, errors)));
    flat.flat_map(|(line, errors)| errors.into_iter().map(move |e| (line, e.field, e.code))).collect()
}

#[test]
fn given_bom_crlf_and_columns_in_any_order_when_read_then_rows_are_the_same() {
    let plain = format!("{HEADER},attr:color\nA-1,Lamp,\"One\nTwo\",,Home > Light,9.99,USD,5,red\n");
    let other = "\u{feff}attr:color,quantity,currency,price,category,brand,description,title,sku\r\nred,5,USD,9.99,Home > Light,,\"One\nTwo\",Lamp,A-1";
    let (plain, other) = (whole(plain.as_bytes()).unwrap().lines, whole(other.as_bytes()).unwrap().lines);
    assert_eq!(plain, other);
    assert_eq!(plain[0].row.as_ref().unwrap().description, "One\nTwo");
}

#[test]
fn given_json_lines_when_read_then_rows_are_those_of_csv() {
    let csv = format!("{HEADER},attr:color\n\nA-1,Lamp,,,Home > Light,9.99,USD,5,red\n");
    let flat = r#"{"sku":"A-1","title":"Lamp","description":"","category":"Home > Light","price":"9.99","currency":"USD","quantity":5,"attr:color":"red"}"#;
    let nested = flat.replace(r#""attr:color":"red""#, r#""brand":null,"attributes":{"color":"red"}"#);
    let row = |file: &str| whole(file.as_bytes()).unwrap().lines[0].row.clone().unwrap();
    assert_eq!(row(&csv), row(flat));
    assert_eq!(row(&csv), row(&nested));

    let csv = format!("{HEADER},tags,attr:color\n\nA-1,Lamp,,,Home > Light,9.99,USD,5,gift|summer,red\n");
    let with = |tags: &str| flat.replace(r#""quantity""#, &format!(r#""tags":{tags},"quantity""#));
    assert_eq!(row(&csv), row(&with(r#"["gift"," summer ","Gift"]"#)));
    assert_eq!(row(&csv), row(&with(r#""gift|summer""#)));
    assert_eq!((row(&with("[]")).tags, row(&with("null")).tags), (Some(vec![]), None));
}

#[test]
fn given_bad_rows_when_read_then_each_is_told_with_its_line_and_the_good_ones_stay() {
    let file = format!(
        "{HEADER}\nA,T,,,C,1.00,USD,1\nB,T,\"x\ny\",,C,one,USD,1\nC,T\n\nD,\"T,,,C,1.00,USD,1\nE,T,,,C,1.00,USD,1\n"
    );
    assert_eq!(
        errors(&file),
        [
            (3, "price".to_owned(), RowCode::InvalidPrice),
            (5, String::new(), RowCode::WrongColumnCount),
            (7, String::new(), RowCode::StrayQuote)
        ]
    );
    assert_eq!(whole(file.as_bytes()).unwrap().lines.len(), 5);
}

#[test]
fn given_bytes_that_are_not_utf8_when_read_then_it_is_an_error_of_that_row() {
    let mut file = format!("{HEADER}\nA,T,,,C,1.00,USD,1\n").into_bytes();
    file.extend(b"B,Caf\xE9,,,C,1.00,USD,1\nC,T,,,C,1.00,USD,1\n");
    let lines = whole(&file).unwrap().lines;
    assert_eq!(lines[1].row.as_ref().unwrap_err()[0].code, RowCode::NotUtf8);
    assert_eq!((lines[1].line, lines[2].row.is_ok()), (3, true));
}

#[test]
fn given_bad_json_rows_when_read_then_each_says_what_to_change() {
    let good = r#""title":"T","category":"C","price":"1.00","currency":"USD","quantity":1"#;
    let file = [
        r#"{"sku":"#.to_owned(),
        "[1]".to_owned(),
        format!(r#"{{"sku":"A",{good},"colour":"red"}}"#),
        format!(r#"{{"sku":"B",{}}}"#, good.replace("\"1.00\"", "1.00")),
        format!(r#"{{"sku":true,{good}}}"#),
        format!(r#"{{"sku":"C",{good},"attr:x":"1","attributes":{{"x":"2"}}}}"#),
        format!(r#"{{"sku":"D",{}}}"#, good.replace(":1", ":1.5")),
        format!(r#"{{"sku":"E",{good},"tags":["a|b"]}}"#),
        format!(r#"{{"sku":"F",{good},"tags":["a",1]}}"#),
        format!(r#"{{"sku":"G",{good},"title":["a"]}}"#),
    ];
    let codes: Vec<_> = errors(&file.join("\n")).into_iter().map(|(line, _, code)| (line, code)).collect();
    let expected = [
        RowCode::MalformedJson,
        RowCode::WrongType,
        RowCode::UnknownField,
        RowCode::WrongType,
        RowCode::WrongType,
        RowCode::DuplicateField,
        RowCode::InvalidQuantity,
        RowCode::WrongType,
        RowCode::WrongType,
        RowCode::WrongType,
    ];
    assert_eq!(codes, (1..).zip(expected).collect::<Vec<(u64, _)>>());
}

#[test]
fn given_a_file_that_cannot_be_read_when_read_then_the_reason_says_what_to_change() {
    let no_price = HEADER.replace(",price", "");
    for (file, reason) in [
        (String::new(), "is empty"),
        ("\n\r\n".to_owned(), "is empty"),
        (HEADER.to_owned(), "no rows"),
        (format!("{no_price}\nx"), "no column price"),
        ("sku;title\nx".to_owned(), "no column sku, title"),
        (format!("{HEADER},color\nx"), "unknown column \"color\""),
        (format!("{HEADER},sku\nx"), "\"sku\" twice"),
        (format!("{HEADER},attr:\nx"), "\"attr:\""),
        ("PK\u{0}\u{0}\nx".to_owned(), "not UTF-8"),
    ] {
        let error = whole(file.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
    assert_eq!(whole(b"s\xFFku\n1"), Err(FileError::NotUtf8));
}

#[test]
fn given_a_record_longer_than_the_window_when_read_then_its_line_is_named() {
    let file = format!("{HEADER}\nA,T,,,C,1.00,USD,1\nB,\"{}", "x".repeat(500));
    assert_eq!(in_chunks(file.as_bytes(), 200, 250), Err(FileError::RecordTooLong { line: 3 }));
}

#[test]
fn given_a_sku_twice_in_a_chunk_when_refused_then_it_is_the_later_row() {
    let file = format!("{HEADER}\nA,T,,,C,1.00,USD,1\nA,T,,,C,2.00,USD,1\nA,T,,,C,bad,USD,1\n");
    let mut lines = whole(file.as_bytes()).unwrap().lines;
    refuse_repeated_skus(&mut lines);
    assert!(lines[0].row.is_ok());
    let error = &lines[1].row.as_ref().unwrap_err()[0];
    assert_eq!(error.code, RowCode::DuplicateSku);
    assert!(error.message.contains("line 2"));
}

fn value() -> impl Strategy<Value = String> {
    "[a-z ,\"\r\n\u{e9}\u{1F600}]{0,12}"
}

prop_compose! {
    fn csv_file()(rows in prop::collection::vec((value(), value(), 0_u32..200), 1..40), crlf: bool, bom: bool, end: bool) -> Vec<u8> {
        let newline = if crlf { "\r\n" } else { "\n" };
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut file = if bom { "\u{feff}".to_owned() } else { String::new() };
        file.push_str(HEADER);
        for (n, (title, description, cents)) in rows.iter().enumerate() {
            let row = format!("S{n},{},{},,C,{}.{:02},USD,{n}", quoted(title), quoted(description), cents / 100, cents % 100);
            file.push_str(newline);
            if n % 7 == 0 { file.push_str(newline); }
            file.push_str(&row);
        }
        if end { file.push_str(newline); }
        file.into_bytes()
    }
}

proptest! {
    #[test]
    fn reading_in_chunks_of_any_size_gives_the_rows_of_reading_at_once(file in csv_file(), window in 150_usize..2_000, most in 1_usize..50) {
        prop_assert_eq!(in_chunks(&file, window, most), Ok(whole(&file).unwrap().lines));
    }

    #[test]
    fn every_record_has_the_line_it_begins_on(file in csv_file()) {
        let text = String::from_utf8(file.clone()).unwrap();
        let lines: Vec<&str> = text.split('\n').collect();
        for (n, line) in whole(&file).unwrap().lines.iter().enumerate() {
            let at = usize::try_from(line.line).unwrap() - 1;
            prop_assert!(lines[at].starts_with(&format!("S{n},")), "line {} is {:?}", line.line, lines[at]);
        }
    }

    #[test]
    fn no_bytes_make_it_stop_or_loop(file in prop::collection::vec(any::<u8>(), 0..600), window in 1_usize..700, body in any::<bool>()) {
        let mut bytes = if body { format!("{HEADER}\n").into_bytes() } else { Vec::new() };
        bytes.extend(file);
        let _ = in_chunks(&bytes, window, 3);
    }
}
