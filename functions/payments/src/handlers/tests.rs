#![allow(clippy::unwrap_used, reason = "tests")]

use rialto_dynamo::{Fault, Faults, Key, Read, Table};
use rialto_kernel::{Currency, Money, OrderId, PaymentId, Timestamp};
use serde_json::Value;

use super::*;
use crate::{domain::State, error::Error};

struct Shop {
    context: Context<Sandbox>,
    gateway_table: Table,
    payment_id: PaymentId,
    order_id: OrderId,
}

fn shop() -> Shop {
    let gateway_table = Table::in_memory("gateway");
    let context =
        Context { payments: Payments::new(Table::in_memory("payments")), gateway: Sandbox::new(gateway_table.clone()) };
    Shop { context, gateway_table, payment_id: PaymentId::draw(), order_id: OrderId::draw() }
}

impl Shop {
    async fn authorise(&self, method: &str) -> Result<(), Error> {
        let input = AuthorisePayment {
            payment_id: self.payment_id,
            order_id: self.order_id,
            amount: Money::new(12_999, Currency::USD),
            payment_method_id: method.to_owned(),
        };
        authorise_payment(&self.context, input, Timestamp::UNIX_EPOCH).await.map(|_| ())
    }

    async fn capture(&self) -> Result<(), Error> {
        let input = CapturePayment { payment_id: self.payment_id };
        capture_payment(&self.context, input, Timestamp::UNIX_EPOCH).await.map(|_| ())
    }

    async fn void(&self) -> Result<(), Error> {
        let input = VoidPayment { payment_id: self.payment_id, order_id: self.order_id };
        void_payment(&self.context, input, Timestamp::UNIX_EPOCH).await.map(|_| ())
    }

    async fn state(&self) -> State {
        self.context.payments.load(self.payment_id).await.unwrap().unwrap().state
    }

    /// How often the gateway really took the money.
    async fn captures(&self) -> u64 {
        let key = Key::new(format!("INTENT#{}:1", self.payment_id), "INTENT");
        let intent = self.gateway_table.get::<Value>(&key, Read::Strong).await.unwrap();
        intent.and_then(|intent| intent.get("captures").and_then(Value::as_u64)).unwrap_or(0)
    }
}

#[tokio::test]
async fn given_an_approved_card_when_each_step_is_repeated_then_it_is_charged_once() {
    let shop = shop();
    for _ in 0..3 {
        shop.authorise("pm_sandbox_approved").await.unwrap();
    }
    for _ in 0..3 {
        shop.capture().await.unwrap();
    }
    assert_eq!((shop.state().await, shop.captures().await), (State::Captured, 1));
}

#[tokio::test]
async fn given_a_declined_card_when_asked_again_then_it_stays_declined_and_nothing_is_taken() {
    for (method, code) in [
        ("pm_sandbox_declined", "PAYMENT_DECLINED"),
        ("pm_sandbox_insufficient_funds", "INSUFFICIENT_FUNDS"),
        ("pm_unheard_of", "UNKNOWN_PAYMENT_METHOD"),
    ] {
        let shop = shop();
        for _ in 0..2 {
            let refused = shop.authorise(method).await;
            assert!(matches!(&refused, Err(Error::Declined { reason }) if reason == code), "{refused:?}");
        }
        assert!(matches!(shop.capture().await, Err(Error::NotAuthorised)));
        shop.void().await.unwrap();
        assert_eq!((shop.state().await, shop.captures().await), (State::Failed, 0));
    }
}

#[tokio::test]
async fn given_a_lost_answer_when_asked_again_under_the_same_key_then_it_is_one_charge() {
    let shop = shop();
    assert!(matches!(shop.authorise("pm_sandbox_timeout_then_approved").await, Err(Error::OutcomeUnknown)));
    shop.authorise("pm_sandbox_timeout_then_approved").await.unwrap();
    shop.capture().await.unwrap();
    assert_eq!(shop.captures().await, 1);
}

#[tokio::test]
async fn given_a_gateway_that_never_answers_when_given_up_then_a_late_answer_finds_it_closed() {
    let shop = shop();
    for _ in 0..3 {
        assert!(matches!(shop.authorise("pm_sandbox_timeout").await, Err(Error::OutcomeUnknown)));
    }
    shop.void().await.unwrap();
    shop.void().await.unwrap();
    assert!(matches!(shop.authorise("pm_sandbox_timeout").await, Err(Error::Declined { .. })));
    assert_eq!((shop.state().await, shop.captures().await), (State::Voided, 0));
}

#[tokio::test]
async fn given_nothing_yet_when_given_up_then_a_late_authorisation_takes_nothing() {
    let shop = shop();
    shop.void().await.unwrap();
    assert!(matches!(shop.authorise("pm_sandbox_approved").await, Err(Error::Declined { .. })));
    assert!(matches!(shop.capture().await, Err(Error::NotAuthorised)));
    assert_eq!(shop.captures().await, 0);
}

#[tokio::test]
async fn given_a_refused_capture_when_given_up_then_the_authorisation_is_cancelled() {
    let shop = shop();
    shop.authorise("pm_sandbox_capture_fails").await.unwrap();
    for _ in 0..2 {
        assert!(matches!(shop.capture().await, Err(Error::CaptureRefused { .. })));
    }
    shop.void().await.unwrap();
    assert_eq!((shop.state().await, shop.captures().await), (State::Voided, 0));
}

#[tokio::test]
async fn given_a_crash_at_any_write_when_the_step_is_tried_again_then_the_payment_is_captured_once() {
    for fault in [Fault::AnswerLost, Fault::NotApplied, Fault::SentTwice, Fault::Conflict, Fault::Throttled] {
        for nth in 1..=4 {
            let mut shop = shop();
            let ours = Table::in_memory("payments").with_faults(Faults::new().at(nth, fault.clone()));
            let theirs = shop.gateway_table.clone().with_faults(Faults::new().at(nth, fault.clone()));
            shop.context = Context { payments: Payments::new(ours), gateway: Sandbox::new(theirs) };
            let mut captured = false;
            for _ in 0..8 {
                captured = shop.authorise("pm_sandbox_approved").await.is_ok() && shop.capture().await.is_ok();
                if captured {
                    break;
                }
            }
            assert!(captured, "{fault:?} at write {nth}");
            assert_eq!((shop.state().await, shop.captures().await), (State::Captured, 1), "{fault:?} at write {nth}");
        }
    }
}
