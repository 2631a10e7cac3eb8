#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rialto_dynamo::{Fault, Faults, Table, testing::tables};
use rialto_kernel::{AddressId, EventId, Money, SignedDuration, Timestamp, UserId};
use rialto_lambda::now;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::*;
use crate::{
    domain::{Decision, Phase, Session, ShippingOption, Tariff},
    handlers::{
        PriceOrder, PricedOrder, Pricing, RecordAction, RecordOutcome, price_order, record_action, record_outcome,
    },
    store::Again,
};

const RIVALS: usize = 20;

fn id() -> OrderId {
    OrderId::named(&["session"])
}

fn address(country: &str, region: Option<&str>) -> Value {
    json!({"name": "Ada", "line1": "1 Navy Yard", "city": "Arlington", "region": region, "country": country})
}

/// A checkout whose session was just asked for.
async fn begin(table: &Table) -> Checkouts {
    let checkouts = Checkouts::new(table.clone());
    let shopper = UserId::named(&["ada"]);
    let checkout = Checkout { shopper_id: Some(shopper), session: Some(Session::opening()), ..Checkout::of(id()) };
    table.transact(Checkouts::open(&checkout, shopper, now()).unwrap()).await.unwrap();
    checkouts
}

fn pricing(checkouts: &Checkouts) -> Pricing {
    Pricing { checkouts: checkouts.clone(), tariff: Tariff::named("standard").unwrap() }
}

async fn first_price(checkouts: &Checkouts, address: Option<Value>) -> PricedOrder {
    let line = json!({"offerId": rialto_kernel::OfferId::named(&["o"]), "productId": rialto_kernel::ProductId::named(&["p"]),
        "variantId": rialto_kernel::VariantId::named(&["v"]), "sellerId": rialto_kernel::SellerId::named(&["s"]),
        "sku": "S", "title": "Lamp", "quantity": 1, "unitPrice": {"amount": 3000, "currency": "USD"}});
    let input: PriceOrder =
        serde_json::from_value(json!({"orderId": id(), "lines": [line], "address": address})).unwrap();
    price_order(&pricing(checkouts), input).await.unwrap()
}

fn opening(turn: u64, priced: PricedOrder, life: i64, refusal: Option<crate::domain::Failure>) -> OpenSession {
    let expires_at = now() + SignedDuration::from_secs(life);
    OpenSession { order_id: id(), turn, priced, reservation: Reserved { expires_at }, refusal }
}

async fn opened(table: &Table, life: i64) -> Checkouts {
    let checkouts = begin(table).await;
    let priced = first_price(&checkouts, Some(address("US", Some("OR")))).await;
    open_session(&checkouts, opening(0, priced, life, None)).await.unwrap();
    checkouts
}

fn pay(by: &str, address_id: Option<AddressId>) -> Wish {
    let by = EventId::named(&[by]);
    let decision = Decision::Pay { by, payment_method_id: "pm_x".into(), address_id, expected_total: None };
    Wish::Decide { turn: None, decision }
}

async fn session(checkouts: &Checkouts) -> Session {
    checkouts.load(id()).await.unwrap().unwrap().session.unwrap()
}

#[tokio::test]
async fn given_an_open_session_when_payments_giving_up_and_the_clock_come_at_once_then_exactly_one_wins() {
    for round in 0..5_i64 {
        for table in tables("checkout-race").await.unwrap() {
            let checkouts = opened(&table, 600).await;
            // Conflicts and writes that are sent twice must not make a second winner, nor hide the first.
            let faults =
                Faults::new().seed(round.unsigned_abs()).share(20, Fault::Conflict).share(20, Fault::SentTwice);
            let shaken = Checkouts::new(table.with_faults(faults));
            let end = session(&checkouts).await.expires_at.unwrap();
            let mut rush = JoinSet::new();
            for rival in 0..RIVALS {
                let shaken = shaken.clone();
                rush.spawn(async move {
                    let (wish, at, mine) = match rival % 3 {
                        0 => (pay(&rival.to_string(), None), now(), Phase::Paying),
                        1 => (Wish::GiveUp, now(), Phase::Cancelled),
                        _ => (Wish::TimeIsUp, end, Phase::Expired),
                    };
                    let by = EventId::named(&[&rival.to_string()]);
                    let session = shaken.wish(id(), wish, at).await.ok()?.session?;
                    let won = session.phase == mine && (mine != Phase::Paying || session.is_paid_by(by));
                    won.then_some((mine, rival))
                });
            }
            let winners: Vec<_> = rush.join_all().await.into_iter().flatten().collect();
            let phases: std::collections::BTreeSet<_> = winners.iter().map(|(phase, _)| format!("{phase:?}")).collect();
            assert_eq!(phases.len(), 1, "{winners:?}");
            let ended = session(&checkouts).await.phase;
            assert_eq!(phases.first(), Some(&format!("{ended:?}")));
            let payments = winners.iter().filter(|(phase, _)| *phase == Phase::Paying).count();
            assert!(payments <= 1, "{winners:?}");
        }
    }
}

#[tokio::test]
async fn given_a_write_whose_answer_is_lost_when_the_payment_comes_again_then_it_is_the_same_one() {
    let table = Table::in_memory("checkout");
    opened(&table, 600).await;
    let shaken = Checkouts::new(table.with_faults(Faults::new().at(1, Fault::AnswerLost)));
    assert!(shaken.wish(id(), pay("me", None), now()).await.is_err());
    let again = shaken.wish(id(), pay("me", None), now()).await.unwrap().session.unwrap();
    assert_eq!((again.phase, again.turn), (Phase::Paying, 1));
    let other = shaken.wish(id(), pay("another", None), now()).await;
    assert!(matches!(other, Err(Error::Unfit(Unfit::BeingPaid))), "{other:?}");
}

#[tokio::test]
async fn given_a_change_sent_twice_or_not_answered_when_it_comes_again_then_it_is_done_and_wakes_the_run() {
    let change =
        |option| Wish::Decide { turn: Some(1), decision: Decision::Change { address_id: None, option: Some(option) } };
    for (fault, answered) in [(Fault::SentTwice, true), (Fault::AnswerLost, false)] {
        for table in tables("checkout-change").await.unwrap() {
            let checkouts = opened(&table, 600).await;
            checkouts.wish(id(), Wish::Sleep { turn: 1, token: "asleep".into() }, now()).await.unwrap();
            let shaken = Checkouts::new(table.with_faults(Faults::new().at(1, fault.clone())));
            let first = shaken.wish(id(), change(ShippingOption::Express), now()).await;
            assert_eq!(first.is_ok(), answered, "{fault:?}: {first:?}");
            let again = shaken.wish(id(), change(ShippingOption::Express), now()).await.unwrap().session.unwrap();
            // Who is answered `Ok` wakes what the token is of.
            assert_eq!(
                (again.phase, again.turn, again.tokens.as_slice()),
                (Phase::Changing, 1, ["asleep".to_owned()].as_slice())
            );
            let other = shaken.wish(id(), change(ShippingOption::Standard), now()).await;
            assert!(matches!(other, Err(Error::Unfit(Unfit::Busy))), "{other:?}");
        }
    }
}

#[tokio::test]
async fn given_a_session_when_settled_then_the_workflow_does_what_was_decided_whatever_woke_it() {
    let table = Table::in_memory("checkout");
    let checkouts = opened(&table, 600).await;
    let settle = async || settle_session(&checkouts, SettleSession { order_id: id() }).await;
    let waits = settle().await.unwrap();
    assert_eq!((waits.action, waits.turn), (Action::Wait, 1), "an error woke it: it sleeps again");
    assert!((599..=600).contains(&waits.seconds));
    checkouts.wish(id(), pay("me", None), now()).await.unwrap();
    for _ in 0..2 {
        let paid = settle().await.unwrap();
        assert_eq!((paid.action, paid.payment_method_id.as_deref()), (Action::Pay, Some("pm_x")));
    }
}

#[tokio::test]
async fn given_a_session_whose_time_is_up_when_settled_then_it_has_expired_for_good() {
    let table = Table::in_memory("checkout");
    let checkouts = opened(&table, -1).await;
    for _ in 0..2 {
        let settled = settle_session(&checkouts, SettleSession { order_id: id() }).await;
        assert!(matches!(settled, Err(Error::Unfit(Unfit::Expired))), "{settled:?}");
    }
    let late = checkouts.wish(id(), pay("me", None), now() - SignedDuration::from_secs(60)).await;
    assert!(matches!(late, Err(Error::Unfit(Unfit::Expired))), "even by a clock that is behind: {late:?}");
}

async fn reprice(checkouts: &Checkouts, to: Option<Value>) -> Repriced {
    let input = serde_json::from_value(json!({"orderId": id(), "address": to})).unwrap();
    reprice_order(&pricing(checkouts), input).await.unwrap()
}

#[tokio::test]
async fn given_a_payment_with_another_address_when_the_total_would_change_then_it_is_refused_with_the_new_one() {
    let table = Table::in_memory("checkout");
    let checkouts = begin(&table).await;
    let priced = first_price(&checkouts, None).await;
    assert_eq!((priced.totals.total.amount(), priced.destination.country.as_str()), (3000, "ZZ"));
    open_session(&checkouts, opening(0, priced, 600, None)).await.unwrap();

    checkouts.wish(id(), pay("me", Some(AddressId::named(&["a"]))), now()).await.unwrap();
    let Repriced { priced, next, refusal } = reprice(&checkouts, Some(address("US", Some("CA")))).await;
    let refusal = refusal.unwrap();
    assert_eq!((next, refusal.error.as_str()), (Next::Open, "PriceChanged"));
    assert_eq!(refusal.detail(), json!({"total": {"amount": 3717, "currency": "USD"}}));
    open_session(&checkouts, opening(1, priced, 600, Some(refusal))).await.unwrap();

    let open = session(&checkouts).await;
    assert_eq!((open.phase, open.turn, open.quote.unwrap().totals.total.amount()), (Phase::Open, 2, 3717));
    let checkout = checkouts.load(id()).await.unwrap().unwrap();
    assert_eq!(super::refusal(&checkout, 1).unwrap().code().name, "PRICE_CHANGED");
    checkouts.wish(id(), pay("informed", None), now()).await.unwrap();
    assert_eq!(reprice(&checkouts, None).await.next, Next::Pay, "the address that it showed is kept");
}

#[tokio::test]
async fn given_a_change_when_repriced_then_totals_follow_and_what_is_not_offered_leaves_it_as_it_was() {
    let table = Table::in_memory("checkout");
    let checkouts = opened(&table, 600).await;
    let change = |turn, option| Wish::Decide {
        turn: Some(turn),
        decision: Decision::Change { address_id: None, option: Some(option) },
    };
    checkouts.wish(id(), change(1, ShippingOption::Express), now()).await.unwrap();
    let repriced = reprice(&checkouts, None).await;
    assert_eq!((repriced.next, repriced.priced.totals.total.amount()), (Next::Open, 4499));
    let open = opening(1, repriced.priced, 600, None);
    open_session(&checkouts, open).await.unwrap();

    checkouts.wish(id(), change(2, ShippingOption::Standard), now()).await.unwrap();
    let mut strict = pricing(&checkouts);
    for zone in &mut strict.tariff.shipping.zones {
        zone.rates.retain(|rate| rate.option == ShippingOption::Express);
    }
    let input = serde_json::from_value(json!({"orderId": id()})).unwrap();
    let refused = reprice_order(&strict, input).await.unwrap();
    assert_eq!(refused.refusal.unwrap().error, "NotShipped");
    assert_eq!(refused.priced.totals.total.amount(), 4499);
}

#[tokio::test]
async fn given_a_total_that_the_client_did_not_expect_when_paid_then_it_is_refused() {
    let table = Table::in_memory("checkout");
    let checkouts = opened(&table, 600).await;
    let decision = Decision::Pay {
        by: EventId::named(&["me"]),
        payment_method_id: "pm_x".into(),
        address_id: None,
        expected_total: Some(Money::new(3000, rialto_kernel::Currency::USD)),
    };
    checkouts.wish(id(), Wish::Decide { turn: None, decision }, now()).await.unwrap();
    assert_eq!(reprice(&checkouts, None).await.refusal.unwrap().error, "PriceChanged");
}

async fn due(checkouts: &Checkouts, now: Timestamp) -> Vec<OrderId> {
    let mut found = Vec::new();
    for shard in Checkouts::shards() {
        found.extend(checkouts.due(shard, now, None).await.unwrap().0);
    }
    found
}

#[tokio::test]
async fn given_sessions_when_swept_for_then_those_are_found_that_a_lost_timer_or_call_has_left() {
    for table in tables("checkout-due").await.unwrap() {
        let checkouts = opened(&table, 600).await;
        let end = session(&checkouts).await.expires_at.unwrap();
        assert_eq!(due(&checkouts, end).await, []);
        assert_eq!(due(&checkouts, end + SignedDuration::from_secs(61)).await, [id()]);
        checkouts.wish(id(), pay("me", None), now()).await.unwrap();
        assert_eq!(due(&checkouts, now() + SignedDuration::from_secs(61)).await, [id()], "soon, when it was decided");
        let failure = json!({"orderId": id(), "failure": {"Error": "PaymentDeclined", "Cause": ""}});
        let outcome: RecordOutcome = serde_json::from_value(failure).unwrap();
        record_outcome(&checkouts, outcome).await.unwrap();
        assert_eq!(due(&checkouts, end + SignedDuration::from_secs(61)).await, []);
        let after = checkouts.wish(id(), Wish::GiveUp, now()).await;
        assert!(matches!(after, Err(Error::Over(_))), "{after:?}");
    }
}

#[tokio::test]
async fn given_a_session_that_is_being_paid_when_looked_after_then_it_is_left_alone_for_as_long_as_it_has_run() {
    // Three days of sweeps: in memory only.
    let checkouts = opened(&Table::in_memory("checkout-paid-slowly"), 600).await;
    checkouts.wish(id(), pay("me", None), now()).await.unwrap();
    let begun = checkouts.load(id()).await.unwrap().unwrap().begun_at.unwrap();
    let mut looks = 0;
    let mut at = begun;
    while at < begun + SignedDuration::from_hours(72) {
        at += SignedDuration::from_secs(60);
        for found in due(&checkouts, at).await {
            looks += 1;
            let checkout = checkouts.load(found).await.unwrap().unwrap();
            checkouts.look_again(&checkout, Again::Later, at).await.unwrap();
        }
    }
    assert!((100..=160).contains(&looks), "{looks} looks in 72 hours");
}

#[tokio::test]
async fn given_a_decision_since_a_checkout_was_looked_at_when_it_is_put_off_then_the_decision_is_looked_after_soon() {
    for table in tables("checkout-put-off").await.unwrap() {
        let checkouts = opened(&table, 600).await;
        let seen = checkouts.load(id()).await.unwrap().unwrap();
        let later = now() + SignedDuration::from_mins(20);
        checkouts.wish(id(), pay("me", None), now()).await.unwrap();
        checkouts.look_again(&seen, Again::Later, later).await.unwrap();
        assert_eq!(due(&checkouts, now() + SignedDuration::from_secs(61)).await, [id()]);
    }
}

#[tokio::test]
async fn given_a_checkout_of_one_step_whose_run_never_ends_when_swept_for_then_it_is_found_until_it_has_an_outcome() {
    for table in tables("checkout-one-step").await.unwrap() {
        let checkouts = Checkouts::new(table.clone());
        let begun = now();
        let checkout = Checkout { shopper_id: Some(UserId::named(&["ada"])), ..Checkout::of(id()) };
        table.transact(Checkouts::open(&checkout, UserId::named(&["ada"]), begun).unwrap()).await.unwrap();
        assert_eq!(due(&checkouts, begun + SignedDuration::from_secs(59)).await, [], "whoever opened it is at it");
        let at = begun + SignedDuration::from_secs(60);
        assert_eq!(due(&checkouts, at).await, [id()]);
        let seen = checkouts.load(id()).await.unwrap().unwrap();
        checkouts.look_again(&seen, Again::Soon, at).await.unwrap();
        assert_eq!(due(&checkouts, at).await, []);
        assert_eq!(due(&checkouts, at + SignedDuration::from_secs(60)).await, [id()]);
        let ended = crate::domain::Outcome::Refused { error: "RunLost".into(), detail: Value::Null };
        checkouts.record(id(), &ended).await.unwrap();
        checkouts.look_again(&seen, Again::Soon, at).await.unwrap();
        assert_eq!(due(&checkouts, at + SignedDuration::from_hours(72)).await, [], "what has ended does not come back");
        let rows = rialto_dynamo::testing::items(&table).await.unwrap();
        assert!(rows.iter().all(|row| !row.contains_key("gsi1sk")), "nor half of it");
    }
}

#[tokio::test]
async fn given_what_the_gateway_waits_for_when_recorded_then_the_shopper_sees_it_until_the_checkout_has_ended() {
    for table in tables("checkout-action").await.unwrap() {
        let checkouts = opened(&table, 600).await;
        checkouts.wish(id(), pay("me", None), now()).await.unwrap();
        let shown = async || {
            let checkout = checkouts.load(id()).await.unwrap().unwrap();
            serde_json::to_value(SessionView::of(&checkout, checkout.session.as_ref().unwrap())).unwrap()
        };
        let action =
            json!({"type": "redirect", "url": "https://gateway.example/1", "expiresAt": "2026-01-01T00:00:00Z"});
        let record = async |action: &Value| {
            let input: RecordAction = serde_json::from_value(json!({"orderId": id(), "nextAction": action})).unwrap();
            record_action(&checkouts, input).await.unwrap();
        };
        for _ in 0..2 {
            record(&action).await;
            assert_eq!(shown().await["nextAction"], action);
        }
        record(&Value::Null).await;
        assert_eq!(shown().await["nextAction"], Value::Null);
        record(&action).await;
        let ended = crate::domain::Outcome::Refused {
            error: "PaymentDeclined".into(),
            detail: json!({"reason": "INSUFFICIENT_FUNDS"}),
        };
        checkouts.record(id(), &ended).await.unwrap();
        record(&action).await;
        assert_eq!(checkouts.load(id()).await.unwrap().unwrap().next_action, None);
        let after = shown().await;
        assert_eq!((&after["nextAction"], &after["reason"]), (&Value::Null, &json!("INSUFFICIENT_FUNDS")));
        assert_eq!(after["status"], "FAILED");
    }
}

#[tokio::test]
async fn given_payments_that_could_not_be_tried_when_shown_then_each_is_there_with_its_reason_and_time() {
    let table = Table::in_memory("checkout");
    let checkouts = opened(&table, 600).await;
    for (turn, error) in [(1, "PaymentMethodNotFound"), (2, "PriceChanged")] {
        checkouts.wish(id(), pay(error, None), now()).await.unwrap();
        let priced = first_price(&checkouts, Some(address("US", Some("OR")))).await;
        let failure = crate::domain::Failure::of(error, &json!({}));
        open_session(&checkouts, opening(turn, priced, 600, Some(failure))).await.unwrap();
    }
    let checkout = checkouts.load(id()).await.unwrap().unwrap();
    let view = serde_json::to_value(SessionView::of(&checkout, checkout.session.as_ref().unwrap())).unwrap();
    let reasons: Vec<_> = view["attempts"].as_array().unwrap().iter().map(|it| it["reason"].clone()).collect();
    assert_eq!(reasons, ["PAYMENT_METHOD_NOT_FOUND", "PRICE_CHANGED"]);
    assert!(view["attempts"][0]["at"].is_string());
    for (turn, by) in [(1, "PaymentMethodNotFound"), (2, "PriceChanged")] {
        let again = checkouts.wish(id(), pay(by, None), now()).await;
        assert!(matches!(again, Err(Error::Unfit(Unfit::Refused))), "{turn}: {again:?}");
    }
}

#[tokio::test]
async fn given_a_sleep_of_an_earlier_turn_that_is_stored_late_when_the_shopper_pays_then_the_run_that_sleeps_is_woken()
{
    for table in tables("checkout-late-sleep").await.unwrap() {
        let checkouts = opened(&table, 600).await;
        let sleep = async |turn, token: &str| {
            checkouts.wish(id(), Wish::Sleep { turn, token: token.into() }, now()).await.unwrap();
        };
        sleep(1, "first").await;
        let option = Some(ShippingOption::Express);
        let change = Wish::Decide { turn: Some(1), decision: Decision::Change { address_id: None, option } };
        checkouts.wish(id(), change, now()).await.unwrap();
        let priced = first_price(&checkouts, Some(address("US", Some("OR")))).await;
        open_session(&checkouts, opening(1, priced, 600, None)).await.unwrap();
        sleep(2, "second").await;
        sleep(1, "first").await;
        let paid = checkouts.wish(id(), pay("me", None), now()).await.unwrap().session.unwrap();
        assert_eq!(paid.tokens, ["second"]);
    }
}
