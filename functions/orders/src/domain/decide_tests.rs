use proptest::prelude::*;

use super::*;
use crate::domain::{apply, samples::*};

/// What is expected of a command in a state: the statuses its events lead through, or a refusal.
type Expected = Result<&'static [Status], &'static str>;

const ILLEGAL: Expected = Err("illegal");
const ABSENT: Expected = Err("absent");
const DONE: Expected = Ok(&[]);

fn path_to(status: Status) -> Vec<Command> {
    match status {
        Status::Created => vec![create()],
        Status::PaymentPending => vec![create(), await_payment()],
        Status::Confirmed => vec![create(), await_payment(), Command::Confirm],
        Status::PaymentFailed => vec![create(), await_payment(), fail("PaymentDeclined")],
        Status::Cancelled => vec![create(), fail("OutOfStock")],
        Status::Expired => vec![create(), await_payment(), fail("ReservationExpired")],
    }
}

fn outcome(order: Option<&Order>, command: &Command) -> Result<Vec<Status>, &'static str> {
    match decide(order, command) {
        Ok(events) => Ok(events.iter().map(Event::status).collect()),
        Err(OrderError::OrderNotFound) => Err("absent"),
        Err(OrderError::IllegalTransition { .. }) => Err("illegal"),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn given_each_state_when_each_command_comes_then_the_table_holds() {
    use Status::{Cancelled, Confirmed, Created, Expired, PaymentFailed, PaymentPending};
    let orphan = Command::Fail { failure: Failure::of_step("OutOfStock", ""), origin: None };
    let commands = [
        create(),
        Command::Create(origin("another")),
        await_payment(),
        Command::AwaitPayment(Box::new(bill(999))),
        Command::Confirm,
        fail("PaymentDeclined"),
        fail("OutOfStock"),
        fail("ReservationExpired"),
        orphan,
    ];
    let i = ILLEGAL;
    let table: [(Option<Status>, [Expected; 9]); 7] = [
        (
            None,
            [
                Ok(&[Created]),
                Ok(&[Created]),
                ABSENT,
                ABSENT,
                ABSENT,
                Ok(&[Created, PaymentFailed]),
                Ok(&[Created, Cancelled]),
                Ok(&[Created, Expired]),
                ABSENT,
            ],
        ),
        (
            Some(Created),
            [
                DONE,
                i,
                Ok(&[PaymentPending]),
                Ok(&[PaymentPending]),
                i,
                Ok(&[PaymentFailed]),
                Ok(&[Cancelled]),
                Ok(&[Expired]),
                Ok(&[Cancelled]),
            ],
        ),
        (
            Some(PaymentPending),
            [i, i, DONE, i, Ok(&[Confirmed]), Ok(&[PaymentFailed]), Ok(&[Cancelled]), Ok(&[Expired]), Ok(&[Cancelled])],
        ),
        (Some(Confirmed), [i, i, i, i, DONE, i, i, i, i]),
        (Some(PaymentFailed), [i, i, i, i, i, DONE, DONE, DONE, DONE]),
        (Some(Cancelled), [i, i, i, i, i, DONE, DONE, DONE, DONE]),
        (Some(Expired), [i, i, i, i, i, DONE, DONE, DONE, DONE]),
    ];
    for (status, expected) in table {
        let (order, _) = after(&status.map(path_to).unwrap_or_default());
        assert_eq!(order.as_ref().map(|order| order.status), status);
        for (command, expected) in commands.iter().zip(expected) {
            let expected = expected.map(<[Status]>::to_vec);
            assert_eq!(outcome(order.as_ref(), command), expected, "{status:?} {command:?}");
        }
    }
}

#[test]
fn given_an_order_that_was_never_created_when_it_fails_then_a_late_creation_cannot_bring_it_back() {
    let (order, events) = after(&[fail("OutOfStock")]);
    assert_eq!(events.len(), 2);
    assert_eq!(outcome(order.as_ref(), &create()), Err("illegal"));
}

#[test]
fn given_an_order_that_has_ended_when_another_run_ends_it_then_the_first_ending_stands() {
    let (first, _) = after(&[create(), await_payment(), fail("PaymentDeclined")]);
    let (again, events) = after(&[create(), await_payment(), fail("PaymentDeclined"), fail("RunLost")]);
    assert_eq!((&again, events.len()), (&first, 3));
}

#[test]
fn given_an_event_that_cannot_be_next_when_applied_then_there_is_no_order() {
    let (order, _) = after(&[create()]);
    assert_eq!(apply(id(), order, &Event::OrderCreated(origin("me")), now()), None);
    assert_eq!(apply(id(), None, &Event::OrderConfirmed, now()), None);
}

proptest! {
    #[test]
    fn the_view_is_what_the_events_make_of_it(steps in proptest::collection::vec(0_u8..7, 0..12)) {
        let mut order = None;
        let mut log = Vec::new();
        for step in steps {
            let command = match step {
                0 => create(),
                1 => await_payment(),
                2 => Command::Confirm,
                3 => fail("PaymentDeclined"),
                4 => fail("OutOfStock"),
                5 => fail("ReservationExpired"),
                _ => Command::Create(origin("another")),
            };
            let Ok(events) = decide(order.as_ref(), &command) else { continue };
            for event in events {
                order = apply(id(), order, &event, now());
                prop_assert!(order.is_some());
                log.push(event);
            }
        }
        let replayed = log.iter().fold(None, |order, event| apply(id(), order, event, now()));
        prop_assert_eq!(&replayed, &order);
        let length = u64::try_from(log.len()).unwrap();
        prop_assert_eq!(order.map_or(0, |order| order.version), length);
        let settled = |event: &Event| !matches!(event.status(), Status::Created | Status::PaymentPending);
        prop_assert!(log.iter().filter(|event| settled(event)).count() <= 1, "an order ends once");
    }
}
