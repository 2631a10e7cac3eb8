use rialto_kernel::{SellerId, Timestamp};
use serde_json::{Value as Json, json};

use super::*;
use crate::domain::{
    category::Category,
    edit::{Edit, edited_at},
    row::Row,
    tree::Led,
};

fn now() -> Timestamp {
    "2026-02-01T00:00:00Z".parse().unwrap()
}

/// A shirt in two colours, under `Shirts`.
fn shirt() -> (Product, VariantId, VariantId) {
    let row = |sku: &str, more: &[(&str, &str)]| {
        let base = [
            ("sku", sku),
            ("title", "T"),
            ("category", "Shirts"),
            ("price", "1.00"),
            ("currency", "USD"),
            ("quantity", "1"),
        ];
        let values = base.iter().chain(more).map(|(column, value)| ((*column).to_owned(), (*value).to_owned()));
        Row::check(&values.collect()).unwrap()
    };
    let red = row("red", &[("attr:color", "red"), ("attr:fabric", "cotton")]);
    let blue = row("blue", &[("attr:color", "blu"), ("parent_sku", "red")]);
    let seller = SellerId::named(&["s"]);
    let mut product = Product::unknown(red.product_id(seller), seller);
    [&red, &blue].into_iter().for_each(|row| product.place(row, now()));
    (product, red.variant_id(seller), blue.variant_id(seller))
}

/// Where a path leads whose last category declares these.
fn led(path: &str, attributes: &Json) -> Led {
    let path = vec![path.to_owned()];
    let category = Category { attributes: serde_json::from_value(attributes.clone()).unwrap(), ..Category::at(&path) };
    let types = Types::along(std::iter::once(&category));
    Led { path, tree: 0, missing: Vec::new(), types }
}

fn edit(json: Json) -> Edit {
    serde_json::from_value(json).unwrap()
}

fn attributes(product: &Product, id: VariantId) -> Json {
    json!(product.variants[&id].attributes)
}

#[test]
fn given_attributes_when_set_and_taken_away_then_the_history_has_both_sides_and_again_nothing_changes() {
    let (before, red, blue) = shirt();
    let set = edit(json!({"attributes": [{"variantId": red, "values": {"Fabric": "", "Fit": " slim "}}]}));
    let (after, fields) = edited_at(&before, &set, None, now()).unwrap();
    assert_eq!(attributes(&after, red), json!({"color": "red", "Fit": "slim"}));
    assert_eq!(attributes(&after, blue), json!({"color": "blu"}));
    let name = format!("attributes of {red}");
    assert_eq!(fields.keys().collect::<Vec<_>>(), [&name]);
    assert_eq!(fields[&name].from, json!({"color": "red", "fabric": "cotton"}));
    assert_eq!(edited_at(&after, &set, None, now()).unwrap().1.len(), 0);
}

#[test]
fn given_declared_attributes_when_edited_then_only_what_the_edit_names_is_judged_and_kept_as_declared() {
    let (before, red, blue) = shirt();
    let led = led(
        "Shirts",
        &json!([
            {"name": "Color", "type": "text", "values": ["Red", "Blue"], "required": true},
            {"name": "Chest", "type": "number", "unit": "cm", "required": true},
            {"name": "Fabric", "type": "text", "required": true},
        ]),
    );
    let change = |json: Json| edited_at(&before, &edit(json), Some(&led), now());
    let of = |id: VariantId, values: Json| json!({"attributes": [{"variantId": id, "values": values}]});
    // `Chest` is missing, and `blu` is none of the colours: neither is what this is about.
    let (after, _) = change(of(red, json!({"COLOR": "blue"}))).unwrap();
    assert_eq!(attributes(&after, red), json!({"Color": "Blue", "fabric": "cotton"}));
    let (after, _) = change(of(blue, json!({"chest": "98.0", "color": ""}))).unwrap();
    assert_eq!(
        attributes(&after, blue),
        json!({"Chest": "98 cm"}),
        "a further variant takes its colour from the main one"
    );
    for (json, pointer, says) in [
        (of(red, json!({"cOlor": "green"})), "/attributes/0/values/cOlor", "one of Red, Blue"),
        (of(red, json!({"fabric": ""})), "/attributes/0/values/fabric", "products of Shirts have it"),
        (of(blue, json!({"Chest": "wide"})), "/attributes/0/values/Chest", "42.5 cm"),
        (of(red, json!({"Color": "red", "color": "red"})), "/attributes/0/values/color", "another case"),
        (of(red, json!({"weight_g": "2 kg"})), "/attributes/0/values/weight_g", "whole grams"),
        (of(red, json!({"Weight_G": "5"})), "/attributes/0/values/Weight_G", "is written weight_g"),
        (of(VariantId::named(&["x"]), json!({})), "/attributes/0/variantId", "no variant"),
        (
            json!({"attributes": [{"variantId": red, "values": {}}, {"variantId": red, "values": {}}]}),
            "/attributes/1/variantId",
            "is there before",
        ),
    ] {
        let error = change(json).unwrap_err();
        assert!(error.pointer == pointer && error.message.contains(says), "{pointer}: {error:?}");
    }
    let many: BTreeMap<String, String> = (0..49).map(|n| (format!("A{n}"), "x".to_owned())).collect();
    assert_eq!(change(of(red, json!(many))).unwrap_err().pointer, "/attributes/0/values");
}

#[test]
fn given_texts_that_cannot_be_when_read_then_they_are_refused() {
    for values in [json!({"a": "x\ny"}), json!({" ": "x"}), json!({"a": "x".repeat(501)}), json!({"x".repeat(51): "x"})]
    {
        let edit = json!({"attributes": [{"variantId": VariantId::named(&["v"]), "values": values}]});
        assert!(serde_json::from_value::<Edit>(edit.clone()).is_err(), "{edit}");
    }
}

#[test]
fn given_a_move_when_the_new_category_declares_other_types_then_all_variants_are_judged_and_the_edit_can_mend_them() {
    let (before, red, blue) = shirt();
    let led = led(
        "Tops",
        &json!([
            {"name": "Color", "type": "text", "values": ["Red", "Blue"]},
            {"name": "Chest", "type": "number", "unit": "cm", "required": true},
        ]),
    );
    let change = |json: Json| edited_at(&before, &edit(json), Some(&led), now());
    let error = change(json!({"categoryPath": ["Tops"]})).unwrap_err();
    assert_eq!(error.pointer, "/categoryPath");
    let chest = json!({"variantId": red, "values": {"chest": "98"}});
    let error = change(json!({"categoryPath": ["Tops"], "attributes": [chest]})).unwrap_err();
    assert!(error.pointer == "/categoryPath" && error.message.contains("attribute color: \"blu\""), "{error:?}");
    let color = json!({"variantId": blue, "values": {"color": "blue"}});
    let mended = json!({"categoryPath": ["tops"], "attributes": [chest, color]});
    let (after, fields) = change(mended.clone()).unwrap();
    assert_eq!(after.main.as_ref().unwrap().category_path, ["Tops"]);
    assert_eq!(attributes(&after, red), json!({"Chest": "98 cm", "Color": "Red", "fabric": "cotton"}));
    assert_eq!(attributes(&after, blue), json!({"Color": "Blue"}));
    assert_eq!(fields.len(), 3, "{fields:?}");
    assert_eq!(edited_at(&after, &edit(mended), Some(&led), now()).unwrap().1.len(), 0);
    // The category that it is in already judges nothing by being named again.
    let strict = led_of_shirts();
    assert_eq!(
        edited_at(&before, &edit(json!({"categoryPath": ["SHIRTS"]})), Some(&strict), now()).unwrap().1.len(),
        0
    );
}

fn led_of_shirts() -> Led {
    led("Shirts", &json!([{"name": "Chest", "type": "number", "required": true}]))
}
