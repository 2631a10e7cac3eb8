#![allow(clippy::unwrap_used, reason = "tests")]

use rialto_kernel::{Currency, OrderId, RefundId, Timestamp};

use super::*;
use crate::domain::{Change, GatewayName, Refund, RefundReason};

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

fn ours(state: State) -> Payment {
    let (id, order) = (PaymentId::named(&["p"]), OrderId::named(&["o"]));
    let payment = Payment::started(id, order, usd(10_000), GatewayName::Stripe, Timestamp::UNIX_EPOCH);
    Payment { state, reference: Some("pi_1".to_owned()), ..payment }
}

fn theirs(reference: &str, stands: Stands) -> Listed {
    let standing = Standing { reference: reference.to_owned(), stands, amount: usd(10_000), refunded: 0 };
    Listed { payment_id: Some(PaymentId::named(&["p"])), standing }
}

fn kinds(ours: &[Payment], theirs: &[Listed]) -> Vec<FindingKind> {
    let findings = compare(ours, theirs);
    assert!(findings.iter().all(|finding| finding.action == finding.kind.action() && !finding.action.is_empty()));
    findings.into_iter().map(|finding| finding.kind).collect()
}

#[test]
fn given_books_that_agree_when_compared_then_nothing_is_found() {
    for (state, stands) in [
        (State::Captured, Stands::Captured),
        (State::Authorised, Stands::Authorised),
        (State::Failed, Stands::Failed { reason: "NO".to_owned() }),
        (State::Failed, Stands::Open),
        (State::Voided, Stands::Cancelled),
        (State::ActionRequired, Stands::ActionRequired { redirect: None }),
        (State::Pending, Stands::Pending { received: 3 }),
        (State::CaptureRefused, Stands::Cancelled),
    ] {
        assert_eq!(kinds(&[ours(state)], &[theirs("pi_1", stands)]), [], "{state:?}");
    }
    assert_eq!(kinds(&[ours(State::Failed), ours(State::Voided)], &[]), [], "never got there");
    let given_back = Listed {
        standing: Standing { refunded: 10_000, ..theirs("pi_1", Stands::Captured).standing },
        ..theirs("pi_1", Stands::Captured)
    };
    assert_eq!(kinds(&[ours(State::Voided)], &[given_back]), [], "voided by refund");
}

#[test]
fn given_a_planted_difference_of_each_kind_when_compared_then_just_that_is_found() {
    use FindingKind as K;
    let captured = || theirs("pi_1", Stands::Captured);
    let other_amount = Listed { standing: Standing { amount: usd(9_999), ..captured().standing }, ..captured() };
    let refunded = Listed { standing: Standing { refunded: 1, ..captured().standing }, ..captured() };
    let nobodys = Listed { payment_id: None, ..captured() };
    for (state, listed, expected) in [
        (Some(State::Captured), vec![], vec![K::MissingAtGateway]),
        (Some(State::Authorised), vec![], vec![K::MissingAtGateway]),
        (Some(State::Authorising), vec![], vec![K::Unsettled]),
        (None, vec![captured()], vec![K::UnknownToUs]),
        (None, vec![nobodys], vec![K::UnknownToUs]),
        (None, vec![theirs("pi_1", Stands::Open)], vec![]),
        (Some(State::Voided), vec![theirs("pi_1", Stands::Authorised)], vec![K::NotGivenBack]),
        (Some(State::Failed), vec![captured()], vec![K::NotGivenBack]),
        (Some(State::Captured), vec![captured(), theirs("pi_2", Stands::Captured)], vec![K::Twice]),
        (Some(State::Captured), vec![theirs("pi_2", Stands::Authorised), captured()], vec![K::Twice]),
        (Some(State::Captured), vec![captured(), theirs("pi_2", Stands::Cancelled)], vec![]),
        (Some(State::Captured), vec![other_amount], vec![K::AmountDiffers]),
        (Some(State::Authorised), vec![captured()], vec![K::CaptureNotRecorded]),
        (Some(State::Captured), vec![theirs("pi_1", Stands::Authorised)], vec![K::NotCaptured]),
        (Some(State::Captured), vec![theirs("pi_1", Stands::Cancelled)], vec![K::NotCaptured]),
        (Some(State::Captured), vec![refunded], vec![K::RefundsDiffer]),
        (Some(State::Authorising), vec![theirs("pi_1", Stands::Authorised)], vec![K::Unsettled]),
        (Some(State::Voiding), vec![captured()], vec![K::Unsettled]),
        (Some(State::Pending), vec![theirs("pi_1", Stands::Authorised)], vec![K::Unsettled]),
    ] {
        let ours: Vec<_> = state.map(ours).into_iter().collect();
        assert_eq!(kinds(&ours, &listed), expected, "{state:?} {listed:?}");
    }
}

#[test]
fn given_a_second_payment_of_the_gateway_when_found_then_it_is_the_one_that_is_not_on_record() {
    let both = [theirs("pi_1", Stands::Captured), theirs("pi_2", Stands::Captured)];
    for listed in [both.to_vec(), both.into_iter().rev().collect()] {
        let found = compare(&[ours(State::Captured)], &listed);
        assert_eq!(found.first().and_then(|it| it.reference.clone()).as_deref(), Some("pi_2"));
    }
}

#[test]
fn given_a_refund_whose_outcome_nobody_learnt_when_compared_then_it_is_found() {
    let refund = Refund {
        amount: usd(100),
        lines: Vec::new(),
        reason: RefundReason::Goodwill,
        state: RefundState::Started,
        refusal: None,
        by: None,
        at: Timestamp::UNIX_EPOCH,
    };
    let change = Change::RefundStarted { refund_id: RefundId::named(&["r"]), refund };
    let payment = ours(State::Captured).apply(&change).unwrap();
    assert_eq!(kinds(&[payment], &[theirs("pi_1", Stands::Captured)]), [FindingKind::Unsettled]);
}
