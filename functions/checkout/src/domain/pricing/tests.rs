#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use rialto_kernel::{ProductId, Quantity, SellerId, VariantId};

use super::*;

fn line(name: &str, amount: i64, currency: &str, units: u32) -> OrderLine {
    OrderLine {
        offer_id: OfferId::named(&[name]),
        product_id: ProductId::named(&["p"]),
        variant_id: VariantId::named(&["v"]),
        seller_id: SellerId::named(&["s"]),
        sku: "SKU".into(),
        title: "Lamp".into(),
        image: None,
        quantity: Quantity::new(units).unwrap(),
        unit_price: Money::new(amount, currency.parse().unwrap()),
        weight_grams: None,
        tax_category: None,
        charges: None,
    }
}

fn to(country: &str, region: Option<&str>) -> Destination {
    Destination { country: country.into(), region: region.map(Into::into), postal_code: None }
}

fn standard() -> Tariff {
    Tariff::named("standard").unwrap()
}

fn priced(lines: &[OrderLine], to: &Destination, option: ShippingOption) -> Result<Priced, PricingError> {
    let tariff = standard();
    price(Basket { lines, discounts: &[], to: Some(to), option }, &tariff.shipping, &tariff.tax)
}

/// subtotal, discount, shipping, tax, tax included, total
fn amounts(totals: Totals) -> [i64; 6] {
    let Totals { subtotal, discount, shipping, tax, tax_included, total } = totals;
    [subtotal, discount, shipping, tax, tax_included.unwrap(), total].map(Money::amount)
}

#[test]
fn given_lines_without_one_sum_when_priced_then_it_is_refused() {
    let us = to("US", None);
    let standard = ShippingOption::Standard;
    assert_eq!(priced(&[], &us, standard), Err(PricingError::Empty));
    let mixed = [line("a", 1, "USD", 1), line("b", 1, "EUR", 1)];
    assert_eq!(priced(&mixed, &us, standard), Err(PricingError::MixedCurrencies));
    assert_eq!(priced(&[line("a", i64::MAX, "USD", 2)], &us, standard), Err(PricingError::TooLarge));
    assert_eq!(priced(&[line("a", -1, "USD", 1)], &us, standard), Err(PricingError::Negative));
    assert_eq!(priced(&[line("a", 1, "KWD", 1)], &us, standard), Err(PricingError::NotShipped));
    let twice = [line("a", i64::MAX / 2, "USD", 2), line("b", i64::MAX / 2, "USD", 2)];
    assert_eq!(priced(&twice, &us, standard), Err(PricingError::TooLarge));
}

#[test]
fn given_a_destination_when_priced_then_shipping_follows_zone_weight_option_and_value() {
    let oregon = to("US", Some("OR"));
    let heavy = |grams| OrderLine { weight_grams: Some(grams), ..line("a", 1000, "USD", 1) };
    for (line, option, shipping) in [
        (heavy(1000), ShippingOption::Standard, 499),
        (heavy(1001), ShippingOption::Standard, 599),
        (heavy(1001), ShippingOption::Express, 1799),
        (line("a", 1000, "USD", 3), ShippingOption::Standard, 599),
        (line("a", 4999, "USD", 1), ShippingOption::Standard, 499),
        (line("a", 5000, "USD", 1), ShippingOption::Standard, 0),
        (line("a", 5000, "USD", 1), ShippingOption::Express, 1499),
    ] {
        let totals = priced(&[line], &oregon, option).unwrap().totals;
        assert_eq!(totals.shipping.amount(), shipping, "{option:?} {totals:?}");
    }
    let abroad = priced(&[heavy(1)], &to("BR", None), ShippingOption::Standard).unwrap().totals;
    assert_eq!(abroad.shipping.amount(), 1999);
}

#[test]
fn given_a_destination_when_priced_then_tax_follows_place_category_and_kind() {
    let of = |category: Option<&str>| OrderLine { tax_category: category.map(Into::into), ..line("a", 3000, "USD", 1) };
    let standard = ShippingOption::Standard;
    let at = |line: OrderLine, to: Destination| amounts(priced(&[line], &to, standard).unwrap().totals);
    assert_eq!(at(of(None), to("US", Some("CA"))), [3000, 0, 499, 218, 0, 3717], "217.5 half up, shipping free of tax");
    assert_eq!(at(of(None), to("US", Some("NY"))), [3000, 0, 499, 140, 0, 3639], "on shipping too");
    assert_eq!(at(of(Some("clothing")), to("US", Some("NY"))), [3000, 0, 499, 0, 0, 3499]);
    assert_eq!(at(of(Some("toys")), to("US", Some("NY"))), [3000, 0, 499, 140, 0, 3639], "no rule of its own");
    assert_eq!(at(of(None), to("US", Some("OR"))), [3000, 0, 499, 0, 0, 3499]);
    assert_eq!(at(of(None), to("GB", None)), [3000, 0, 999, 0, 667, 3999], "within the prices");
    assert_eq!(at(of(Some("books")), to("GB", None)), [3000, 0, 999, 0, 0, 3999]);
    let yen = at(line("a", 1000, "JPY", 3), to("JP", None));
    assert_eq!(yen, [3000, 0, 2100, 0, 464, 5100], "a currency without decimals");
}

#[test]
fn given_no_destination_when_priced_then_there_is_neither_shipping_nor_tax_yet() {
    let tariff = standard();
    let lines = [line("a", 3000, "USD", 1)];
    let basket = Basket { lines: &lines, discounts: &[], to: None, option: ShippingOption::Express };
    assert_eq!(amounts(price(basket, &tariff.shipping, &tariff.tax).unwrap().totals), [3000, 0, 0, 0, 0, 3000]);
}

#[test]
fn given_discounts_when_priced_then_shipping_and_tax_are_on_what_is_left_and_nothing_falls_below_zero() {
    let tariff = standard();
    let lines = [line("a", 1000, "USD", 1), line("b", 2000, "USD", 1), line("c", 3000, "USD", 1)];
    let usd = |amount| Money::new(amount, Currency::USD);
    let of = |name: &str, amount| Discount { scope: Scope::Line(OfferId::named(&[name])), amount: usd(amount) };
    let discounts = [Discount { scope: Scope::Order, amount: usd(1000) }, of("a", 99_999), of("zzz", 500)];
    let ny = to("US", Some("NY"));
    let basket = Basket { lines: &lines, discounts: &discounts, to: Some(&ny), option: ShippingOption::Standard };
    let priced = price(basket, &tariff.shipping, &tariff.tax).unwrap();
    let off: Vec<_> = priced.lines.iter().map(|line| line.charges.unwrap().discount.amount()).collect();
    assert_eq!(off, [1000, 400, 600], "the line's own first, the order's by what is left");
    assert_eq!(amounts(priced.totals), [6000, 2000, 599, 184, 0, 4783], "no longer free of shipping");
    let all = [Discount { scope: Scope::Order, amount: usd(i64::MAX) }];
    let free = price(Basket { discounts: &all, to: None, ..basket }, &tariff.shipping, &tariff.tax).unwrap();
    assert_eq!(amounts(free.totals), [6000, 6000, 0, 0, 0, 0]);
    let negative = [Discount { scope: Scope::Order, amount: usd(-1) }];
    let refused = price(Basket { discounts: &negative, ..basket }, &tariff.shipping, &tariff.tax);
    assert_eq!(refused, Err(PricingError::Negative));
}

#[test]
fn given_the_tariffs_when_read_then_every_zone_offers_standard_shipping_and_local_prices_are_whole() {
    for name in ["standard", "local"] {
        let tariff = Tariff::named(name).unwrap();
        for zone in &tariff.shipping.zones {
            assert!(zone.rates.iter().any(|rate| rate.option == ShippingOption::Standard), "{name} {}", zone.name);
        }
        assert!(tariff.shipping.zones.last().unwrap().countries.is_empty(), "{name} serves the rest of the world");
    }
    assert!(Tariff::named("other").is_none());
    let local = Tariff::named("local").unwrap();
    let lines = [line("a", 4990, "USD", 3)];
    for to in [to("GB", None), to("US", Some("VA"))] {
        let basket = Basket { lines: &lines, discounts: &[], to: Some(&to), option: ShippingOption::Standard };
        assert_eq!(price(basket, &local.shipping, &local.tax).unwrap().totals.total.amount(), 14_970);
    }
}

fn any_line() -> impl Strategy<Value = (i64, u32, Option<u32>, Option<&'static str>)> {
    let category = prop_oneof![Just(None), Just(Some("books")), Just(Some("clothing"))];
    (0_i64..1_000_000, 1_u32..200, proptest::option::of(0_u32..40_000), category)
}

fn basket_of(drawn: &[(i64, u32, Option<u32>, Option<&'static str>)], currency: &str) -> Vec<OrderLine> {
    let made = drawn.iter().enumerate().map(|(index, (amount, units, grams, category))| OrderLine {
        weight_grams: *grams,
        tax_category: category.map(Into::into),
        ..line(&index.to_string(), *amount, currency, *units)
    });
    made.collect()
}

proptest! {
    #[test]
    fn the_parts_add_up_over_the_order_and_over_each_line(
        drawn in proptest::collection::vec(any_line(), 1..41),
        (currency, country, region) in prop_oneof![
            Just(("USD", "US", Some("NY"))), Just(("USD", "US", Some("CA"))), Just(("GBP", "GB", None)),
            Just(("EUR", "DE", None)), Just(("JPY", "JP", None)), Just(("USD", "CA", Some("ON"))),
        ],
        off in proptest::collection::vec((0_usize..45, 0_i64..100_000_000), 0..5),
        express in any::<bool>(),
        seed in any::<prop::sample::Index>(),
    ) {
        let lines = basket_of(&drawn, currency);
        let money = |amount| Money::new(amount, currency.parse().unwrap());
        let discounts: Vec<_> = off.iter().map(|(index, amount)| Discount {
            scope: lines.get(*index).map_or(Scope::Order, |line| Scope::Line(line.offer_id)),
            amount: money(*amount),
        }).collect();
        let tariff = standard();
        let to = to(country, region);
        let option = if express { ShippingOption::Express } else { ShippingOption::Standard };
        let priced_as = |lines: &[OrderLine]| {
            let basket = Basket { lines, discounts: &discounts, to: Some(&to), option };
            price(basket, &tariff.shipping, &tariff.tax).unwrap()
        };
        let Priced { lines: charged, totals } = priced_as(&lines);

        let sum = |part: fn(&LineCharges) -> Money| -> i64 {
            charged.iter().map(|line| part(&line.charges.unwrap()).amount()).sum()
        };
        let value = |line: &OrderLine| line.unit_price.amount() * i64::from(line.quantity.get());
        let t = amounts(totals);
        prop_assert_eq!(t, [charged.iter().map(value).sum(), sum(|l| l.discount), sum(|l| l.shipping), sum(|l| l.tax),
            sum(|l| l.tax_included), sum(|l| l.total)]);
        prop_assert_eq!(t[5], t[0] - t[1] + t[2] + t[3]);
        for line in &charged {
            let LineCharges { discount, shipping, tax, tax_included, total } = line.charges.unwrap();
            let [discount, shipping, tax, within, total] =
                [discount, shipping, tax, tax_included, total].map(Money::amount);
            prop_assert!([discount, shipping, tax, within, total].iter().all(|part| *part >= 0));
            prop_assert_eq!(total, value(line) - discount + shipping + tax);
            prop_assert!(discount <= value(line) && within <= total && (tax == 0 || within == 0));
        }

        let mut turned = lines.clone();
        turned.rotate_left(seed.index(lines.len()));
        turned.reverse();
        let other = priced_as(&turned);
        prop_assert_eq!(other.totals, totals);
        for line in &other.lines {
            prop_assert!(charged.contains(line), "a line's share does not depend on its place");
        }
    }
}
