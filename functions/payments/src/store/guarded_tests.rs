//! Each condition of the store by itself: what the other condition of its transaction lets through, it refuses.
#![allow(clippy::unwrap_used, reason = "tests")]

use rialto_dynamo::{Delete, Update, testing};
use rialto_kernel::{Currency, Money, OrderId};

use super::*;
use crate::domain::GatewayName;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn started() -> Payment {
    let amount = Money::new(500, Currency::USD);
    Payment::started(PaymentId::named(&["p"]), OrderId::named(&["o"]), amount, GatewayName::Sandbox, NOW)
}

/// Tables with a payment that has begun, in its store.
async fn begun() -> Vec<(Table, Payments, Payment)> {
    let mut found = Vec::new();
    for table in testing::tables("payments").await.unwrap() {
        let payments = Payments::new(table.clone());
        let payment = payments.begin(started(), &Change::AskedAgain, NOW).await.unwrap();
        found.push((table, payments, payment));
    }
    found
}

#[tokio::test]
async fn given_a_view_or_a_change_when_a_payment_begins_under_its_id_then_it_is_refused() {
    for kept in [0, 1] {
        for (table, payments, payment) in begun().await {
            let keys = [view_key(payment.payment_id), change_key(payment.payment_id, payment.sequence)];
            let gone = keys.into_iter().nth(1 - kept).unwrap();
            table.delete(Delete::of(gone)).await.unwrap();
            let again = payments.begin(started(), &Change::AskedAgain, NOW).await;
            assert!(matches!(again, Err(Error::Changed)), "{kept}: {again:?}");
        }
    }
}

#[tokio::test]
async fn given_a_view_at_another_sequence_or_a_change_that_is_there_when_the_next_is_written_then_it_is_refused() {
    let authorised = Change::Authorised { reference: None };
    for (table, payments, payment) in begun().await {
        let view = view_key(payment.payment_id);
        table.update(Update::of(view.clone()).set("sequence", 7)).await.unwrap();
        let refused = payments.record(&payment, &authorised, None, NOW).await;
        assert!(matches!(refused, Err(Error::Changed)), "{refused:?}");
        assert_eq!(payments.load(payment.payment_id).await.unwrap().unwrap().sequence, 7);

        table.update(Update::of(view).set("sequence", 1)).await.unwrap();
        table.put(Put::of(change_key(payment.payment_id, 2))).await.unwrap();
        let refused = payments.record(&payment, &authorised, None, NOW).await;
        assert!(matches!(refused, Err(Error::Changed)), "{refused:?}");
    }
}

#[tokio::test]
async fn given_a_webhook_that_was_applied_when_it_is_marked_again_then_the_first_mark_stays() {
    for table in testing::tables("payments").await.unwrap() {
        let payments = Payments::new(table.clone());
        let later = Timestamp::from_second(60).unwrap();
        assert!(payments.mark_applied(GatewayName::Sandbox, "evt_1", NOW).await.unwrap());
        assert!(!payments.mark_applied(GatewayName::Sandbox, "evt_1", later).await.unwrap());
        let ttls: Vec<_> = testing::items(&table).await.unwrap().iter().map(|item| item.get("ttl").cloned()).collect();
        assert_eq!(ttls, [Some(rialto_dynamo::Value::N((30 * 24 * 60 * 60).to_string()))]);
    }
}
