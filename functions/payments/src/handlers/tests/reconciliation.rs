//! The day's books against the sandbox's.

use rialto_dynamo::{Update, cond};

use super::*;
use crate::domain::{FindingKind, GatewayName};

fn at_minute(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).unwrap()
}

impl Shop {
    async fn reconcile(&self) -> (Reconciled, Vec<FindingKind>) {
        self.reconcile_at(Timestamp::UNIX_EPOCH, at_minute(50)).await
    }

    async fn reconcile_at(&self, day: Timestamp, now: Timestamp) -> (Reconciled, Vec<FindingKind>) {
        let done = reconcile_day(&self.context, ReconcileDay { at: Some(day) }, now).await.unwrap();
        let rows = self.context.payments.findings(GatewayName::Sandbox, day).await.unwrap();
        (done, rows.into_iter().map(|row| row.finding.kind).collect())
    }

    /// Someone changes the gateway's books behind our back.
    async fn tamper(&self, change: impl Fn(Update) -> Update) {
        let key = Key::new(format!("INTENT#{}:1", self.payment_id), "INTENT");
        self.gateway_table.update(change(Update::of(key)).when(cond::exists("pk"))).await.unwrap();
    }
}

#[tokio::test]
async fn given_a_day_of_payments_when_the_books_agree_then_nothing_is_found_however_often() {
    for mut shop in Shop::on_each_table().await {
        for n in 0..40 {
            shop.payment_id = PaymentId::draw();
            let method = ["pm_sandbox_approved", "pm_sandbox_declined", "pm_sandbox_wallet"][n % 3];
            if shop.authorise(method).await.is_ok() {
                shop.capture().await.unwrap();
            }
        }
        for _ in 0..2 {
            let (done, found) = shop.reconcile().await;
            assert_eq!((done.listed, done.ours, done.findings, found.len()), (40, 40, 0, 0));
            assert_eq!(done.day, "1970-01-01");
        }
    }
}

#[tokio::test]
async fn given_planted_differences_when_compared_then_each_is_found_once_however_often() {
    for mut shop in Shop::on_each_table().await {
        let mut planted = Vec::new();
        for kind in [
            FindingKind::AmountDiffers,
            FindingKind::NotCaptured,
            FindingKind::RefundsDiffer,
            FindingKind::CaptureNotRecorded,
            FindingKind::NotGivenBack,
            FindingKind::UnknownToUs,
            FindingKind::MissingAtGateway,
        ] {
            shop.payment_id = PaymentId::draw();
            shop.authorise("pm_sandbox_approved").await.unwrap();
            match kind {
                FindingKind::CaptureNotRecorded => {
                    shop.tamper(|it| it.set("state", "captured").set("captures", 1).set("refundable", 12_999)).await;
                }
                FindingKind::NotGivenBack => {
                    shop.void().await.unwrap();
                    shop.tamper(|it| it.set("state", "authorised")).await;
                }
                _ => shop.capture().await.unwrap(),
            }
            match kind {
                FindingKind::AmountDiffers => {
                    shop.tamper(|it| it.set("amount", 12_998).set("refundable", 12_998)).await
                }
                FindingKind::NotCaptured => shop.tamper(|it| it.set("state", "cancelled")).await,
                FindingKind::RefundsDiffer => shop.tamper(|it| it.set("refundable", 12_000)).await,
                FindingKind::UnknownToUs => {
                    let other = PaymentId::draw().to_string();
                    shop.tamper(|it| it.set("paymentId", other.as_str())).await;
                }
                FindingKind::MissingAtGateway => {
                    let key = Key::new(format!("INTENT#{}:1", shop.payment_id), "INTENT");
                    shop.gateway_table.delete(rialto_dynamo::Delete::of(key)).await.unwrap();
                }
                _ => {}
            }
            planted.push(kind);
        }
        planted.sort();
        for _ in 0..2 {
            let (done, mut found) = shop.reconcile().await;
            found.sort();
            assert_eq!(found, planted);
            assert_eq!(done.findings, planted.len());
        }
    }
}

const DAY: i64 = 24 * 60;

#[tokio::test]
async fn given_a_payment_of_another_day_when_its_money_moved_on_this_one_then_it_is_compared() {
    for mut shop in Shop::on_each_table().await {
        let mut ids = Vec::new();
        for what in ["captured", "refunded", "voided"] {
            shop.payment_id = PaymentId::draw();
            ids.push(shop.payment_id);
            shop.authorise("pm_sandbox_approved").await.unwrap();
            let (payment_id, order_id) = (shop.payment_id, shop.order_id);
            let later = at_minute(3 * DAY + 5);
            match what {
                "voided" => {
                    void_payment(&shop.context, VoidPayment { payment_id, order_id }, later).await.unwrap();
                }
                "captured" => {
                    capture_payment(&shop.context, CapturePayment { payment_id }, later).await.unwrap();
                }
                _ => {
                    shop.capture().await.unwrap();
                    let body = serde_json::json!({ "reason": "returned" });
                    let refunds = Refunds { context: shop.context.clone(), queue: crate::queue::Queue::in_memory() };
                    let refund = shop.refund_at(&refunds, "k", &body, (3 * DAY + 5) * 60).await.unwrap();
                    assert_eq!(refund.status().as_u16(), 201);
                }
            }
        }
        let (done, found) = shop.reconcile_at(at_minute(3 * DAY), at_minute(4 * DAY)).await;
        assert_eq!((done.ours, done.findings, found.len()), (3, 0, 0));
        let (between, _) = shop.reconcile_at(at_minute(2 * DAY), at_minute(4 * DAY)).await;
        assert_eq!(between.ours, 0, "nothing moved");
        for (id, change) in
            ids.into_iter().zip([("state", "authorised"), ("state", "authorised"), ("state", "captured")])
        {
            shop.payment_id = id;
            shop.tamper(|it| it.set(change.0, change.1).set("captures", 1).set("refundable", 12_999)).await;
        }
        let (_, mut found) = shop.reconcile_at(at_minute(3 * DAY), at_minute(4 * DAY)).await;
        found.sort();
        assert_eq!(found, [FindingKind::NotGivenBack, FindingKind::NotCaptured, FindingKind::NotCaptured]);
    }
}

#[tokio::test]
async fn given_a_payment_whose_checkout_died_when_its_time_is_over_then_it_is_found_and_left_as_it_is() {
    for mut shop in Shop::on_each_table().await {
        let mut ids = Vec::new();
        for method in ["pm_sandbox_approved", "pm_sandbox_wallet", "pm_sandbox_bank_transfer", "pm_sandbox_declined"] {
            shop.payment_id = PaymentId::draw();
            ids.push(shop.payment_id);
            let _ = shop.authorise(method).await;
        }
        let (in_time, none) = shop.reconcile_at(at_minute(2 * DAY), at_minute(59)).await;
        assert_eq!((in_time.overdue, none.len()), (0, 0));
        let (hours, found) = shop.reconcile_at(at_minute(2 * DAY), at_minute(61)).await;
        assert_eq!((hours.overdue, found), (2, vec![FindingKind::HeldTooLong, FindingKind::WaitsTooLong]));
        let (days, found) = shop.reconcile_at(at_minute(5 * DAY), at_minute(5 * DAY)).await;
        assert_eq!((days.overdue, found.len()), (3, 3), "a bank has longer");
        shop.payment_id = ids[0];
        assert_eq!((shop.state().await, shop.captures().await), (State::Authorised, 0), "nothing is mended by itself");
        for id in ids {
            shop.payment_id = id;
            shop.void().await.unwrap();
        }
        assert_eq!(shop.reconcile_at(at_minute(6 * DAY), at_minute(6 * DAY)).await.0.overdue, 0);
    }
}

#[tokio::test]
async fn given_findings_when_an_operator_lists_them_then_they_come_by_gateway_and_day_with_what_to_do() {
    use rialto_http::{Operator, testing::request};

    let mut shop = shop();
    for _ in 0..3 {
        shop.payment_id = PaymentId::draw();
        shop.authorise("pm_sandbox_approved").await.unwrap();
    }
    shop.reconcile_at(at_minute(2 * DAY), at_minute(61)).await;
    let list = async |query: String| {
        let operator = Operator { user_id: rialto_kernel::UserId::named(&["op"]) };
        let request = request("GET", &format!("/v1/payment-findings?{query}")).build();
        let answer = list_findings(&shop.context.payments, operator, request).await?;
        Ok::<Value, rialto_http::Problem>(serde_json::from_slice(answer.body()).unwrap())
    };
    let page = list("gateway=sandbox&day=1970-01-03&limit=2".to_owned()).await.unwrap();
    let first = page["items"][0].clone();
    assert_eq!((page["items"].as_array().unwrap().len(), &first["finding"]["kind"]), (2, &"held_too_long".into()));
    assert!(first["finding"]["action"].as_str().unwrap().contains("void"));
    let next = format!("gateway=sandbox&day=1970-01-03&limit=2&cursor={}", page["nextCursor"].as_str().unwrap());
    assert_eq!(list(next).await.unwrap()["items"].as_array().unwrap().len(), 1);
    for empty in ["gateway=stripe&day=1970-01-03", "gateway=sandbox&day=1970-01-04"] {
        assert_eq!(list(empty.to_owned()).await.unwrap()["items"].as_array().unwrap().len(), 0);
    }
    for wrong in [
        "",
        "gateway=sandbox",
        "gateway=sandbox&day=yesterday",
        "gateway=sandbox&day=1970-02-30",
        "gateway=nobody&day=1970-01-03",
    ] {
        assert_eq!(list(wrong.to_owned()).await.unwrap_err().status().as_u16(), 400, "{wrong}");
    }
}

#[tokio::test]
async fn given_a_payment_that_cannot_be_looked_up_when_compared_then_it_is_told_at_the_end_and_the_others_are_compared()
{
    for mut shop in Shop::on_each_table().await {
        let mut ids = Vec::new();
        for _ in 0..2 {
            shop.payment_id = PaymentId::draw();
            ids.push(shop.payment_id);
            shop.authorise("pm_sandbox_approved").await.unwrap();
            let capture = CapturePayment { payment_id: shop.payment_id };
            capture_payment(&shop.context, capture, at_minute(3 * DAY + 5)).await.unwrap();
        }
        shop.payment_id = ids[0];
        shop.tamper(|it| it.set("state", "no such state")).await;
        shop.payment_id = ids[1];
        shop.tamper(|it| it.set("state", "authorised")).await;
        let day = ReconcileDay { at: Some(at_minute(3 * DAY)) };
        assert!(reconcile_day(&shop.context, day, at_minute(4 * DAY)).await.is_err());
        let rows = shop.context.payments.findings(GatewayName::Sandbox, at_minute(3 * DAY)).await.unwrap();
        let found: Vec<_> = rows.iter().map(|row| (row.finding.payment_id, row.finding.kind)).collect();
        assert_eq!(found, [(Some(ids[1]), FindingKind::NotCaptured)]);
    }
}

#[tokio::test]
async fn given_new_differences_when_compared_then_the_alarm_is_raised_once() {
    for shop in Shop::on_each_table().await {
        shop.authorise("pm_sandbox_approved").await.unwrap();
        shop.capture().await.unwrap();
        shop.tamper(|it| it.set("state", "authorised")).await;
        let night = async || {
            let day = ReconcileDay { at: Some(Timestamp::UNIX_EPOCH) };
            reconcile_or_alarm(&shop.context, day, at_minute(50)).await
        };
        assert!(matches!(night().await, Err(Error::BooksDiffer { found: 1 })));
        let again = night().await.unwrap();
        assert_eq!((again.findings, again.new), (1, 0));
    }
}
