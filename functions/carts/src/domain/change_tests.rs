use super::*;
use crate::domain::{Availability, samples::*};

fn known(offers: &[Offer]) -> HashMap<OfferId, Offer> {
    offers.iter().map(|offer| (offer.id, offer.clone())).collect()
}

fn apply(cart: &mut Cart, change: &Change, found: &[&Offer], all: &[Offer]) -> Result<(), CartError> {
    let found: Vec<_> = found.iter().map(|offer| offer.id).collect();
    change.apply(cart, &found, &known(all), now())
}

fn put(item: &str, quantity: u32) -> Change {
    Change::Put { line: item.parse().unwrap(), quantity: Quantity::new(quantity).ok() }
}

#[test]
fn given_a_product_with_several_offers_when_added_then_the_cheapest_in_stock_wins() {
    let dear = Offer { price: usd(2000), ..offer("dear") };
    let cheap = Offer { price: usd(500), availability: Availability::OutOfStock, ..offer("cheap") };
    let gone = Offer { price: usd(1), status: OfferStatus::Archived, ..offer("gone") };
    let all = [cheap, dear.clone(), gone.clone()];
    let change = Change::Add { wanted: Wanted::Product(dear.product_id), quantity: units(1) };
    let mut cart = empty();
    apply(&mut cart, &change, &[&all[0], &all[1], &all[2]], &all).unwrap();
    assert_eq!(cart.lines[0].offer_id, dear.id);
    let refused = apply(&mut empty(), &change, &[&gone], std::slice::from_ref(&gone));
    assert!(matches!(refused, Err(CartError::OfferUnavailable(_))));
    assert!(matches!(apply(&mut empty(), &change, &[], &[]), Err(CartError::OfferNotFound)));
}

#[test]
fn given_a_sku_when_several_sellers_use_it_then_it_is_ambiguous_unless_one_sells() {
    let one = offer("a");
    let other = Offer { id: OfferId::named(&["t", "a"]), ..offer("a") };
    let change = Change::Add { wanted: Wanted::Sku(one.sku.clone()), quantity: units(1) };
    let both = [one.clone(), other.clone()];
    assert!(matches!(apply(&mut empty(), &change, &[&one, &other], &both), Err(CartError::AmbiguousSku(_))));
    let both = [one.clone(), Offer { status: OfferStatus::Archived, ..other.clone() }];
    let mut cart = empty();
    apply(&mut cart, &change, &[&one, &other], &both).unwrap();
    assert_eq!(cart.lines[0].offer_id, one.id);
}

#[test]
fn given_any_name_of_an_offer_when_put_twice_then_the_cart_holds_it_once() {
    let offer = offer("a");
    let all = [offer.clone()];
    let mut cart = empty();
    let line = cart.item_id(offer.id).to_string();
    apply(&mut cart, &put("a", 2), &[&offer], &all).unwrap();
    let version = cart.version;
    for name in ["a", &offer.id.to_string(), &line] {
        apply(&mut cart, &put(name, 2), &[], &all).unwrap();
        assert_eq!((cart.version, cart.lines[0].quantity), (version, units(2)), "{name}");
    }
    for _ in 0..2 {
        apply(&mut cart, &put("a", 0), &[], &all).unwrap();
        assert!(cart.lines.is_empty());
    }
}

#[test]
fn given_a_line_that_is_not_there_when_set_or_put_by_its_id_then_it_is_not_found() {
    let offer = offer("a");
    let mut cart = empty();
    let line = cart.item_id(offer.id);
    let set = Change::Set { line: LineReference::Line(line), quantity: None };
    assert!(matches!(apply(&mut cart, &set, &[], &[]), Err(CartError::LineNotFound)));
    assert!(matches!(apply(&mut cart, &put(&line.to_string(), 1), &[], &[]), Err(CartError::LineNotFound)));
    apply(&mut cart, &put(&line.to_string(), 0), &[], &[]).unwrap();
}
