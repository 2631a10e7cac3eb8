//! The day's books against the sandbox's.

use rialto_dynamo::{Update, cond};

use super::*;
use crate::domain::{FindingKind, GatewayName};

impl Shop {
    async fn reconcile(&self) -> (Reconciled, Vec<FindingKind>) {
        let day = ReconcileDay { at: Some(Timestamp::UNIX_EPOCH) };
        let done = reconcile_day(&self.context, day, Timestamp::now()).await.unwrap();
        let rows = self.context.payments.findings(GatewayName::Sandbox, Timestamp::UNIX_EPOCH).await.unwrap();
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
