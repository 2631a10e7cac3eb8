use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn category(path: &str, attributes: &Value) -> Category {
    let path: Vec<String> = path.split('>').map(str::to_owned).collect();
    let attributes = serde_json::from_value(attributes.clone()).unwrap();
    Category { attributes, ..Category::at(&path) }
}

fn types() -> Types {
    let home = json!([
        {"name": "Material", "type": "text", "required": true},
        {"name": "Color", "type": "text", "values": ["Red", "Blue"]},
        {"name": "Width", "type": "text"},
    ]);
    let lamps = json!([
        {"name": "width", "type": "number", "unit": "cm"},
        {"name": "Count", "type": "number"},
        {"name": "Dimmable", "type": "boolean"},
        {"name": "Rooms", "type": "list", "values": ["Hall", "Kitchen"]},
        {"name": "Notes", "type": "list"},
    ]);
    Types::along([category("Home", &home), category("Home>Lamps", &lamps)].iter())
}

fn of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn given_values_when_judged_then_they_are_kept_in_one_form_or_it_says_what_is_allowed() {
    let types = types();
    for (name, value, kept) in [
        ("WIDTH", "42", Ok("42 cm")),
        ("width", "42.50 cm", Ok("42.5 cm")),
        ("width", "042.5cm", Ok("42.5 cm")),
        ("width", "-0.0", Ok("0 cm")),
        ("width", "+7 cm ", Ok("7 cm")),
        ("width", "42 mm", Err("42.5 cm")),
        ("width", "42,5", Err("42.5 cm")),
        ("width", "cm", Err("42.5 cm")),
        ("Count", "42 cm", Err("such as 42.5,")),
        ("Count", "1e3", Err("digits")),
        ("Count", ".5", Err("digits")),
        ("Count", "5.", Err("digits")),
        ("Count", "--5", Err("digits")),
        ("Count", "٤٢", Err("digits")),
        ("Count", "999999999999.000000001", Ok("999999999999.000000001")),
        ("Count", "1000000000000", Err("12 digits")),
        ("Count", "0.0000000001", Err("9 behind")),
        ("dimmable", "YES", Ok("true")),
        ("Dimmable", "false", Ok("false")),
        ("Dimmable", "1", Err("write true or false")),
        ("color", "rEd", Ok("Red")),
        ("color", "green", Err("write one of Red, Blue")),
        ("Rooms", " kitchen | HALL|Kitchen", Ok("Kitchen|Hall")),
        ("Rooms", "Hall|", Err("Hall, Kitchen")),
        ("Rooms", "Attic", Err("some of Hall, Kitchen")),
        ("Notes", "a| b |A", Ok("a|b")),
        ("Undeclared", " as it is ", Ok(" as it is ")),
    ] {
        let judged = types.judged(&of(&[(name, value)]), false);
        match (kept, judged) {
            (Ok(kept), Ok(judged)) => assert_eq!(judged.values().collect::<Vec<_>>(), [kept], "{name} {value}"),
            (Err(says), Err(faults)) => {
                assert_eq!(faults[0].0, name);
                assert!(faults[0].1.message.contains(says), "{name} {value}: {faults:?}");
            }
            (kept, judged) => panic!("{name} {value}: {kept:?} {judged:?}"),
        }
    }
    // The nearer category's type, under the name that it declares.
    assert_eq!(types.judged(&of(&[("WIDTH", "1")]), false).unwrap(), of(&[("width", "1 cm")]));
}

#[test]
fn given_a_row_when_typed_then_all_that_is_wrong_is_named_by_its_column_and_variants_take_what_they_lack() {
    let values = |more: &[(&str, &str)]| {
        let base = [
            ("sku", "A"),
            ("title", "A"),
            ("category", "Home > Lamps"),
            ("price", "1.00"),
            ("currency", "USD"),
            ("quantity", "1"),
        ];
        base.iter().chain(more).map(|(column, value)| ((*column).to_owned(), (*value).to_owned())).collect()
    };
    let row = |more: &[(&str, &str)]| Row::check(&values(more)).unwrap();
    let wrong = row(&[("attr:Color", "green"), ("attr:color", "red"), ("attr:width", "wide")]);
    let errors = types().typed(&wrong).unwrap_err();
    let found: Vec<_> = errors.iter().map(|error| (error.field.as_str(), error.code)).collect();
    let expected = [
        ("attr:Color", RowCode::NotAllowed),
        ("attr:color", RowCode::DuplicateField),
        ("attr:width", RowCode::WrongType),
        ("attr:Material", RowCode::Missing),
    ];
    assert_eq!(found, expected);
    assert!(errors[3].message.contains("products of Home have it: write a text"), "{errors:?}");
    let good = row(&[("attr:material", "brass"), ("attr:WIDTH", "3"), ("attr:Mood", "calm")]);
    let typed = types().typed(&good).unwrap().into_owned();
    assert_eq!(typed.attributes, of(&[("Material", "brass"), ("width", "3 cm"), ("Mood", "calm")]));
    assert_eq!(Row { attributes: good.attributes.clone(), ..typed }, good, "nothing else is touched");
    let variant = row(&[("attr:Color", "blue"), ("parent_sku", "B")]);
    assert_eq!(types().typed(&variant).unwrap().attributes, of(&[("Color", "Blue")]));
    assert!(matches!(Types::default().typed(&wrong), Ok(Cow::Borrowed(row)) if *row == wrong));
}

#[test]
fn given_many_allowed_values_when_one_is_refused_then_the_message_names_some() {
    let values: Vec<String> = (0..100).map(|n| format!("Value {n}")).collect();
    let many = Types::along([category("Home", &json!([{"name": "V", "type": "text", "values": values}]))].iter());
    let faults = many.judged(&of(&[("V", "x")]), true).unwrap_err();
    assert!(faults[0].1.message.ends_with("Value 11 or 88 others"), "{faults:?}");
    assert!(faults[0].1.message.len() < 300);
}

proptest! {
    /// What is kept is judged good again and kept as it is, and no number becomes one of a card.
    #[test]
    fn given_any_value_when_kept_then_it_stays_so(
        name in prop::sample::select(vec!["Material", "color", "width", "Count", "Dimmable", "Rooms", "Notes", "Other"]),
        value in prop_oneof![".{0,40}", "[ +-]?[0-9]{0,14}[.]?[0-9]{0,10} ?(cm)?", "(hall|kitchen|[|]|[ ]){0,6}"],
    ) {
        if let Ok(kept) = types().judged(&of(&[(name, &value)]), false) {
            prop_assert_eq!(types().judged(&kept, false), Ok(kept.clone()));
            let holds = |text: &str| rialto_http::holds_card_number(text);
            prop_assert!(holds(&value) || !kept.values().any(|kept| holds(kept)), "{:?}", kept);
        }
    }
}
