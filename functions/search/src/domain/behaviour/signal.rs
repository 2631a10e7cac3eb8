//! What a product earns in the ranking by what people do with it.
//!
//! Three numbers, each of which the ranking takes between nothing and its weight (`domain/weights.rs`), so what can be had by
//! them is bounded however large they are:
//!
//! - `sales`: orders of the last 28 days that had the product. An order counts once, however many units it has.
//! - `conversion`: how much more often than usual a visitor who saw the product's page bought it, in hundredths of a per cent. The
//!   rate is smoothed by what is known before anything is seen, the mean of a beta distribution: `(orders + 2) / (views + 100)`,
//!   and what is above the usual 2 % counts. (Gelman et al., "Bayesian Data Analysis", 2.4.)
//! - `popularity`: clicks in searches, each worth the more the less likely its place was looked at ([`super::click_weight`]).
//!
//! Against those who would like to be found, and against what is first being clicked because it is first: a visitor counts once a
//! day; clicks are weighted by place; behaviour counts only when on one day at least so many visitors did it; and a product that
//! the table of the search does not know earns nothing.

use rialto_kernel::{ProductId, Timestamp};
use serde::{Deserialize, Serialize};

/// Views that are assumed of each product.
const PRIOR_VIEWS: u64 = 100;
/// And orders among them.
const PRIOR_ORDERS: u64 = 2;
/// Hundredths of a per cent.
const WHOLE: u64 = 10_000;

/// What was counted of a product over some days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProductTotals {
    /// Visitors who saw its page, each once a day.
    pub views: u64,
    /// Visitors who clicked on it in a search, each once a day.
    pub clickers: u64,
    /// What their clicks are worth, in hundredths.
    pub click_weight: u64,
    /// Orders that had it.
    pub orders: u64,
    /// Units in them.
    pub units: u64,
}

/// What a product earns. Nothing is told as 0, and not indexed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signals {
    /// Orders.
    pub sales: u32,
    /// Hundredths of a per cent above the usual rate.
    pub conversion: u32,
    /// Hundredths of a click at the first place.
    pub popularity: u32,
}

/// What was learnt of a product, on its way to the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Learnt {
    /// The product.
    pub product_id: ProductId,
    /// When; what is learnt later is later news.
    pub learnt_at: Timestamp,
    /// What.
    pub signals: Signals,
}

impl ProductTotals {
    /// Adds other counts of the same product.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in [
            (&mut self.views, other.views),
            (&mut self.clickers, other.clickers),
            (&mut self.click_weight, other.click_weight),
            (&mut self.orders, other.orders),
            (&mut self.units, other.units),
        ] {
            *sum = sum.saturating_add(more);
        }
    }
}

/// What a product earns by the counts of some days.
#[must_use]
pub fn learnt(days: &[ProductTotals], least_actors: u64) -> Signals {
    let mut sum = ProductTotals::default();
    days.iter().for_each(|day| sum.add(day));
    let most_on_a_day = |of: fn(&ProductTotals) -> u64| days.iter().map(of).max().unwrap_or_default();
    let viewed = most_on_a_day(|day| day.views) >= least_actors;
    let clicked = most_on_a_day(|day| day.clickers) >= least_actors;
    Signals {
        sales: bounded(sum.orders),
        conversion: if viewed { bounded(conversion(sum.orders, sum.views)) } else { 0 },
        popularity: if clicked { bounded(sum.click_weight) } else { 0 },
    }
}

/// How far above the usual rate.
fn conversion(orders: u64, views: u64) -> u64 {
    // Who bought without having been seen to look does not make it more than certain.
    let orders = orders.min(views).saturating_add(PRIOR_ORDERS);
    let rate = orders.saturating_mul(WHOLE).checked_div(views.saturating_add(PRIOR_VIEWS)).unwrap_or_default();
    rate.saturating_sub(PRIOR_ORDERS.saturating_mul(WHOLE).checked_div(PRIOR_VIEWS).unwrap_or_default())
}

fn bounded(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(views: u64, clickers: u64, orders: u64) -> ProductTotals {
        ProductTotals { views, clickers, click_weight: clickers.saturating_mul(100), orders, units: orders }
    }

    #[test]
    fn given_nothing_or_the_usual_when_learnt_then_it_earns_nothing() {
        assert_eq!(learnt(&[], 1), Signals::default());
        assert_eq!(learnt(&[day(1_000, 0, 20)], 1).conversion, 0, "two in a hundred is usual");
        assert_eq!(learnt(&[day(1_000, 0, 0)], 1).conversion, 0, "worse than usual earns as little as unknown");
        // (60 + 2) / (1,000 + 100) = 5.63 %, less the usual 2 %.
        assert_eq!(learnt(&[day(1_000, 0, 60)], 1).conversion, 363);
    }

    #[test]
    fn given_little_evidence_when_learnt_then_it_weighs_little() {
        let (few, many) = (learnt(&[day(1, 0, 1)], 1), learnt(&[day(1_000, 0, 1_000)], 1));
        assert_eq!(few.conversion, 97);
        assert!(many.conversion > 8_000);
    }

    #[test]
    fn given_few_visitors_each_day_when_learnt_then_their_behaviour_earns_nothing_but_orders_do() {
        let days = vec![day(2, 2, 1); 28];
        assert_eq!(learnt(&days, 3), Signals { sales: 28, conversion: 0, popularity: 0 });
        let one_busy_day = [days, vec![day(3, 3, 0)]].concat();
        let signals = learnt(&one_busy_day, 3);
        assert!(signals.conversion > 0 && signals.popularity == 5_900, "{signals:?}");
    }

    proptest! {
        #[test]
        fn given_any_counts_when_learnt_then_more_orders_never_earn_less_and_no_rate_is_above_the_whole(
            views in any::<u64>(), orders in any::<u64>(), more in any::<u64>(),
        ) {
            let (less, more) = (conversion(orders, views), conversion(orders.saturating_add(more), views));
            prop_assert!(less <= more && more <= WHOLE);
        }
    }
}
