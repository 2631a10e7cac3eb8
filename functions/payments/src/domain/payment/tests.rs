#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use rialto_kernel::Currency;

use super::*;
use crate::domain::{RefundReason, Settlement, Standing, Stands, settle};

const STATES: [Option<State>; 10] = [
    None,
    Some(State::Authorising),
    Some(State::ActionRequired),
    Some(State::Pending),
    Some(State::Authorised),
    Some(State::Captured),
    Some(State::Failed),
    Some(State::CaptureRefused),
    Some(State::Voiding),
    Some(State::Voided),
];

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

fn started() -> Payment {
    let (id, order) = (PaymentId::named(&["p"]), OrderId::named(&["o"]));
    Payment::started(id, order, usd(10_000), GatewayName::Sandbox, Timestamp::UNIX_EPOCH)
}

fn refund(amount: i64) -> Refund {
    Refund {
        amount: usd(amount),
        lines: Vec::new(),
        reason: RefundReason::Goodwill,
        state: RefundState::Started,
        refusal: None,
        by: None,
        at: Timestamp::UNIX_EPOCH,
    }
}

fn refund_id(n: u8) -> RefundId {
    RefundId::named(&[&n.to_string()])
}

fn every_change() -> Vec<Change> {
    let reference = || "ref".to_owned();
    vec![
        Change::Started,
        Change::AskedAgain,
        Change::Rerouted { gateway: GatewayName::Paypal },
        Change::Reached { reference: reference() },
        Change::ActionRequired { reference: reference(), redirect: None },
        Change::Pending { reference: reference(), received: 1 },
        Change::Authorised { reference: None },
        Change::Captured,
        Change::Failed { reason: String::new() },
        Change::AmountDiffers { reference: reference(), amount: usd(1) },
        Change::CaptureRefused { reason: String::new() },
        Change::VoidStarted,
        Change::Voided,
        Change::RefundStarted { refund_id: refund_id(1), refund: refund(1) },
    ]
}

#[test]
fn given_any_state_when_captured_then_only_an_authorised_payment_takes_money() {
    for from in STATES {
        let captured = State::after(from, &Change::Captured);
        assert_eq!(captured.is_some(), from == Some(State::Authorised), "{from:?}");
    }
}

#[test]
fn given_a_closed_payment_when_anything_happens_then_it_stays_closed() {
    for change in every_change() {
        assert_eq!(State::after(Some(State::Voided), &change), None, "{change:?}");
        assert_eq!(State::after(Some(State::Failed), &change), None, "{change:?}");
    }
}

#[test]
fn given_a_payment_that_is_being_given_up_when_anything_arrives_late_then_it_can_only_be_given_up() {
    for change in every_change() {
        let after = State::after(Some(State::Voiding), &change);
        assert_eq!(after, (change == Change::Voided).then_some(State::Voided), "{change:?}");
    }
}

#[test]
fn given_a_payment_that_a_gateway_may_have_heard_of_when_rerouted_then_it_is_refused() {
    let reroute = Change::Rerouted { gateway: GatewayName::Paypal };
    let once = started();
    assert_eq!(once.apply(&reroute).unwrap().gateway, GatewayName::Paypal);
    let twice = once.apply(&Change::AskedAgain).unwrap();
    assert_eq!(twice.apply(&reroute), None, "asked twice");
    let reached = once.apply(&Change::Reached { reference: "r".to_owned() }).unwrap();
    assert_eq!(reached.apply(&reroute), None, "the gateway has made it");
    for change in [
        Change::Pending { reference: "r".to_owned(), received: 0 },
        Change::Authorised { reference: None },
        Change::Failed { reason: String::new() },
        Change::VoidStarted,
    ] {
        assert_eq!(once.apply(&change).unwrap().apply(&reroute), None, "{change:?}");
    }
}

#[test]
fn given_a_bank_transfer_in_parts_when_told_late_then_what_has_come_never_shrinks() {
    let told = |received| Change::Pending { reference: "r".to_owned(), received };
    let part = started().apply(&told(0)).unwrap().apply(&told(400)).unwrap();
    assert_eq!(part.received, 400);
    assert_eq!((part.apply(&told(300)), part.apply(&told(400))), (None, None));
    assert_eq!(part.apply(&told(900)).unwrap().received, 900);
}

#[test]
fn given_another_amount_at_the_gateway_when_settled_then_it_is_not_taken_for_ours() {
    let standing = Standing { reference: "r".to_owned(), stands: Stands::Authorised, amount: usd(1), refunded: 0 };
    let settled = settle(&started(), &standing);
    let differs = Change::AmountDiffers { reference: "r".to_owned(), amount: usd(1) };
    assert_eq!(settled, Settlement::Record(differs.clone()));
    let giving_up = started().apply(&differs).unwrap();
    assert_eq!((giving_up.state, giving_up.reason.as_deref()), (State::Voiding, Some(AMOUNT_DIFFERS)));
}

#[test]
fn given_a_payment_that_is_over_or_being_given_up_when_money_is_found_at_the_gateway_then_it_is_given_back() {
    let failed = started().apply(&Change::Failed { reason: "NO".to_owned() }).unwrap();
    let voiding = started().apply(&Change::VoidStarted).unwrap();
    let voided = voiding.apply(&Change::Voided).unwrap();
    let found = |stands, refunded| Standing { reference: "r".to_owned(), stands, amount: usd(10_000), refunded };
    for payment in [failed, voiding, voided] {
        for (standing, expected) in [
            (found(Stands::Captured, 0), Settlement::GiveBack),
            (found(Stands::Captured, 9_999), Settlement::GiveBack),
            (found(Stands::Captured, 10_000), Settlement::Nothing),
            (found(Stands::Authorised, 0), Settlement::GiveBack),
            (found(Stands::Cancelled, 0), Settlement::Nothing),
        ] {
            assert_eq!(settle(&payment, &standing), expected, "{:?} {standing:?}", payment.state);
        }
    }
}

/// The gateway's own course: states in an order that it can have, from which webhooks are told late, twice and mixed.
fn courses() -> impl Strategy<Value = Vec<Stands>> {
    use Stands as S;
    let action = || S::ActionRequired { redirect: None };
    let failed = || S::Failed { reason: "NO".to_owned() };
    prop::sample::select(vec![
        vec![S::Open, S::Authorised, S::Captured],
        vec![S::Open, action(), S::Authorised, S::Captured],
        vec![S::Open, action(), failed()],
        vec![S::Open, action(), S::Cancelled],
        vec![S::Pending { received: 0 }, S::Pending { received: 4_000 }, S::Authorised, S::Captured],
        vec![S::Pending { received: 0 }, S::Pending { received: 4_000 }, failed()],
        vec![S::Pending { received: 0 }, S::Captured],
    ])
}

proptest! {
    /// Standings that were read earlier and arrive in any order, any number of times.
    #[test]
    fn any_order_of_old_standings_ends_as_the_gateway_does_and_captures_once(
        course in courses(),
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..30),
    ) {
        let standing = |stands: &Stands| Standing {
            reference: "r".to_owned(), stands: stands.clone(), amount: usd(10_000), refunded: 0,
        };
        let mut payment = started();
        let mut captures = 0;
        let mut step = |payment: &mut Payment, stands: &Stands| {
            if let Settlement::Record(change) = settle(payment, &standing(stands)) {
                captures += usize::from(change == Change::Captured);
                let after = payment.apply(&change).unwrap();
                assert_eq!(after.sequence, payment.sequence + 1);
                *payment = after;
            }
        };
        let mut seen = 0;
        for (pick, further) in picks {
            // What can be told is what has happened by now.
            seen = (seen + usize::from(further)).min(course.len() - 1);
            step(&mut payment, &course[pick.index(seen + 1)]);
        }
        // Whatever came before, the last state told twice is where it ends.
        for _ in 0..2 {
            step(&mut payment, course.last().unwrap());
        }
        let expected = match course.last().unwrap() {
            Stands::Captured => State::Captured,
            _ => State::Failed,
        };
        prop_assert_eq!(payment.state, expected);
        prop_assert!(captures <= 1);
    }

    /// Refunds asked, settled, refused, repeated in any order.
    #[test]
    fn any_refunds_never_give_back_more_than_was_captured(
        asks in prop::collection::vec((0_u8..12, 0_u8..3, -100_i64..7_000), 0..60),
    ) {
        let mut payment = started().apply(&Change::Authorised { reference: None }).unwrap();
        payment = payment.apply(&Change::Captured).unwrap();
        for (n, what, amount) in asks {
            let refund_id = refund_id(n);
            let change = match what {
                0 => Change::RefundStarted { refund_id, refund: refund(amount) },
                1 => Change::Refunded { refund_id },
                _ => Change::RefundRefused { refund_id, reason: String::new() },
            };
            let before = payment.refundable().unwrap();
            if let Some(after) = payment.apply(&change) {
                if let Change::RefundStarted { .. } = change {
                    prop_assert_eq!(after.refundable().unwrap().amount(), before.amount() - amount);
                }
                payment = after;
            }
            let given: i64 = payment.refunds.values()
                .filter(|it| it.state != RefundState::Refused).map(|it| it.amount.amount()).sum();
            prop_assert!(given <= 10_000 && payment.refunds.values().all(|it| it.amount.amount() > 0));
            prop_assert_eq!(payment.refundable().unwrap(), usd(10_000 - given));
        }
    }
}

#[test]
fn given_a_refund_that_does_not_fit_when_begun_then_it_is_refused() {
    use crate::domain::{NotRefundable, RefundLine};
    use rialto_kernel::OfferId;

    assert_eq!(started().room_for(&refund(1)), Err(NotRefundable::NothingCaptured));
    let offer = |name: &str| OfferId::named(&[name]);
    let lines = BTreeMap::from([(offer("o"), usd(9_900)), (offer("p"), usd(100))]);
    let paid = started().for_lines(lines).unwrap();
    let captured = paid.apply(&Change::Authorised { reference: None }).unwrap().apply(&Change::Captured).unwrap();
    let line = |amount| RefundLine { offer_id: offer("o"), amount: usd(amount) };
    let small = |amount| RefundLine { offer_id: offer("p"), amount: usd(amount) };
    let nobodys = RefundLine { offer_id: offer("q"), amount: usd(100) };
    let by_line = |lines| Refund { lines, ..refund(100) };
    for (refund, expected) in [
        (refund(10_000), Ok(())),
        (refund(10_001), Err(NotRefundable::TooMuch(usd(10_000)))),
        (refund(0), Err(NotRefundable::Misfit)),
        (Refund { amount: Money::new(1, "EUR".parse().unwrap()), ..refund(1) }, Err(NotRefundable::Misfit)),
        (by_line(vec![line(60), line(40)]), Ok(())),
        (by_line(vec![line(60), line(41)]), Err(NotRefundable::Misfit)),
        (by_line(vec![line(160), line(-60)]), Err(NotRefundable::Misfit)),
        (by_line(vec![small(60), small(40)]), Ok(())),
        (by_line(vec![nobodys]), Err(NotRefundable::UnknownLine(offer("q")))),
        (
            Refund { amount: usd(101), ..by_line(vec![small(60), small(41)]) },
            Err(NotRefundable::LineTooMuch(offer("p"), usd(100))),
        ),
    ] {
        assert_eq!(captured.room_for(&refund), expected, "{refund:?}");
    }
    assert_eq!(
        captured.apply(&Change::VoidStarted).unwrap().room_for(&refund(1)),
        Err(NotRefundable::NothingCaptured),
        "given up"
    );
}

#[test]
fn given_lines_when_they_do_not_sum_to_the_amount_then_they_are_not_its_orders() {
    let lines = |amount| BTreeMap::from([(OfferId::named(&["o"]), usd(amount))]);
    assert!(started().for_lines(BTreeMap::new()).is_some(), "an order that did not tell");
    assert!(started().for_lines(lines(10_000)).is_some());
    assert!(started().for_lines(lines(9_999)).is_none() && started().for_lines(lines(10_001)).is_none());
}

#[test]
fn given_an_approval_when_the_payment_waits_then_it_is_asked_again_and_else_nothing_follows() {
    let approved = |amount| Standing { reference: "r".to_owned(), stands: Stands::Approved, amount, refunded: 0 };
    let waiting = started().apply(&Change::ActionRequired { reference: "r".to_owned(), redirect: None }).unwrap();
    for payment in [started(), waiting.clone()] {
        assert_eq!(settle(&payment, &approved(usd(10_000))), Settlement::AskAgain, "{:?}", payment.state);
    }
    let again = waiting.apply(&Change::AskedAgain).unwrap();
    assert_eq!((again.state, again.asks), (State::Authorising, 2));
    for state in [State::Authorised, State::Captured, State::Failed, State::Voiding, State::Voided] {
        assert_eq!(settle(&Payment { state, ..started() }, &approved(usd(10_000))), Settlement::Nothing, "{state:?}");
    }
}
