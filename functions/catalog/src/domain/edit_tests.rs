use rialto_events::types::ProductStatus;
use rialto_kernel::SellerId;

use super::*;
use crate::domain::row::Row;

fn product() -> Product {
    let values = [
        ("sku", "lamp"),
        ("title", "Lamp"),
        ("brand", "Lumen"),
        ("category", "Home > Lighting"),
        ("price", "30.00"),
        ("currency", "USD"),
        ("quantity", "1"),
    ];
    let row = Row::check(&values.map(|(k, v)| (k.to_owned(), v.to_owned())).into_iter().collect()).unwrap();
    let seller = SellerId::named(&["s"]);
    let mut product = Product::unknown(row.product_id(seller), seller);
    product.place(&row, "2026-01-01T00:00:00Z".parse().unwrap());
    product
}

fn now() -> Timestamp {
    "2026-02-01T00:00:00Z".parse().unwrap()
}

fn product_id(name: &str) -> ProductId {
    ProductId::named(&[name])
}

fn edit(json: Value) -> Edit {
    serde_json::from_value(json).unwrap()
}

#[test]
fn given_an_edit_when_done_then_only_what_it_names_changes_and_each_difference_is_told() {
    let before = product();
    let variant = *before.variants.keys().next().unwrap();
    let (after, fields) = edited(
        &before,
        &edit(json!({
            "title": " Glass lamp ", "brand": "", "categoryPath": ["Garden"],
            "prices": [{"variantId": variant, "price": {"amount": 2500, "currency": "USD"}}],
        })),
        now(),
    )
    .unwrap();
    let main = after.main.as_ref().unwrap();
    assert_eq!((main.title.as_str(), main.brand.as_ref(), main.description.as_str()), ("Glass lamp", None, ""));
    assert_eq!(after.price().unwrap().amount(), 2_500);
    let price = format!("price of {variant}");
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["brand", "categoryPath", &price, "title"]);
    assert_eq!(fields["title"], Difference { from: json!("Lamp"), to: json!("Glass lamp") });
    assert_eq!(edited(&after, &edit(json!({"title": "Glass lamp"})), now()).unwrap().1, BTreeMap::new());
}

#[test]
fn given_an_edit_that_cannot_be_when_judged_then_it_points_to_what_to_change() {
    let before = product();
    let variant = *before.variants.keys().next().unwrap();
    let price = |amount: i64, currency: &str| json!({"prices": [{"variantId": variant, "price": {"amount": amount, "currency": currency}}]});
    let none = json!({"prices": [{"variantId": VariantId::named(&["x"]), "price": {"amount": 1, "currency": "USD"}}]});
    for (json, pointer) in [
        (json!({"categoryPath": []}), "/categoryPath"),
        (json!({"categoryPath": ["a", "b", "c", "d", "e", "f"]}), "/categoryPath"),
        (price(0, "USD"), "/prices/0/price/amount"),
        (price(10_000_000_001, "USD"), "/prices/0/price/amount"),
        (price(100, "EUR"), "/prices/0/price/currency"),
        (none, "/prices/0/variantId"),
        (json!({"tags": vec!["x"; 21]}), "/tags"),
        (json!({"related": vec![product_id("x"); 21]}), "/related"),
        (json!({"related": [before.id]}), "/related/0"),
        (json!({"related": [product_id("x"), product_id("y"), product_id("x")]}), "/related/2"),
        (json!({"publishAt": "2026-03-01T00:00:00Z"}), "/publishAt"),
        (json!({"status": "archived", "publishAt": "2026-03-01T00:00:00Z"}), "/publishAt"),
    ] {
        assert_eq!(edited(&before, &edit(json), now()).unwrap_err().pointer, pointer);
    }
    for json in [
        json!({"title": " "}),
        json!({"title": "x".repeat(201)}),
        json!({"title": "a\nb"}),
        json!({"description": "\u{0}"}),
        json!({"brand": "x".repeat(101)}),
        json!({"categoryPath": ["a > b"]}),
        json!({"tags": [""]}),
        json!({"tags": ["a\nb"]}),
        json!({"tags": ["x".repeat(41)]}),
        json!({"seo": {"title": "x".repeat(71)}}),
        json!({"seo": {"description": "x".repeat(161)}}),
        json!({"seo": {"description": "a\nb"}}),
        json!({"slugWords": "a--b"}),
        json!({"related": ["lamp"]}),
    ] {
        assert!(serde_json::from_value::<Edit>(json.clone()).is_err(), "{json}");
    }
}

#[test]
fn given_a_product_when_archived_then_it_is_not_shown_and_its_news_say_so_until_it_is_for_sale_again() {
    let before = product();
    let (gone, fields) = archived(&before, true, now());
    assert!(!gone.is_shown());
    assert_eq!(gone.news(&before).unwrap().status, ProductStatus::Archived);
    assert_eq!(fields["status"], Difference { from: json!("active"), to: json!("archived") });
    let (back, _) = archived(&gone, false, now());
    assert_eq!((back.is_shown(), back.news(&gone).unwrap().status), (true, ProductStatus::Active));
}

#[test]
fn given_a_draft_when_turned_then_it_is_told_from_when_it_is_shown_and_created_then() {
    let before = product();
    let time: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
    let to = |of: &Product, json: Value| edited(of, &edit(json), now()).unwrap().0;
    let draft = to(&before, json!({"status": "draft", "publishAt": "2026-03-01T00:00:00Z"}));
    assert_eq!((draft.is_shown(), draft.due_at()), (false, Some(time)));
    assert_eq!(draft.news(&before).unwrap().status, ProductStatus::Archived);
    // An upload changes it, and it stays a draft; nobody is told.
    let mut uploaded = draft.clone();
    let values = [
        ("sku", "lamp"),
        ("title", "Lamp 2"),
        ("category", "Home"),
        ("price", "31.00"),
        ("currency", "USD"),
        ("quantity", "1"),
    ];
    let row = Row::check(&values.map(|(k, v)| (k.to_owned(), v.to_owned())).into_iter().collect()).unwrap();
    uploaded.place(&row, now());
    assert_eq!((uploaded.due_at(), uploaded.news(&draft)), (Some(time), None));
    let second = time.checked_sub(rialto_kernel::SignedDuration::from_nanos(1)).unwrap();
    assert_eq!(published(&draft, second), (draft.clone(), BTreeMap::new()));
    let (shown, fields) = published(&draft, time);
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["publishAt", "status"]);
    assert_eq!((shown.due_at(), shown.news(&draft).unwrap().status), (None, ProductStatus::Active));
    assert_eq!(published(&shown, time).1, BTreeMap::new());
    for json in [json!({"status": "draft"}), json!({"status": "archived"}), json!({"status": "active"})] {
        assert_eq!(to(&draft, json.clone()).due_at(), None, "{json}");
    }
    // It never was shown before: its time is that of the first showing.
    let unseen = Product { status: Status::Draft, created_at: None, ..before };
    assert_eq!(to(&unseen, json!({"title": "Other"})).created_at, None);
    assert_eq!(to(&unseen, json!({"status": "active"})).created_at, Some(now()));
    assert_eq!(archived(&unseen, false, now()).1, BTreeMap::new());
}
