//! The model holds, and each of its properties is broken by a flaw that is put in.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{io::Write, time::Instant};

use model::{
    Bounds, Flaw, Found, Sale,
    asl::{Place, checkout},
    gateway::Mood,
};
use serde_json::json;

const THREADS: usize = 2;

/// Tells what was searched, not by a macro, so that it is seen although the test is passed.
fn search(name: &str, sale: &Sale) -> Found {
    let began = Instant::now();
    let found = sale.check(THREADS);
    writeln!(std::io::stderr().lock(), "{name}: {found}; {:.1?}", began.elapsed()).unwrap();
    found
}

#[test]
fn given_three_buyers_of_two_units_when_steps_crash_and_answers_are_lost_then_the_invariants_hold() {
    let found = search("3 buyers, 2 units", &Sale::new(Bounds::of(3, 2)).in_turn());
    assert!(found.broken.is_empty() && found.never.is_empty(), "{found}");
    assert!(found.unique >= 100_000, "{found}");
}

#[test]
fn given_three_buyers_when_invocations_come_late_and_again_then_the_invariants_hold() {
    let bounds = Bounds { held: 1, ..Bounds::of(3, 2) };
    let found = search("3 buyers, 2 units, held", &Sale::new(bounds).merged().in_turn());
    assert!(found.broken.is_empty() && found.never.is_empty(), "{found}");
    assert!(found.unique >= 100_000, "{found}");
}

#[test]
fn given_three_buyers_when_runs_are_lost_then_the_invariants_hold() {
    let found =
        search("3 buyers, 2 units, lost", &Sale::new(Bounds { lost: 1, ..Bounds::of(3, 2) }).merged().in_turn());
    assert!(found.broken.is_empty() && found.never.is_empty(), "{found}");
}

#[test]
fn given_three_buyers_when_gateways_shoppers_and_banks_do_as_they_like_then_the_invariants_hold() {
    let sale = Sale::new(Bounds { moods: Mood::ALL.to_vec(), ..Bounds::of(3, 2) });
    assert!(sale.graph.nodes.iter().any(|node| node.facts.refunded > 0), "money is never given back");
    let found = search("3 buyers, 2 units, every mood", &sale.merged().in_turn());
    assert!(found.broken.is_empty() && found.never.is_empty(), "{found}");
}

#[test]
fn given_shortcuts_when_searched_with_and_without_them_then_the_same_is_found() {
    let flawed = |flaw| Bounds { flaw: Some(flaw), ..Bounds::of(2, 1) };
    for bounds in [Bounds::of(2, 1), flawed(Flaw::StockUnseen), flawed(Flaw::SweepsSold), flawed(Flaw::VoidsNothing)] {
        let whole = Sale::new(bounds);
        let broken = |sale: &Sale| {
            let found = sale.check(THREADS);
            let mut names: Vec<String> = found.broken.into_iter().map(|(name, _)| name).chain(found.never).collect();
            names.sort();
            names
        };
        let expected = broken(&whole);
        assert_eq!(broken(&whole.clone().in_turn()), expected);
        assert_eq!(broken(&whole.clone().merged()), expected);
        assert_eq!(broken(&whole.merged().in_turn()), expected);
    }
}

#[test]
fn given_each_flaw_when_searched_then_the_property_that_it_breaks_is_found_broken() {
    let card = Bounds::of(1, 1);
    let anyhow = Bounds { moods: Mood::ALL.to_vec(), ..Bounds::of(1, 1) };
    for (flaw, bounds, property) in [
        (Flaw::StockUnseen, Bounds::of(2, 1), "no oversell: what is sold and set aside was there"),
        (Flaw::StockUnseen, Bounds::of(2, 1), "no count of the stock is negative"),
        (Flaw::LedgerForgets, card.clone(), "the ledger sums to the stock"),
        (Flaw::CapturesAnew, card.clone(), "a payment is captured at most once"),
        (
            Flaw::ChargesAnew,
            Bounds { held: 1, asks: 2, moods: vec![Mood::Well], ..card.clone() },
            "an order has at most one charge",
        ),
        (Flaw::PaysUnrecorded, card.clone(), "money that is held has an order, and a payment on record"),
        (Flaw::SweepsSold, card.clone(), "what is confirmed is paid and sold"),
        (Flaw::RefundsTwice, anyhow, "no more is given back than was taken"),
        (Flaw::VoidsNothing, card, "what has come to its end is settled"),
    ] {
        breaks(&format!("{flaw:?}"), Bounds { flaw: Some(flaw), ..bounds }, property);
    }
}

#[test]
fn given_a_document_that_skips_an_undo_or_goes_back_when_searched_then_that_is_found() {
    let (settled, ends) = ("what has come to its end is settled", "every way comes to an end");
    for (pointer, next, property) in [
        ("/States/AuthorisePayment/Catch/0/Next", "ReleaseReservation", settled),
        ("/States/ConfirmReservation/Catch/0/Next", "ReleaseReservation", settled),
        ("/States/CapturePayment/Catch/0/Next", "ReleaseReservation", settled),
        ("/States/VoidPayment/Next", "ThawCart", settled),
        ("/States/AuthorisePayment/Next", "CapturePayment", "what is confirmed is paid and sold"),
        ("/States/ConfirmReservation/Next", "ConfirmOrder", "what is confirmed is paid and sold"),
        ("/States/ConfirmReservation/Catch/0/Next", "AuthorisePayment", ends),
    ] {
        let document = checkout().with(pointer, json!(next));
        breaks(pointer, Bounds { document, ..Bounds::of(1, 1) }, property);
    }
}

/// Whether this property is found broken.
fn breaks(name: &str, bounds: Bounds, property: &str) {
    let found = Sale::new(bounds).check(THREADS);
    assert!(found.broken.iter().any(|(broken, _)| broken == property), "{name}: {found}");
}

#[test]
fn given_the_document_when_a_run_goes_well_then_it_takes_the_chain_that_the_invariants_were_written_for() {
    let document = checkout();
    let input = json!({"paymentMethodId": "method", "addressId": null, "lost": null, "paymentId": "p", "orderId": "o"});
    let mut place = document.onward(Place { state: document.start(), data: input });
    let mut chain = Vec::new();
    while let Some(function) = document.function(&place.state) {
        chain.push(format!("{} {function}", place.state));
        place = document.answered(&place, &json!({ "lines": [], "status": "authorised", "order": {} }));
    }
    assert_eq!(
        chain,
        [
            "CreateOrder orders-create-order",
            "FreezeCart carts-freeze-cart",
            "ResolveMethod payments-resolve-method",
            "QuoteOffers catalog-quote-offers",
            "PriceOrder checkout-price-order",
            "ReserveStock inventory-reserve-stock",
            "AwaitPayment orders-advance-order",
            "AuthorisePayment payments-authorise-payment",
            "ConfirmReservation inventory-confirm-reservation",
            "CapturePayment payments-capture-payment",
            "ConfirmOrder orders-advance-order",
            "ClearCart carts-clear-purchased",
            "RecordConfirmed checkout-record-outcome",
        ]
    );
}
