#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::testing::{availability, learnt, product};
use proptest::prelude::*;

fn offer(number: u8) -> OfferId {
    OfferId::named(&["test", &number.to_string()])
}

/// Versions 1 to 4 of a product and of the stock of two of its offers, and 1 to 3 of what was learnt of it.
fn history() -> Vec<Update> {
    let products = (1..=4).map(|version| product(1, version, &[(offer(1), 1000 * i64::try_from(version).unwrap())]));
    let statuses = [AvailabilityStatus::InStock, AvailabilityStatus::Low, AvailabilityStatus::OutOfStock];
    let stocks = statuses.iter().cycle().take(8).enumerate().map(|(index, status)| {
        let version = u64::try_from(index / 2 + 1).unwrap();
        availability(1, offer(if index % 2 == 0 { 1 } else { 2 }), version, *status)
    });
    products
        .chain(stocks)
        .chain((1..=3).map(|version| learnt(1, version, 10 + u32::try_from(version).unwrap())))
        .collect()
}

fn row_after<'a>(updates: impl IntoIterator<Item = &'a Update>) -> ProductRow {
    let mut row = ProductRow::unheard(ProductId::named(&["test", "1"]));
    for update in updates {
        row.accept(update);
    }
    row
}

#[test]
fn given_stock_before_its_product_when_heard_then_it_is_kept_and_waits() {
    let row = row_after(&[availability(1, offer(1), 7, AvailabilityStatus::InStock)]);
    assert_eq!((row.version, row.product.is_none()), (1, true));
    assert!(row.availability_of(offer(1)).can_be_bought());
    assert!(!row.availability_of(offer(2)).can_be_bought(), "nothing heard means nothing there");
}

#[test]
fn given_a_stale_or_repeated_update_when_heard_then_nothing_changes() {
    let (old, new) = (product(1, 1, &[(offer(1), 100)]), product(1, 2, &[(offer(1), 200)]));
    let mut row = row_after([&old, &new]);
    let before = row.clone();
    assert!(!row.accept(&old) && !row.accept(&new));
    assert_eq!((row.version, &row), (2, &before));
}

proptest! {
    #[test]
    fn the_last_words_win_in_any_order_however_often(
        order in Just((0..15).collect::<Vec<usize>>()).prop_shuffle(),
        repeats in proptest::collection::vec(0_usize..15, 0..12),
    ) {
        let history = history();
        let in_order = row_after(&history);
        let shuffled = row_after(order.iter().chain(&repeats).map(|index| &history[*index]));
        prop_assert_eq!((shuffled.signals().sales, in_order.signals().sales), (13, 13));
        prop_assert_eq!(shuffled.product, in_order.product);
        prop_assert_eq!(shuffled.availability, in_order.availability);
    }

    #[test]
    fn each_accepted_update_is_one_version(order in Just((0..15).collect::<Vec<usize>>()).prop_shuffle()) {
        let history = history();
        let mut row = ProductRow::unheard(ProductId::named(&["test", "1"]));
        let accepted = order.iter().filter(|index| row.accept(&history[**index])).count();
        prop_assert_eq!(row.version, u64::try_from(accepted).unwrap());
    }
}
