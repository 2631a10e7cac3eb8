//! Paying a part with gift cards: how a total is split, and in which order the parts are taken and let go.
//!
//! There are no gift cards yet: [`NoGiftCards`] is the only source of them, and every order is paid whole by its method.
//! Whoever adds them implements [`GiftCards`] and follows the order of [`Split::to_capture`] and [`Split::to_void`]: a gift
//! card is ours, so its part is taken first and certainly, and a card's refusal lets go of it again; the other way round
//! a stranger's money would be taken before we know that ours suffices.

use rialto_kernel::Money;

/// A gift card that its owner wants to pay with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftCard {
    /// Which one.
    pub code: String,
    /// What is on it.
    pub balance: Money,
}

/// Where gift cards come from.
pub trait GiftCards {
    /// Those that an order may be paid with.
    fn offered(&self) -> Vec<GiftCard>;
}

/// There are none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoGiftCards;

impl GiftCards for NoGiftCards {
    fn offered(&self) -> Vec<GiftCard> {
        Vec::new()
    }
}

/// What one gift card pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftPart {
    /// Which one.
    pub code: String,
    /// More than nothing, and no more than is on it.
    pub amount: Money,
}

/// A total in parts, which sum to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// What gift cards pay, the largest part first.
    pub gifts: Vec<GiftPart>,
    /// What is left for the payment method; nothing where gift cards pay all.
    pub rest: Money,
}

/// A part of a [`Split`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// By a gift card.
    Gift(&'a GiftPart),
    /// By the payment method.
    Method(Money),
}

/// Splits a total: the gift card with most on it first, so that as few as possible are touched; the rest is the payment
/// method's. Empty cards and those of another currency pay nothing.
#[must_use]
pub fn split(total: Money, cards: &dyn GiftCards) -> Split {
    let mut cards = cards.offered();
    cards.retain(|card| card.balance.currency() == total.currency() && card.balance.amount() > 0);
    cards.sort_by(|a, b| b.balance.amount().cmp(&a.balance.amount()).then_with(|| a.code.cmp(&b.code)));
    let (mut left, mut gifts) = (total.amount().max(0), Vec::new());
    for card in cards {
        let part = left.min(card.balance.amount());
        if part == 0 {
            break;
        }
        left = left.saturating_sub(part);
        gifts.push(GiftPart { code: card.code, amount: Money::new(part, total.currency()) });
    }
    Split { gifts, rest: Money::new(left, total.currency()) }
}

impl Split {
    /// The parts in the order in which they are taken, once the payment method's is set aside: gift cards first.
    #[must_use]
    pub fn to_capture(&self) -> Vec<Part<'_>> {
        let rest = Some(self.rest).filter(|rest| rest.amount() > 0);
        self.gifts.iter().map(Part::Gift).chain(rest.map(Part::Method)).collect()
    }

    /// The parts in the order in which they are let go: gift cards last.
    #[must_use]
    pub fn to_void(&self) -> Vec<Part<'_>> {
        let mut parts = self.to_capture();
        parts.reverse();
        parts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rialto_kernel::Currency;

    use super::*;

    struct These(Vec<i64>);

    impl GiftCards for These {
        fn offered(&self) -> Vec<GiftCard> {
            let card = |(n, balance): (usize, &i64)| GiftCard { code: format!("g{n:02}"), balance: usd(*balance) };
            self.0.iter().enumerate().map(card).collect()
        }
    }

    fn usd(amount: i64) -> Money {
        Money::new(amount, Currency::USD)
    }

    #[test]
    fn given_no_gift_cards_when_split_then_the_method_pays_all() {
        let split = split(usd(12_999), &NoGiftCards);
        assert_eq!((split.gifts.len(), split.rest), (0, usd(12_999)));
        assert_eq!(split.to_capture(), [Part::Method(usd(12_999))]);
    }

    #[test]
    fn given_gift_cards_when_split_then_the_fullest_pays_first_and_the_method_is_let_go_first() {
        let split = split(usd(100), &These(vec![20, 70]));
        let codes: Vec<_> = split.gifts.iter().map(|part| (part.code.as_str(), part.amount.amount())).collect();
        assert_eq!((codes, split.rest), (vec![("g01", 70), ("g00", 20)], usd(10)));
        assert_eq!(split.to_void().first(), Some(&Part::Method(usd(10))));
        assert_eq!(split.to_capture().last(), Some(&Part::Method(usd(10))));
    }

    proptest! {
        #[test]
        fn any_split_adds_up_and_takes_no_more_than_is_on_a_card(
            total in 0_i64..1_000_000, balances in prop::collection::vec(-5_i64..400_000, 0..6),
        ) {
            let split = split(usd(total), &These(balances.clone()));
            let gifts: i64 = split.gifts.iter().map(|part| part.amount.amount()).sum();
            prop_assert_eq!(gifts + split.rest.amount(), total);
            prop_assert!(split.gifts.iter().all(|part| part.amount.amount() > 0) && split.rest.amount() >= 0);
            prop_assert!(split.gifts.is_sorted_by(|a, b| a.amount.amount() >= b.amount.amount()));
            for part in &split.gifts {
                let on_it = These(balances.clone()).offered().into_iter().find(|card| card.code == part.code);
                prop_assert!(on_it.is_some_and(|card| part.amount.amount() <= card.balance.amount()));
            }
            // The method pays only where the cards do not suffice.
            let there: i64 = balances.iter().filter(|balance| **balance > 0).sum();
            prop_assert_eq!(split.rest.amount(), (total - there).max(0));
        }
    }
}
