#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use crate::{
    domain::{News, Update},
    testing::{availability, learnt, product},
};
use serde_json::json;

fn offers() -> [OfferId; 3] {
    ["cheap", "middle", "dear"].map(|name| OfferId::named(&["test", name]))
}

fn row(updates: &[Update]) -> ProductRow {
    let mut row = ProductRow::unheard(updates.first().unwrap().product_id);
    for update in updates {
        row.accept(update);
    }
    row
}

fn best(updates: &[Update]) -> (OfferId, bool) {
    let content = Document::of(&row(updates)).unwrap().content.unwrap();
    (content.item.shown.offer_id, content.available)
}

#[test]
fn given_several_offers_when_indexed_then_the_cheapest_that_can_be_bought_is_shown() {
    let [cheap, middle, dear] = offers();
    let product = product(1, 1, &[(dear, 300), (cheap, 100), (middle, 200)]);
    let stock = |offer, status| availability(1, offer, 1, status);
    assert_eq!(best(std::slice::from_ref(&product)), (cheap, false), "none can be bought");
    assert_eq!(best(&[product.clone(), stock(dear, AvailabilityStatus::InStock)]), (dear, true));
    let both = [product, stock(dear, AvailabilityStatus::InStock), stock(middle, AvailabilityStatus::Low)];
    assert_eq!(best(&both), (middle, true));
}

#[test]
fn given_a_product_when_indexed_then_its_document_has_words_keys_and_what_is_shown() {
    let [cheap, ..] = offers();
    let product = product(1, 1, &[(cheap, 4999)]);
    let document = Document::of(&row(&[product, availability(1, cheap, 3, AvailabilityStatus::InStock)])).unwrap();
    assert_eq!(document.version, 2);
    let product_id = ProductId::named(&["test", "1"]);
    assert_eq!(
        serde_json::to_value(&document).unwrap(),
        json!({
            "productId": product_id, "listed": true, "title": "Product 1 at 1", "brand": "Sony",
            "description": "Plain text", "categoryNames": ["Audio", "Headphones"],
            "category": ["Audio", "Audio>Headphones"], "categoryPath": "Audio>Headphones",
            "attributeValues": ["Red", "XL"], "attr": ["color:Red", "size:XL"], "skus": ["SKU-1"],
            "price": 4999, "currency": "USD", "available": true, "createdAt": "1970-01-01T00:00:00Z",
            "item": {
                "productId": product_id, "offerId": cheap, "sku": "SKU-1", "sellerId": SellerId::named(&["test"]),
                "title": "Product 1 at 1", "brand": "Sony", "price": {"amount": 4999, "currency": "USD"},
                "image": "https://images.example/1.jpg", "categoryPath": ["Audio", "Headphones"],
                "availability": {"status": "in_stock"}, "tags": ["Gift idea"]
            }
        })
    );
}

#[test]
fn given_what_was_learnt_when_indexed_then_it_is_in_the_item_but_for_what_is_nothing_and_nobody_is_shown_it() {
    let [cheap, ..] = offers();
    let known = [product(1, 1, &[(cheap, 100)]), learnt(1, 5, 7)];
    let indexed = serde_json::to_value(Document::of(&row(&known)).unwrap()).unwrap();
    assert_eq!(
        (&indexed["item"]["sales"], &indexed["item"]["features"]),
        (&json!(7), &json!({"sales": 7, "conversion": 7}))
    );
    let shown: Item = serde_json::from_value(indexed["item"].clone()).unwrap();
    assert!(serde_json::to_value(shown).unwrap().get("features").is_none());
    let faded =
        serde_json::to_value(Document::of(&row(&[known[0].clone(), known[1].clone(), learnt(1, 6, 0)])).unwrap());
    let faded = faded.unwrap();
    assert_eq!((faded["item"].get("sales"), faded["item"].get("features")), (None, None));
}

#[test]
fn given_an_archived_product_or_one_without_offers_when_indexed_then_it_is_not_listed() {
    let [cheap, ..] = offers();
    let mut archived = product(1, 2, &[(cheap, 100)]);
    let News::Product(data) = &mut archived.news else { panic!() };
    data.status = ProductStatus::Archived;
    for update in [archived, product(1, 2, &[])] {
        let document = Document::of(&row(&[update])).unwrap();
        let product_id = ProductId::named(&["test", "1"]);
        assert_eq!(serde_json::to_value(&document).unwrap(), json!({"productId": product_id, "listed": false}));
    }
}

#[test]
fn given_only_stock_when_indexed_then_there_is_no_document_yet() {
    assert_eq!(Document::of(&row(&[availability(1, offers()[0], 1, AvailabilityStatus::InStock)])), None);
}
