use super::*;
use crate::domain::described::Described;

fn seller() -> SellerId {
    SellerId::named(&["s"])
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn row(sku: &str, parent: Option<&str>, cents: i64, attributes: &[(&str, &str)]) -> Row {
    Row {
        sku: sku.to_owned(),
        title: format!("Title of {sku}"),
        description: String::new(),
        brand: None,
        category_path: vec!["Home".to_owned()],
        price: Money::new(cents, rialto_kernel::Currency::USD),
        quantity: 1,
        attributes: attributes.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        image_url: Some(format!("https://example.com/{sku}.jpg")),
        parent_sku: parent.map(str::to_owned),
        tags: None,
    }
}

fn product(rows: &[Row]) -> Product {
    let mut product = Product::unknown(rows[0].product_id(seller()), seller());
    rows.iter().for_each(|row| product.place(row, now()));
    product
}

#[test]
fn given_rows_in_any_order_when_placed_then_the_product_is_the_same() {
    let rows = [
        row("shirt", None, 2_000, &[("color", "red"), ("fabric", "cotton")]),
        row("shirt-b", Some("shirt"), 1_800, &[("color", "blue")]),
        row("shirt-c", Some("shirt"), 2_200, &[("color", "green"), ("fabric", "cotton")]),
    ];
    let forth = product(&rows);
    let back = product(&rows.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(forth, back);
    assert_eq!(forth.main.as_ref().unwrap().title, "Title of shirt");
    assert_eq!(forth.sorted_variants()[0].1.sku, "shirt");
    assert_eq!(forth.price().unwrap().amount(), 1_800);
    assert_eq!(forth.images().len(), 3);
}

#[test]
fn given_variants_that_differ_when_shown_then_options_are_the_difference_and_attributes_the_rest() {
    let shirt = product(&[
        row("shirt", None, 2_000, &[("color", "red"), ("fabric", "cotton")]),
        row("shirt-b", Some("shirt"), 1_800, &[("color", "blue")]),
    ]);
    let options = |n: usize| shirt.described().options[&shirt.sorted_variants()[n].0].clone();
    assert_eq!(shirt.described().common, BTreeMap::from([("fabric".to_owned(), "cotton".to_owned())]));
    assert_eq!(options(0), BTreeMap::from([("color".to_owned(), "red".to_owned())]));
    assert_eq!(options(1), BTreeMap::from([("color".to_owned(), "blue".to_owned())]));
    let single = product(&[row("lamp", None, 1, &[("color", "red")])]);
    let Described { common, options } = single.described();
    assert!(options.values().all(BTreeMap::is_empty));
    assert_eq!(common.len(), 1);
}

#[test]
fn given_variants_that_spell_a_name_in_two_cases_when_shown_then_it_is_one_option() {
    let shirt = product(&[
        row("shirt", None, 2_000, &[("Color", "red"), ("fabric", "cotton")]),
        row("shirt-b", Some("shirt"), 1_800, &[("color", "blue"), ("FABRIC", "cotton"), ("size", "L")]),
        row("shirt-c", Some("shirt"), 1_800, &[("SIZE", "M")]),
    ]);
    let Described { common, options } = shirt.described();
    let of = |sku: usize| serde_json::to_value(&options[&shirt.sorted_variants()[sku].0]).unwrap();
    assert_eq!(serde_json::to_value(common).unwrap(), serde_json::json!({"fabric": "cotton"}));
    assert_eq!(of(0), serde_json::json!({"Color": "red"}));
    assert_eq!(of(1), serde_json::json!({"Color": "blue", "size": "L"}));
    assert_eq!(of(2), serde_json::json!({"Color": "red", "size": "M"}), "what it leaves out is as in the main row");
}

#[test]
fn given_only_further_variants_when_asked_then_it_is_not_shown_and_no_news() {
    let orphan = product(&[row("shirt-b", Some("shirt"), 1, &[])]);
    assert!(!orphan.is_shown());
    assert_eq!(orphan.news(&Product::unknown(orphan.id, seller())), None);
}

#[test]
fn given_a_main_row_that_leaves_when_told_then_the_product_is_archived_as_it_was() {
    let before = product(&[row("shirt", None, 1, &[]), row("shirt-b", Some("shirt"), 1, &[])]);
    let mut after = before.clone();
    after.withdraw(row("shirt", None, 1, &[]).variant_id(seller()));
    let news = after.news(&before).unwrap();
    assert_eq!((news.status, news.title.as_str(), news.variants.len()), (ProductStatus::Archived, "Title of shirt", 2));
}

#[test]
fn given_offers_when_summed_up_then_any_stock_wins_and_few_add_up() {
    let of = |status, available| Availability { status, available, version: 1 };
    let (many, few, none) = (
        of(AvailabilityStatus::InStock, None),
        of(AvailabilityStatus::Low, Some(3)),
        of(AvailabilityStatus::OutOfStock, None),
    );
    assert_eq!(Availability::of_all(&[few, many]).status, AvailabilityStatus::InStock);
    let low = Availability::of_all(&[few, none, few]);
    assert_eq!((low.status, low.available, low.version), (AvailabilityStatus::Low, Some(6), 3));
    assert_eq!(Availability::of_all(&[none]).status, AvailabilityStatus::OutOfStock);
    assert_eq!(Availability::of_all(&[]).status, AvailabilityStatus::OutOfStock);
}

#[test]
fn given_more_than_a_product_takes_when_placed_then_it_says_why() {
    let mut shirt = product(&[row("shirt", None, 1, &[])]);
    for n in 1..VARIANTS {
        shirt.place(&row(&format!("shirt-{n}"), Some("shirt"), 1, &[]), now());
    }
    assert_eq!(shirt.refusal(), None);
    shirt.place(&row("one-more", Some("shirt"), 1, &[]), now());
    assert_eq!(shirt.refusal().unwrap().code, RowCode::TooMany);
    // Tags are news.
    let care = "x".repeat(JSON_BYTES - 2_000);
    let lamp = row("lamp", None, 1, &[("care", &care)]);
    let tags = (10..30).map(|n| format!("{n}{}", "é".repeat(38))).collect();
    assert_eq!(product(std::slice::from_ref(&lamp)).refusal(), None);
    assert_eq!(product(&[Row { tags: Some(tags), ..lamp }]).refusal().unwrap().code, RowCode::TooLong);
    let long = "x".repeat(JSON_BYTES);
    assert_eq!(product(&[row("lamp", None, 1, &[("care", &long)])]).refusal().unwrap().code, RowCode::TooLong);
    assert_eq!(
        product(&[row("lamp-b", Some("lamp"), 1, &[("care", &long)])]).refusal().unwrap().code,
        RowCode::TooLong
    );
}
