use super::*;

fn values(changes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let good = [
        ("sku", "A-1"),
        ("title", "Lamp"),
        ("description", "A lamp.\nBright."),
        ("brand", ""),
        ("category", "Home > Light"),
        ("price", "129.99"),
        ("currency", "USD"),
        ("quantity", "5"),
    ];
    good.iter().chain(changes).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

#[test]
fn given_a_good_row_when_checked_then_it_is_normalised() {
    let row = Row::check(&values(&[("attr:color", " red "), ("attr:size", ""), ("title", " Lamp ")])).unwrap();
    assert_eq!((row.title.as_str(), row.price.amount(), row.quantity), ("Lamp", 12_999, 5));
    assert_eq!(row.category_path, ["Home", "Light"]);
    assert_eq!(row.attributes, BTreeMap::from([("color".to_owned(), "red".to_owned())]));
    assert_eq!((row.brand, row.image_url, row.parent_sku), (None, None, None));
}

#[test]
fn given_one_wrong_value_when_checked_then_one_error_names_field_and_code() {
    let long = "x".repeat(201);
    for (field, value, code) in [
        ("sku", "", RowCode::Missing),
        ("title", " ", RowCode::Missing),
        ("title", long.as_str(), RowCode::TooLong),
        ("title", "a\u{0}b", RowCode::InvalidCharacter),
        ("category", "", RowCode::Missing),
        ("category", "A > > C", RowCode::Missing),
        ("category", "A>B>C>D>E>F", RowCode::TooDeep),
        ("price", "", RowCode::Missing),
        ("price", "abc", RowCode::InvalidPrice),
        ("price", "-5.00", RowCode::InvalidPrice),
        ("price", "0", RowCode::InvalidPrice),
        ("price", "1,299.00", RowCode::InvalidPrice),
        ("price", "$5", RowCode::InvalidPrice),
        ("price", "1.999", RowCode::InvalidPrice),
        ("price", "99999999999", RowCode::InvalidPrice),
        ("price", "99999999999999999999999", RowCode::InvalidPrice),
        ("currency", "", RowCode::Missing),
        ("currency", "usd", RowCode::InvalidCurrency),
        ("quantity", "", RowCode::Missing),
        ("quantity", "-1", RowCode::InvalidQuantity),
        ("quantity", "+1", RowCode::InvalidQuantity),
        ("quantity", "1.5", RowCode::InvalidQuantity),
        ("quantity", "1000001", RowCode::InvalidQuantity),
        ("quantity", "99999999999", RowCode::InvalidQuantity),
        ("image_url", "shoe.jpg", RowCode::InvalidUrl),
        ("image_url", "https://", RowCode::InvalidUrl),
        ("parent_sku", "A-1", RowCode::InvalidParent),
    ] {
        let errors = Row::check(&values(&[(field, value)])).unwrap_err();
        assert_eq!(errors.len(), 1, "{field} {value:?}: {errors:?}");
        assert_eq!((errors[0].field.as_str(), errors[0].code), (field, code), "{value:?}");
    }
}

#[test]
fn given_a_card_number_in_any_column_when_checked_then_the_row_is_refused_and_no_message_repeats_it() {
    let card = "4111 1111 1111 1111";
    let columns = ["sku", "title", "description", "brand", "category", "price", "currency", "quantity", "image_url"];
    for column in columns.into_iter().chain(["parent_sku", "attr:note", "attr:4111111111111111"]) {
        // Another column is wrong, too.
        let errors = Row::check(&values(&[("sku", "B-1"), ("quantity", "many"), (column, card)])).unwrap_err();
        assert_eq!(errors.iter().map(|error| error.code).collect::<Vec<_>>(), [RowCode::CardNumber], "{column}");
        assert!(!format!("{errors:?}").contains("1111"), "{errors:?}");
    }
    assert_eq!(shown("4111-1111-1111-1111 pieces"), "***");
}

#[test]
fn given_numbers_of_goods_when_checked_then_they_pass() {
    // GTIN-8, -12, -13 and -14, an ISBN, an IMEI, a part number and a time.
    for number in ["96385074", "036000291452", "4006381333931", "10614141000415", "9780306406157", "356938035643809"] {
        for column in ["sku", "title", "attr:gtin"] {
            assert!(Row::check(&values(&[(column, number)])).is_ok(), "{column} {number}");
        }
    }
    let picture = "https://cdn.example.com/20261121143000/4006381333931-1200x1200.jpg";
    assert!(Row::check(&values(&[("image_url", picture), ("title", "Drill 0601 1A9 200")])).is_ok());
}

#[test]
fn given_several_wrong_values_when_checked_then_all_are_told() {
    let errors =
        Row::check(&values(&[("title", ""), ("price", "x"), ("currency", "ZZZ"), ("quantity", "many")])).unwrap_err();
    let fields: Vec<_> = errors.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(fields, ["title", "currency", "price", "quantity"]);
}

#[test]
fn given_a_weight_or_tax_category_that_cannot_price_an_order_when_checked_then_the_row_is_refused() {
    assert!(Row::check(&values(&[("attr:weight_g", "750"), ("attr:tax_category", "books")])).is_ok());
    for (column, value) in [("attr:weight_g", "0.75 kg"), ("attr:tax_category", "Books & more")] {
        let errors = Row::check(&values(&[(column, value)])).unwrap_err();
        assert_eq!((errors[0].field.as_str(), errors[0].code), (column, RowCode::WrongType));
    }
}

#[test]
fn given_too_many_attributes_when_checked_then_it_is_refused() {
    let mut row = values(&[]);
    row.extend((0..51).map(|n| (format!("attr:a{n}"), "v".to_owned())));
    assert_eq!(Row::check(&row).unwrap_err()[0].code, RowCode::TooMany);
}

#[test]
fn given_tags_when_checked_then_each_is_kept_once_and_a_row_without_them_says_nothing_of_them() {
    let tags = |value: &str| Row::check(&values(&[("tags", value)])).map(|row| row.tags);
    assert_eq!(Row::check(&values(&[])).unwrap().tags, None);
    assert_eq!(tags(" ").unwrap(), Some(vec![]));
    let of_variant = Row::check(&values(&[("tags", "a"), ("parent_sku", "other")])).unwrap();
    assert_eq!(of_variant.tags, None, "they are the product's");
    assert_eq!(tags(" Gift |summer| gift|").unwrap(), Some(vec!["Gift".to_owned(), "summer".to_owned()]));
    let (long, many) = ("x".repeat(41), "x|".repeat(21));
    for (value, code) in [
        (long.as_str(), RowCode::TooLong),
        (many.as_str(), RowCode::TooMany),
        ("a|b\tc", RowCode::InvalidCharacter),
        ("a|4111 1111 1111 1111", RowCode::CardNumber),
    ] {
        let errors = tags(value).unwrap_err();
        let found: Vec<_> = errors.iter().map(|error| (error.field.as_str(), error.code)).collect();
        assert_eq!(found, [("tags", code)], "{value}");
    }
}

#[test]
fn given_rows_that_mean_the_same_when_hashed_then_the_hash_is_the_same() {
    let hash = |changes: &[(&str, &str)]| Row::check(&values(changes)).unwrap().hash();
    assert_eq!(hash(&[]), hash(&[("price", "129.990")].map(|_| ("title", "Lamp "))));
    assert_ne!(hash(&[]), hash(&[("quantity", "6")]));
    assert_eq!(hash(&[]), hash(&[("tags", "a|b")]), "a listing compares tags by themselves");
    // What listings keep of rows that were taken before there were tags.
    assert_eq!(hash(&[]), "cc6f9de011e7b6863a724f862cb09466dcb7d05b0e9090438a636cbff648041b");
}

#[test]
fn given_a_parent_when_ids_are_named_then_the_product_is_the_parents_and_the_offer_its_own() {
    let seller = SellerId::named(&["s"]);
    let parent = Row::check(&values(&[])).unwrap();
    let child = Row::check(&values(&[("sku", "A-2"), ("parent_sku", "A-1")])).unwrap();
    assert_eq!(parent.product_id(seller), child.product_id(seller));
    assert_ne!(parent.offer_id(seller), child.offer_id(seller));
    assert_ne!(parent.offer_id(seller), parent.offer_id(SellerId::named(&["t"])));
}
