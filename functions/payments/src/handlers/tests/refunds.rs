//! Refunds: idempotent, and never more than was captured.

use rialto_dynamo::{Fault, Faults};
use rialto_http::{Operator, Problem, Response, testing::request};
use rialto_kernel::{RefundId, UserId};
use rialto_lambda::Message;
use serde_json::{Value, json};

use super::{routing::Scripted, *};
use crate::{
    domain::{GatewayName, Refund, RefundState},
    queue::{Queue, Work},
};

impl Shop {
    fn refunds(&self) -> Refunds {
        Refunds { context: self.context.clone(), queue: Queue::in_memory() }
    }

    async fn captured(self) -> Self {
        self.authorise("pm_sandbox_approved").await.unwrap();
        self.capture().await.unwrap();
        self
    }

    async fn refund(&self, refunds: &Refunds, key: &str, body: &Value) -> Result<Response, Problem> {
        self.refund_at(refunds, key, body, 0).await
    }

    pub(super) async fn refund_at(
        &self,
        refunds: &Refunds,
        key: &str,
        body: &Value,
        second: i64,
    ) -> Result<Response, Problem> {
        let operator = Operator { user_id: UserId::named(&["op"]) };
        let path = format!("/v1/payments/{}/refunds", self.payment_id);
        let request = request("POST", &path).path("id", self.payment_id).header("idempotency-key", key).json(body);
        let now = Timestamp::from_second(second).unwrap();
        refund_payment(refunds, operator, request.at(now).build()).await
    }
}

fn of(amount: i64) -> Value {
    json!({ "amount": { "amount": amount, "currency": "USD" }, "reason": "goodwill" })
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test]
async fn given_a_refund_when_asked_twice_with_one_key_then_it_is_given_once() {
    for shop in Shop::on_each_table().await {
        let shop = shop.captured().await;
        let refunds = shop.refunds();
        let first = shop.refund(&refunds, "k", &of(5_000)).await.unwrap();
        let again = shop.refund(&refunds, "k", &of(5_000)).await.unwrap();
        assert_eq!((first.status().as_u16(), body(&first)), (201, body(&again)));
        assert_eq!(body(&first)["state"], "settled");
        assert_eq!(shop.book("refundable").await, 7_999);
        assert_eq!(shop.payment().await.refunded(), 5_000);
        let rest = json!({ "reason": "returned" });
        assert_eq!(body(&shop.refund(&refunds, "rest", &rest).await.unwrap())["amount"]["amount"], 7_999);
        assert_eq!(shop.book("refundable").await, 0);
        let more = shop.refund(&refunds, "more", &of(1)).await.unwrap();
        let more = body(&more);
        assert_eq!((&more["code"], &more["refundable"]["amount"]), (&json!("NOT_REFUNDABLE"), &json!(0)));
    }
}

#[tokio::test]
async fn given_lines_when_refunded_then_their_sum_is_given_and_told() {
    let shop = shop().captured().await;
    let lines = json!([
        { "offerId": "off_0190163d8694739b9f3a1c5d7e9b2f40", "amount": { "amount": 700, "currency": "USD" } },
        { "offerId": "off_0190163d8694739b9f3a1c5d7e9b2f41", "amount": { "amount": 300, "currency": "USD" } },
    ]);
    let refund = json!({ "lines": lines, "reason": "returned" });
    let answer = body(&shop.refund(&shop.refunds(), "k", &refund).await.unwrap());
    assert_eq!((&answer["amount"]["amount"], &answer["lines"]), (&json!(1_000), &lines));
    let rows = rialto_dynamo::testing::items(&shop.payments_table).await.unwrap();
    let told = format!("{rows:?}");
    assert!(told.contains("PaymentRefunded.v1") && told.contains("off_0190163d8694739b9f3a1c5d7e9b2f41"));
    let mut wrong = refund.clone();
    wrong["amount"] = json!({ "amount": 1_001, "currency": "USD" });
    assert_eq!(body(&shop.refund(&shop.refunds(), "k2", &wrong).await.unwrap())["code"], "NOT_REFUNDABLE");
    assert_eq!(shop.book("refundable").await, 11_999);
}

#[tokio::test]
async fn given_many_refunds_at_once_when_all_are_answered_then_no_more_is_given_than_was_captured() {
    for shop in Shop::on_each_table().await {
        let shop = Arc::new(shop.captured().await);
        let asks = (0..16).map(|n| {
            let shop = Arc::clone(&shop);
            tokio::spawn(async move {
                let refunds = shop.refunds();
                // 16 x 2,000 of 12,999: six fit.
                let answer = shop.refund(&refunds, &format!("k{n}"), &of(2_000)).await;
                answer.map_or(500, |it| it.status().as_u16())
            })
        });
        let mut statuses = Vec::new();
        for ask in asks.collect::<Vec<_>>() {
            statuses.push(ask.await.unwrap());
        }
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 6, "{statuses:?}");
        assert_eq!(shop.book("refundable").await, 999);
        assert_eq!(shop.payment().await.refunded(), 12_000);
    }
}

#[tokio::test]
async fn given_a_crash_at_any_write_when_the_refund_is_asked_and_followed_up_then_it_is_given_once() {
    for fault in [Fault::AnswerLost, Fault::NotApplied, Fault::SentTwice, Fault::InProgress] {
        for nth in 1..=4 {
            for theirs in [false, true] {
                let plain = shop().captured().await;
                let faults = || Faults::new().at(nth, fault.clone());
                let (ours_table, their_table) = (plain.payments_table.clone(), plain.gateway_table.clone());
                let mut shop = match theirs {
                    true => Shop::over(ours_table, their_table.with_faults(faults())),
                    false => Shop::over(ours_table.with_faults(faults()), their_table),
                };
                shop.payment_id = plain.payment_id;
                let refunds = shop.refunds();
                let mut status = 0;
                for n in 0..6 {
                    // A repeat takes over once the first one is certainly dead.
                    status =
                        shop.refund_at(&refunds, "k", &of(5_000), n * 31).await.map_or(500, |it| it.status().as_u16());
                    if matches!(status, 201 | 202) {
                        break;
                    }
                }
                assert!(matches!(status, 201 | 202), "{fault:?} at {nth}: {status}");
                for work in refunds.queue.sent() {
                    let message = Message { body: serde_json::to_string(&work).unwrap(), ..Message::default() };
                    assert!(matches!(work, Work::Refund { .. }));
                    apply_webhook(&refunds, message, Timestamp::UNIX_EPOCH).await.unwrap();
                }
                assert_eq!(plain.book("refundable").await, 7_999, "{fault:?} at {nth}");
                assert_eq!(plain.payment().await.refunded(), 5_000, "{fault:?} at {nth}");
            }
        }
    }
}

#[tokio::test]
async fn given_a_request_that_dies_at_any_write_and_never_comes_again_when_followed_up_then_no_refund_is_left_begun() {
    let mut begun = 0;
    for fault in [Fault::AnswerLost, Fault::NotApplied] {
        for nth in 1..=4 {
            let plain = shop().captured().await;
            let broken = plain.payments_table.clone().with_faults(Faults::new().at(nth, fault.clone()));
            let mut shop = Shop::over(broken, plain.gateway_table.clone());
            shop.payment_id = plain.payment_id;
            let refunds = shop.refunds();
            let _ = shop.refund(&refunds, "k", &of(5_000)).await;
            begun += plain.payment().await.refunds.len();
            follow_up(&plain, &refunds.queue.sent()).await;
            let payment = plain.payment().await;
            assert!(payment.refunds.values().all(|it| it.state == RefundState::Settled), "{fault:?} at {nth}");
            assert_eq!(plain.book("refundable").await, 12_999 - payment.refunded(), "{fault:?} at {nth}");
        }
    }
    assert!(begun > 2, "some died after it was begun, others before");
}

#[tokio::test]
async fn given_a_refund_that_the_gateway_gives_back_later_when_followed_up_then_it_is_until_it_ends() {
    let mut shop = shop().captured().await;
    let (payment_id, refund_id) = (shop.payment_id, RefundId::named(&["late"]));
    let started = crate::domain::Change::RefundStarted {
        refund_id,
        refund: Refund {
            amount: Money::new(5_000, Currency::USD),
            lines: Vec::new(),
            reason: crate::domain::RefundReason::Goodwill,
            state: RefundState::Started,
            refusal: None,
            by: None,
            at: Timestamp::UNIX_EPOCH,
        },
    };
    shop.context.payments.record(&shop.payment().await, &started, None, Timestamp::UNIX_EPOCH).await.unwrap();
    let work = Work::Refund { payment_id, refund_id };
    let real = shop.context.gateways.clone();
    shop.context.gateways = Gateways::new(Scripted::ignorant(GatewayName::Sandbox, false), None);
    for _ in 0..2 {
        assert_eq!(follow_up(&shop, std::slice::from_ref(&work)).await, std::slice::from_ref(&work), "it comes again");
    }
    shop.context.gateways = real;
    assert_eq!(follow_up(&shop, std::slice::from_ref(&work)).await, []);
    assert_eq!((shop.payment().await.refunded(), shop.book("refundable").await), (5_000, 7_999));
    let never_begun = Work::Refund { payment_id, refund_id: RefundId::named(&["never"]) };
    let nobodys = Work::Refund { payment_id: PaymentId::draw(), refund_id };
    assert_eq!(follow_up(&shop, &[never_begun, nobodys]).await, []);
}

/// Works the messages off; what was sent meanwhile.
async fn follow_up(shop: &Shop, messages: &[Work]) -> Vec<Work> {
    let refunds = shop.refunds();
    for work in messages {
        let message = Message { body: serde_json::to_string(work).unwrap(), ..Message::default() };
        apply_webhook(&refunds, message, Timestamp::UNIX_EPOCH).await.unwrap();
    }
    refunds.queue.sent()
}

#[tokio::test]
async fn given_a_payment_without_money_when_refunded_then_it_is_refused() {
    let shop = shop();
    let missing = shop.refund(&shop.refunds(), "k", &of(1)).await.unwrap_err();
    assert_eq!(missing.status().as_u16(), 404);
    shop.authorise("pm_sandbox_approved").await.unwrap();
    let answer = shop.refund(&shop.refunds(), "k2", &of(1)).await.unwrap();
    assert_eq!(answer.status().as_u16(), 409);
    let captured = shop.captured().await;
    let mut none = of(0);
    none["lines"] =
        json!([{ "offerId": "off_0190163d8694739b9f3a1c5d7e9b2f40", "amount": { "amount": -1, "currency": "USD" } }]);
    assert_eq!(captured.refund(&captured.refunds(), "k3", &none).await.unwrap_err().status().as_u16(), 422);
    assert_eq!(captured.refund(&captured.refunds(), "k4", &of(0)).await.unwrap().status().as_u16(), 409);
}

fn by_line(offer: &str, amount: i64) -> Value {
    json!({ "lines": [{ "offerId": offer, "amount": { "amount": amount, "currency": "USD" } }], "reason": "returned" })
}

#[tokio::test]
async fn given_a_refund_by_line_when_it_is_no_line_or_more_than_is_left_of_it_then_it_is_refused_with_what_is_left() {
    for shop in Shop::on_each_table().await {
        let shop = shop.captured().await;
        let refunds = shop.refunds();
        let stranger = "off_0190163d8694739b9f3a1c5d7e9b2f99";
        for (key, offer, amount, expected, left) in [
            ("none", stranger, 1, 409, None),
            ("over", LINES[1], 3_000, 409, Some(2_999)),
            ("part", LINES[1], 2_000, 201, None),
            ("part", LINES[1], 2_000, 201, None),
            ("more", LINES[1], 1_000, 409, Some(999)),
            ("rest", LINES[1], 999, 201, None),
            ("again", LINES[1], 1, 409, Some(0)),
        ] {
            let answer = shop.refund(&refunds, key, &by_line(offer, amount)).await.unwrap();
            assert_eq!(answer.status().as_u16(), expected, "{key}: {}", body(&answer));
            if let Some(left) = left {
                let answer = body(&answer);
                assert_eq!(
                    (&answer["offerId"], &answer["refundable"]["amount"]),
                    (&json!(offer), &json!(left)),
                    "{key}"
                );
            }
        }
        let twice = json!({ "offerId": LINES[0], "amount": { "amount": 5_001, "currency": "USD" } });
        let twice = json!({ "lines": [twice, twice], "reason": "returned" });
        assert_eq!(shop.refund(&refunds, "twice", &twice).await.unwrap().status().as_u16(), 409);
        // Of no line: the sum is all that bounds it.
        assert_eq!(shop.refund(&refunds, "cent", &of(1)).await.unwrap().status().as_u16(), 201);
        let whole = shop.refund(&refunds, "whole", &json!({ "reason": "returned" })).await.unwrap();
        assert_eq!(body(&whole)["amount"]["amount"], 9_999, "exactly the rest");
        assert_eq!((shop.book("refundable").await, shop.payment().await.refunded()), (0, 12_999));
    }
}

#[tokio::test]
async fn given_many_refunds_of_a_line_at_once_when_all_are_answered_then_no_more_is_given_than_was_paid_for_it() {
    for shop in Shop::on_each_table().await {
        let shop = Arc::new(shop.captured().await);
        let asks = (0..12).map(|n| {
            let shop = Arc::clone(&shop);
            tokio::spawn(async move {
                let refunds = shop.refunds();
                let answer = shop.refund(&refunds, &format!("k{n}"), &by_line(LINES[1], 700)).await;
                answer.map_or(500, |it| it.status().as_u16())
            })
        });
        let mut statuses = Vec::new();
        for ask in asks.collect::<Vec<_>>() {
            statuses.push(ask.await.unwrap());
        }
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 4, "4 x 700 of 2,999: {statuses:?}");
        assert_eq!(shop.book("refundable").await, 12_999 - 2_800);
    }
}
