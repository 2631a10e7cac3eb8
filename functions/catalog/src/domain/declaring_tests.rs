use serde_json::{Value, json};

use super::*;

fn read(list: &Value) -> Result<Vec<Attribute>, EditError> {
    declared(serde_json::from_value(list.clone()).unwrap())
}

#[test]
fn given_declarations_when_good_then_they_are_kept_trimmed_and_written_without_what_they_do_not_say() {
    let list = json!([{"name": " Width ", "type": "number", "unit": " cm "}, {"name": "Color", "type": "list", "values": [" Red", "Blue"]}]);
    let kept = read(&list).unwrap();
    let expected = json!([{"name": "Width", "type": "number", "unit": "cm", "required": false},
        {"name": "Color", "type": "list", "values": ["Red", "Blue"], "required": false}]);
    assert_eq!(json!(kept), expected);
    assert_eq!(declared(kept.clone()).unwrap(), kept);
}

#[test]
fn given_declarations_that_cannot_be_when_read_then_it_says_where_and_what() {
    let named = |name: &str| json!({"name": name, "type": "text"});
    let many = |number: usize| (0..number).map(|n| named(&format!("A{n}"))).collect::<Vec<_>>();
    let values = |values: Value| json!([{"name": "A", "type": "text", "values": values}]);
    assert_eq!(read(&json!(many(50))).unwrap().len(), 50);
    let long: Vec<_> = (0..100).map(|n| format!("{n}{}", "x".repeat(57))).collect();
    let heavy: Vec<_> = (0..3).map(|n| json!({"name": format!("A{n}"), "type": "text", "values": long})).collect();
    for (list, pointer) in [
        (json!(many(51)), ""),
        (json!(heavy), ""),
        (json!([named("a"), named("b"), named("A ")]), "/2/name"),
        (json!([named("Weight_G")]), "/0/name"),
        (json!([named("tax_category")]), "/0/name"),
        (json!([{"name": "A", "type": "text", "unit": "cm"}]), "/0/unit"),
        (json!([{"name": "A", "type": "number", "unit": ""}]), "/0/unit"),
        (json!([{"name": "A", "type": "number", "unit": "2nd"}]), "/0/unit"),
        (json!([{"name": "A", "type": "number", "unit": "x".repeat(21)}]), "/0/unit"),
        (json!([{"name": "A", "type": "boolean", "values": ["x"]}]), "/0/values"),
        (values(json!((0..101).map(|n| n.to_string()).collect::<Vec<_>>())), "/0/values"),
        (values(json!(["a", "b", "A"])), "/0/values/2"),
    ] {
        assert_eq!(read(&list).unwrap_err().pointer, pointer, "{list}");
    }
}

#[test]
fn given_texts_that_cannot_be_when_read_then_they_are_refused() {
    let values = |values: Value| json!({"name": "A", "type": "text", "values": values});
    for attribute in [
        json!({"name": " ", "type": "text"}),
        json!({"name": "x".repeat(51), "type": "text"}),
        json!({"name": "a\nb", "type": "text"}),
        values(json!(["a", ""])),
        values(json!(["a", "x".repeat(61)])),
        values(json!(["a|b"])),
    ] {
        assert!(serde_json::from_value::<Attribute>(attribute.clone()).is_err(), "{attribute}");
    }
}
