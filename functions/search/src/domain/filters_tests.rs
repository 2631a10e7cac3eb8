#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use proptest::{collection, prelude::*};

fn parse(text: &str) -> Result<Filters, FilterError> {
    text.parse()
}

fn problem(text: &str) -> FilterProblem {
    parse(text).unwrap_err().problem
}

#[test]
fn given_every_kind_of_filter_when_parsed_then_each_is_understood() {
    let text = r"brand:sony|Bang \& Olufsen,price:5000-20000".replace(r"\&", "&");
    let filters =
        parse(&format!("{text},category:Audio > Headphones,available:true,attr.color:red|dark blue")).unwrap();
    assert_eq!(filters.brands, BTreeSet::from(["sony".to_owned(), "Bang & Olufsen".to_owned()]));
    assert_eq!(filters.prices, BTreeSet::from([PriceRange::new(Some(5000), Some(20_000)).unwrap()]));
    assert_eq!(filters.categories.iter().map(CategoryPath::key).collect::<Vec<_>>(), ["Audio>Headphones"]);
    assert_eq!(filters.available, Some(true));
    assert_eq!(filters.attributes["color"], BTreeSet::from(["red".to_owned(), "dark blue".to_owned()]));
    assert_eq!(
        filters.to_string(),
        "brand:Bang & Olufsen|sony,category:Audio>Headphones,price:5000-20000,available:true,attr.color:dark blue|red"
    );
}

#[test]
fn given_escapes_when_parsed_then_the_value_is_what_was_meant() {
    let filters = parse(r"brand:a\,b\|c\:d\\e,attr.screen\:size:42\|43").unwrap();
    assert_eq!(filters.brands, BTreeSet::from([r"a,b|c:d\e".to_owned()]));
    assert_eq!(filters.attributes["screen:size"], BTreeSet::from(["42|43".to_owned()]));
}

#[test]
fn given_open_ranges_when_parsed_then_one_end_is_free() {
    for (text, from, to) in [("5000-", Some(5000), None), ("-20000", None, Some(20_000)), ("7-7", Some(7), Some(7))] {
        let range: PriceRange = text.parse().unwrap();
        assert_eq!((range.from(), range.to(), range.to_string().as_str()), (from, to, text));
    }
}

#[test]
fn given_a_text_that_is_no_filter_when_parsed_then_the_error_says_what_is_wrong() {
    for (text, expected) in [
        ("colour:red", FilterProblem::Unknown),
        ("attr.:red", FilterProblem::Unknown),
        ("Brand:sony", FilterProblem::Unknown),
        ("rating:4-", FilterProblem::Unsupported),
        ("sony", FilterProblem::Nameless),
        ("brand:sony,", FilterProblem::Nameless),
        ("brand:", FilterProblem::Empty),
        ("brand:sony|", FilterProblem::Empty),
        ("brand:a:b", FilterProblem::BadEscape),
        (r"brand:a\b", FilterProblem::BadEscape),
        (r"brand:a\", FilterProblem::BadEscape),
        ("brand:a\nb", FilterProblem::BadEscape),
        ("brand:a,brand:b", FilterProblem::Repeated),
        ("available:true,available:true", FilterProblem::Repeated),
        ("available:yes", FilterProblem::NotBoolean),
        ("available:true|false", FilterProblem::NotBoolean),
        ("price:5000", FilterProblem::BadRange),
        ("price:-", FilterProblem::BadRange),
        ("price:1-2-3", FilterProblem::BadRange),
        ("price:1.5-2", FilterProblem::BadRange),
        ("price:a-b", FilterProblem::BadRange),
        ("price:0-99999999999999999999", FilterProblem::BadRange),
        ("price:20000-5000", FilterProblem::ReversedRange),
        ("seller:somebody", FilterProblem::NotASeller),
        ("category:A>>B", FilterProblem::BadPath),
        ("category:A>B>C>D>E>F>G>H>I>J>K", FilterProblem::BadPath),
    ] {
        assert_eq!(problem(text), expected, "{text}");
    }
    assert_eq!(problem(&"a".repeat(2_001)), FilterProblem::TooLong);
    assert_eq!(problem(&format!("attr.{}:red", "x".repeat(101))), FilterProblem::LongName);
    assert_eq!(problem(&["brand:a"; 21].join(",")), FilterProblem::TooMany);
    assert_eq!(problem(&format!("brand:{}", ["a"; 21].join("|"))), FilterProblem::TooManyValues);
    assert_eq!(parse("price:x").unwrap_err().filter.as_deref(), Some("price"));
    assert_eq!(parse("").unwrap(), Filters::default());
}

fn text() -> impl Strategy<Value = String> {
    r"[a-zA-Zé0-9,|:\\][a-zA-Zé0-9 ,|:\\]{0,8}".prop_map(|text| text.trim().to_owned())
}

fn level() -> impl Strategy<Value = String> {
    r"[a-z,|:\\&]{1,6}"
}

fn range() -> impl Strategy<Value = PriceRange> {
    (proptest::option::of(0_i64..1_000_000), proptest::option::of(0_i64..1_000_000)).prop_map(|(a, b)| {
        PriceRange::new(a, b).or_else(|| PriceRange::new(b, a)).or_else(|| PriceRange::new(Some(0), None)).unwrap()
    })
}

prop_compose! {
    fn filters()(
        brands in collection::btree_set(text(), 0..4),
        categories in collection::btree_set(collection::vec(level(), 1..4).prop_map(CategoryPath), 0..3),
        prices in collection::btree_set(range(), 0..3),
        available in proptest::option::of(any::<bool>()),
        sellers in collection::btree_set("[a-z]{1,3}".prop_map(|name| SellerId::named(&[&name])), 0..3),
        attributes in collection::btree_map(text(), collection::btree_set(text(), 1..3), 0..3),
    ) -> Filters {
        Filters { brands, categories, prices, available, sellers, attributes }
    }
}

proptest! {
    #[test]
    fn any_filters_survive_their_text(filters in filters()) {
        prop_assert_eq!(parse(&filters.to_string()), Ok(filters));
    }

    #[test]
    fn no_text_breaks_the_parser_and_what_parses_is_stable(text in r"[a-z.:,|\\> 0-9-]{0,40}|.{0,40}") {
        if let Ok(filters) = parse(&text) {
            prop_assert_eq!(parse(&filters.to_string()), Ok(filters));
        }
    }

    #[test]
    fn attribute_keys_never_collide(a in text(), b in text(), c in text(), d in text()) {
        use super::super::escape::attribute_key;
        prop_assert_eq!(attribute_key(&a, &b) == attribute_key(&c, &d), a == c && b == d);
    }
}
