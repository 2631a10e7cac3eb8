use proptest::prelude::*;
use rialto_kernel::OrderId;

use super::*;
use crate::domain::{Availability, samples::*};

fn cart_with(sku: &str, quantity: u32) -> Cart {
    let mut cart = empty();
    cart.add(&offer(sku), units(quantity), now()).unwrap();
    cart
}

#[test]
fn given_a_line_when_more_is_added_then_it_grows_and_keeps_its_price() {
    let mut cart = cart_with("a", 2);
    let dearer = Offer { price: usd(1500), ..offer("a") };
    cart.add(&dearer, units(3), now()).unwrap();
    assert_eq!(cart.lines.len(), 1);
    assert_eq!((cart.lines[0].quantity, cart.lines[0].price_at_add), (units(5), usd(1000)));
    assert_eq!(cart.version, 2);
}

#[test]
fn given_few_left_when_more_is_wanted_in_all_then_it_is_refused_with_what_is_left() {
    let few = with(Availability::Low { available: 3 });
    let mut cart = empty();
    cart.add(&few, units(2), now()).unwrap();
    let error = cart.add(&few, units(2), now()).unwrap_err();
    assert!(matches!(error, CartError::OutOfStock { available: 3, requested, .. } if requested == units(4)), "{error}");
    assert_eq!((cart.lines[0].quantity, cart.version), (units(2), 1), "nothing changed");
    cart.add(&few, units(1), now()).unwrap();
}

#[test]
fn given_none_left_when_added_then_it_is_refused_but_fewer_of_what_is_there_is_fine() {
    let mut cart = cart_with("a", 5);
    let none = with(Availability::OutOfStock);
    assert!(matches!(cart.add(&none, units(1), now()), Err(CartError::OutOfStock { available: 0, .. })));
    cart.set(&none, units(4), now()).unwrap();
    let archived = Offer { status: OfferStatus::Archived, ..offer("a") };
    assert!(matches!(cart.set(&archived, units(5), now()), Err(CartError::OfferUnavailable(_))));
    cart.set(&archived, units(1), now()).unwrap();
    cart.remove(archived.id).unwrap();
    assert!(cart.lines.is_empty());
}

#[test]
fn given_a_full_cart_when_another_offer_is_added_then_it_is_refused() {
    let mut cart = empty();
    for n in 0..MOST_LINES {
        cart.add(&offer(&n.to_string()), units(1), now()).unwrap();
    }
    assert!(matches!(cart.add(&offer("more"), units(1), now()), Err(CartError::TooManyLines)));
    cart.add(&offer("0"), units(1), now()).unwrap();
}

#[test]
fn given_another_currency_or_too_many_units_when_added_then_it_is_refused() {
    let mut cart = cart_with("a", 1);
    let euros = Offer { price: Money::new(5, "EUR".parse().unwrap()), ..offer("b") };
    assert!(matches!(cart.add(&euros, units(1), now()), Err(CartError::MixedCurrencies)));
    assert!(matches!(cart.add(&offer("a"), units(9_999), now()), Err(CartError::QuantityTooLarge)));
    let dear = Offer { price: usd(i64::MAX), ..offer("c") };
    assert!(matches!(cart.add(&dear, units(2), now()), Err(CartError::QuantityTooLarge)));
}

#[test]
fn given_a_frozen_cart_when_changed_then_each_way_is_refused_with_the_order() {
    let mut cart = cart_with("a", 1);
    let order = OrderId::named(&["1"]);
    cart.freeze(order).unwrap();
    let before = cart.clone();
    for outcome in [
        cart.add(&offer("b"), units(1), now()),
        cart.set(&offer("a"), units(1), now()),
        cart.remove(offer("a").id),
        cart.remove_nothing(),
        cart.clear(),
    ] {
        assert!(matches!(outcome, Err(CartError::CheckoutInProgress(by)) if by == order));
    }
    assert_eq!(cart, before);
}

#[test]
fn given_a_frozen_cart_when_frozen_again_then_only_its_order_gets_the_same_answer() {
    let mut cart = cart_with("a", 1);
    let order = OrderId::named(&["1"]);
    let frozen = cart.freeze(order).unwrap();
    assert_eq!(frozen, Frozen { by: order, version: 1 });
    let version = cart.version;
    assert_eq!(cart.freeze(order).unwrap(), frozen);
    assert_eq!(cart.version, version, "repeating writes nothing");
    assert!(matches!(cart.freeze(OrderId::named(&["2"])), Err(CartError::CheckoutInProgress(by)) if by == order));
    assert!(matches!(empty().freeze(order), Err(CartError::CartEmpty)));
}

#[test]
fn given_a_frozen_cart_when_let_go_of_then_only_its_order_can() {
    let (mine, other) = (OrderId::named(&["1"]), OrderId::named(&["2"]));
    let mut cart = cart_with("a", 1);
    cart.freeze(mine).unwrap();
    assert!(!cart.thaw(other) && !cart.take_purchased(other));
    assert!(cart.thaw(mine) && !cart.thaw(mine));
    assert_eq!(cart.lines.len(), 1);
    cart.freeze(other).unwrap();
    assert!(cart.take_purchased(other) && cart.lines.is_empty());
    cart.add(&offer("b"), units(1), now()).unwrap();
    assert!(!cart.take_purchased(other) && cart.lines.len() == 1, "a repetition takes nothing that came later");
}

proptest! {
    #[test]
    fn a_version_never_stands_for_two_contents(
        steps in proptest::collection::vec((0_u8..6, 0_u32..4, 1_u32..5), 1..60)
    ) {
        let mut cart = empty();
        let mut seen = std::collections::HashMap::from([(0, (Vec::new(), None))]);
        for (kind, sku, quantity) in steps {
            let offer = offer(&sku.to_string());
            let order = OrderId::named(&[&quantity.to_string()]);
            let _ = match kind {
                0 => cart.add(&offer, units(quantity), now()),
                1 => cart.set(&offer, units(quantity), now()),
                2 => cart.remove(offer.id),
                3 => cart.freeze(order).map(drop),
                4 => { cart.thaw(order); Ok(()) }
                _ => { cart.take_purchased(order); Ok(()) }
            };
            let content = (cart.lines.clone(), cart.frozen);
            let before = seen.insert(cart.version, content.clone());
            prop_assert!(before.is_none_or(|before| before == content));
            prop_assert!(cart.lines.len() <= MOST_LINES);
        }
    }
}
