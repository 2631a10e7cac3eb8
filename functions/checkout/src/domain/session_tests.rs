#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use rialto_kernel::Currency;
use serde_json::json;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

fn quote() -> Box<Quote> {
    let totals =
        Totals { subtotal: usd(1), discount: usd(0), shipping: usd(0), tax: usd(0), tax_included: None, total: usd(1) };
    let shipping_option = ShippingOption::Standard;
    Box::new(Quote { lines: Vec::new(), totals, shipping_address: None, shipping_option })
}

fn open(turn: u64) -> Wish {
    Wish::Open { turn, quote: quote(), expires_at: at(100), refusal: None }
}

fn refuse(turn: u64) -> Wish {
    Wish::Open { turn, quote: quote(), expires_at: at(100), refusal: Some(("PriceChanged".into(), json!({}))) }
}

fn pay(by: &str) -> Wish {
    let by = EventId::named(&[by]);
    let decision = Decision::Pay { by, payment_method_id: "pm_x".into(), address_id: None, expected_total: None };
    Wish::Decide { turn: None, decision }
}

fn change(turn: u64) -> Wish {
    let decision = Decision::Change { address_id: None, option: Some(ShippingOption::Express) };
    Wish::Decide { turn: Some(turn), decision }
}

/// The session after wishes at time 0, those that are refused having no effect.
fn after(wishes: &[Wish]) -> Session {
    wishes
        .iter()
        .fold(Session::opening(), |session, wish| session.after(wish.clone(), at(0)).ok().flatten().unwrap_or(session))
}

#[test]
fn given_each_phase_when_each_wish_comes_then_the_table_holds() {
    use Phase::{Cancelled, Changing, Expired, Open, Opening, Paying};
    const DONE: Result<Option<Phase>, Unfit> = Ok(None);
    let to = |phase| Ok(Some(phase));
    let (busy, paid) = (Err(Unfit::Busy), Err(Unfit::BeingPaid));
    let (gone, late) = (Err(Unfit::Cancelled), Err(Unfit::Expired));
    let paths = [
        (Opening, vec![]),
        (Open, vec![open(0)]),
        (Changing, vec![open(0), change(1)]),
        (Paying, vec![open(0), pay("me")]),
        (Cancelled, vec![open(0), Wish::GiveUp]),
    ];
    let mut sessions: Vec<_> = paths.into_iter().map(|(phase, wishes)| (phase, after(&wishes))).collect();
    let ended = after(&[open(0)]).after(Wish::TimeIsUp, at(100)).unwrap().unwrap();
    sessions.push((Expired, ended));
    for (phase, session) in sessions {
        assert_eq!(session.phase, phase);
        let expected = match phase {
            //         open of its turn, change, pay, the same pay, give up, time is up
            Opening => [to(Open), busy, busy, busy, busy, DONE],
            Open => [DONE, to(Changing), to(Paying), to(Paying), to(Cancelled), DONE],
            Changing => [to(Open), DONE, busy, busy, busy, DONE],
            Paying => [to(Open), paid, paid, DONE, paid, DONE],
            Cancelled => [DONE, gone, gone, gone, DONE, DONE],
            Expired => [DONE, late, late, late, DONE, DONE],
        };
        let turn = session.turn;
        let wishes = [open(turn), change(turn), pay("another"), pay("me"), Wish::GiveUp, Wish::TimeIsUp];
        for (wish, expected) in wishes.into_iter().zip(expected) {
            let outcome = session.after(wish.clone(), at(0)).map(|after| after.map(|session| session.phase));
            assert_eq!(outcome, expected, "{phase:?} {wish:?}");
        }
    }
}

#[test]
fn given_an_open_session_when_its_time_is_up_then_nobody_can_decide_and_only_the_clock_ends_it() {
    let session = after(&[open(0)]);
    assert_eq!(session.after(pay("me"), at(100)), Err(Unfit::Expired));
    assert_eq!(session.after(change(1), at(100)), Err(Unfit::Expired));
    assert!(session.after(pay("me"), at(99)).unwrap().is_some());
    assert_eq!(session.after(Wish::TimeIsUp, at(99)).unwrap(), None);
    let paying = after(&[open(0), pay("me")]);
    assert_eq!(paying.after(Wish::TimeIsUp, at(1000)).unwrap(), None, "what was decided in time stands");
}

#[test]
fn given_a_turn_that_has_ended_when_its_opening_comes_again_then_a_later_decision_stands() {
    let session = after(&[open(0), pay("me")]);
    assert_eq!(session.after(open(0), at(0)).unwrap(), None);
    assert_eq!(after(&[open(0), change(1), open(1)]).turn, 2);
    assert_eq!(after(&[open(0)]).after(change(7), at(0)), Err(Unfit::Changed));
}

#[test]
fn given_a_change_that_is_under_way_when_another_one_comes_then_it_is_busy() {
    let changing = after(&[open(0), change(1)]);
    let other = Decision::Change { address_id: None, option: Some(ShippingOption::Standard) };
    assert_eq!(changing.after(Wish::Decide { turn: Some(1), decision: other }, at(0)), Err(Unfit::Busy));
    assert_eq!(changing.after(change(0), at(0)), Err(Unfit::Busy), "of a turn that was");
}

#[test]
fn given_a_session_that_was_changed_100_times_when_changed_again_then_it_can_only_be_paid_or_left() {
    let mut session = after(&[open(0)]);
    for turn in 1..=100 {
        session = session.after(change(turn), at(0)).unwrap().unwrap();
        session = session.after(open(turn), at(0)).unwrap().unwrap();
    }
    assert_eq!(session.after(change(101), at(0)), Err(Unfit::TooMany));
    for turn in 101..=120 {
        session = session.after(pay(&turn.to_string()), at(0)).unwrap().unwrap();
        session = session.after(refuse(turn), at(0)).unwrap().unwrap();
    }
    assert_eq!(session.after(pay("once more"), at(0)), Err(Unfit::TooMany));
    assert!(session.after(Wish::GiveUp, at(0)).unwrap().is_some());
}

#[test]
fn given_a_payment_that_was_refused_when_it_comes_again_then_it_is_refused_again_and_another_may_pay() {
    let session = after(&[open(0), pay("me"), refuse(1)]);
    assert_eq!((session.phase, session.turn), (Phase::Open, 2));
    assert_eq!(session.after(pay("me"), at(0)), Err(Unfit::Refused));
    assert!(session.after(pay("another"), at(0)).unwrap().is_some());
    let changed = after(&[open(0), pay("me"), refuse(1), change(2), open(2)]);
    assert_eq!(changed.after(pay("me"), at(0)), Err(Unfit::Refused), "even after a change that went well");
}

#[test]
fn given_payments_that_were_refused_when_any_of_them_comes_again_then_it_pays_nothing_and_each_is_remembered() {
    let mut session = after(&[open(0)]);
    for turn in 1..=20 {
        session = session.after(pay(&turn.to_string()), at(0)).unwrap().unwrap();
        session = session.after(refuse(turn), at(i64::try_from(turn).unwrap())).unwrap().unwrap();
    }
    for turn in 1..=20_u64 {
        assert_eq!(session.after(pay(&turn.to_string()), at(0)), Err(Unfit::Refused), "{turn}");
        assert_eq!(session.refusal_of(turn).map(|refusal| refusal.at.as_second()), i64::try_from(turn).ok());
    }
    assert_eq!(session.after(pay("once more"), at(0)), Err(Unfit::TooMany));
    let changed = session.after(change(21), at(0)).unwrap().unwrap();
    let refused = changed.after(refuse(21), at(0)).unwrap().unwrap();
    let again = refused.after(change(22), at(0)).unwrap().unwrap().after(refuse(22), at(0)).unwrap().unwrap();
    assert_eq!(again.refusals.len(), 21, "of changes only the last one is kept");
    assert!(again.refusal_of(21).is_none() && again.refusal_of(22).is_some());
}

fn sleep(turn: u64, token: &str) -> Wish {
    Wish::Sleep { turn, token: token.to_owned() }
}

#[test]
fn given_a_sleep_of_an_earlier_turn_that_is_told_late_when_heard_then_the_one_that_can_be_woken_stays() {
    let session = after(&[open(0), sleep(1, "first"), change(1), open(1), sleep(2, "second")]);
    assert_eq!(session.tokens, ["second"]);
    assert_eq!(session.after(sleep(1, "first"), at(0)), Ok(None));
    assert_eq!(session.after(sleep(1, "retried"), at(0)), Ok(None));
    assert_eq!(session.after(sleep(2, "second"), at(0)), Ok(None));
    let retried = session.after(sleep(2, "third"), at(0)).unwrap().unwrap();
    assert_eq!(retried.after(sleep(2, "late"), at(0)).unwrap().unwrap().tokens, ["second", "third", "late"]);
    let many = (0..20).fold(session, |session, n| session.after(sleep(2, &n.to_string()), at(0)).unwrap().unwrap());
    assert_eq!(many.tokens.len(), 8);
    assert_eq!(many.tokens.last().map(String::as_str), Some("19"));
}

proptest! {
    #[test]
    fn a_session_ends_once_and_is_never_paid_twice_in_a_turn(
        steps in proptest::collection::vec((0_u8..7, 0_i64..120), 1..30),
    ) {
        let mut session = Session::opening();
        let mut now = 0;
        for (step, second) in steps {
            now = now.max(second);
            let wish = match step {
                0 | 1 => open(session.turn),
                2 => refuse(session.turn),
                3 => change(session.turn),
                4 => pay(&second.to_string()),
                5 => Wish::GiveUp,
                _ => Wish::TimeIsUp,
            };
            let before = session.clone();
            if let Ok(Some(next)) = before.after(wish, at(now)) {
                prop_assert!(!matches!(before.phase, Phase::Cancelled | Phase::Expired), "the end is the end");
                prop_assert!(next.turn == before.turn || next.turn == before.turn + 1);
                prop_assert!(before.phase != Phase::Paying || next.phase == Phase::Open, "only the workflow ends a payment");
                prop_assert!(next.phase != Phase::Paying || now < 100, "no payment begins late");
                prop_assert_eq!(next.phase == Phase::Open && next.decision.is_some(), false);
                session = next;
            }
        }
    }
}
