use super::*;
use crate::domain::samples::*;

fn seen(quantity: u32, now_is: Offer) -> ItemView {
    let mut cart = empty();
    cart.add(&offer("a"), units(quantity), now()).unwrap();
    let view = CartView::of(&cart, &HashMap::from([(now_is.id, now_is)]));
    view.items[0].clone()
}

fn codes(item: &ItemView) -> Vec<NoticeCode> {
    item.notices.iter().map(|notice| notice.code).collect()
}

#[test]
fn given_another_price_when_shown_then_the_line_costs_todays_and_says_so() {
    let item = seen(3, Offer { price: usd(1200), ..offer("a") });
    assert_eq!((item.price_at_add, item.price, item.line_total), (usd(1000), usd(1200), usd(3600)));
    assert_eq!(codes(&item), [NoticeCode::PriceChanged]);
    assert_eq!((item.notices[0].old, item.notices[0].new), (Some(usd(1000)), Some(usd(1200))));
}

#[test]
fn given_less_stock_when_shown_then_a_notice_says_what_is_left() {
    let low = |available| seen(3, with(Availability::Low { available }));
    assert!(low(3).notices.is_empty());
    assert_eq!((codes(&low(2)), low(2).notices[0].available), (vec![NoticeCode::LowStock], Some(2)));
    assert_eq!(codes(&seen(3, with(Availability::OutOfStock))), [NoticeCode::OutOfStock]);
}

#[test]
fn given_a_line_no_longer_sold_when_shown_then_it_is_not_in_the_subtotal() {
    let mut cart = empty();
    for sku in ["a", "b", "c"] {
        cart.add(&offer(sku), units(2), now()).unwrap();
    }
    let archived = Offer { status: OfferStatus::Archived, ..offer("b") };
    let euros = Offer { price: Money::new(1, "EUR".parse().unwrap()), ..offer("c") };
    let offers = [offer("a"), archived, euros].map(|offer| (offer.id, offer));
    let view = CartView::of(&cart, &HashMap::from(offers));
    assert_eq!((view.subtotal, view.item_count), (usd(2000), 6));
    let unavailable = vec![NoticeCode::Unavailable];
    assert_eq!(view.items.iter().map(codes).collect::<Vec<_>>(), [vec![], unavailable.clone(), unavailable]);
}

#[test]
fn given_a_price_beyond_any_total_when_shown_then_the_cart_still_shows() {
    let item = seen(3, Offer { price: usd(i64::MAX), ..offer("a") });
    assert_eq!(item.line_total, usd(i64::MAX));
}

#[test]
fn given_a_view_when_written_then_it_has_the_agreed_shape() {
    let item = seen(1, with(Availability::Low { available: 3 }));
    let json = serde_json::to_value(item).unwrap();
    assert_eq!(json["availability"], serde_json::json!({"status": "low", "available": 3}));
    assert_eq!(json["priceAtAdd"], serde_json::json!({"amount": 1000, "currency": "USD"}));
    assert_eq!(json["notices"], serde_json::json!([]));
}
