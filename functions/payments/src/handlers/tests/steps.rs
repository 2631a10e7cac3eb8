//! The steps of the checkout: repeated, refused, unanswered, given up and crashed.

use rialto_dynamo::{Fault, Faults, Update};
use rialto_lambda::StepError;

use super::{routing::Scripted, *};
use crate::domain::FindingKind;

#[tokio::test]
async fn given_an_approved_card_when_each_step_is_repeated_then_it_is_charged_once() {
    for shop in Shop::on_each_table().await {
        for _ in 0..3 {
            shop.authorise("pm_sandbox_approved").await.unwrap();
        }
        for _ in 0..3 {
            shop.capture().await.unwrap();
        }
        assert_eq!((shop.state().await, shop.captures().await), (State::Captured, 1));
        assert_eq!(shop.outcomes().await, ["sandbox authorise ok", "sandbox capture ok"]);
    }
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
        assert_eq!(shop.outcomes().await, [format!("sandbox authorise {code}")]);
    }
}

#[tokio::test]
async fn given_a_lost_answer_when_asked_again_then_it_is_looked_up_and_is_one_charge() {
    let shop = shop();
    assert!(matches!(shop.authorise("pm_sandbox_timeout_then_approved").await, Err(Error::OutcomeUnknown)));
    shop.authorise("pm_sandbox_timeout_then_approved").await.unwrap();
    shop.capture().await.unwrap();
    assert_eq!(shop.captures().await, 1);
    assert_eq!(shop.payment().await.asks, 1, "the look-up found it: nobody was asked twice");
    assert_eq!(shop.outcomes().await, ["sandbox authorise unknown", "sandbox capture ok"]);
}

#[tokio::test]
async fn given_a_gateway_that_never_answers_when_given_up_then_a_late_answer_finds_it_closed() {
    let shop = shop();
    for _ in 0..3 {
        assert!(matches!(shop.authorise("pm_sandbox_timeout").await, Err(Error::OutcomeUnknown)));
    }
    assert_eq!((shop.state().await, shop.payment().await.asks), (State::Authorising, 3), "no answer is no decline");
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
async fn given_a_payment_that_others_have_to_act_on_when_asked_then_it_waits_and_can_be_given_up() {
    for (method, waits) in [
        ("pm_sandbox_needs_action", State::ActionRequired),
        ("pm_sandbox_wallet", State::ActionRequired),
        ("pm_sandbox_bank_transfer", State::Pending),
    ] {
        let shop = shop();
        for _ in 0..3 {
            let waiting = shop.authorise(method).await;
            assert!(matches!(waiting, Err(Error::ActionRequired | Error::Pending)), "{method}: {waiting:?}");
            assert_eq!(shop.state().await, waits);
        }
        assert!(matches!(shop.capture().await, Err(Error::NotAuthorised)), "{method}");
        shop.void().await.unwrap();
        assert_eq!((shop.state().await, shop.captures().await), (State::Voided, 0), "{method}");
    }
}

#[tokio::test]
async fn given_a_crash_at_any_write_when_the_step_is_tried_again_then_the_payment_is_captured_once() {
    for fault in
        [Fault::AnswerLost, Fault::NotApplied, Fault::SentTwice, Fault::Conflict, Fault::Throttled, Fault::InProgress]
    {
        for nth in 1..=5 {
            let plain = shop();
            let faults = || Faults::new().at(nth, fault.clone());
            let ours = plain.payments_table.clone().with_faults(faults());
            let shop = Shop::over(ours, plain.gateway_table.clone().with_faults(faults()));
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

#[tokio::test]
async fn given_a_giving_up_in_the_midst_of_an_authorisation_when_both_are_over_then_nothing_is_held() {
    for _ in 0..50 {
        let shop = Arc::new(shop());
        let (one, other) = (Arc::clone(&shop), Arc::clone(&shop));
        let authorising = tokio::spawn(async move {
            for _ in 0..5 {
                let _ = one.authorise("pm_sandbox_approved").await;
                tokio::task::yield_now().await;
            }
        });
        let voiding = tokio::spawn(async move { while other.void().await.is_err() {} });
        authorising.await.unwrap();
        voiding.await.unwrap();
        assert_eq!((shop.state().await, shop.captures().await), (State::Voided, 0));
        assert!(matches!(shop.authorise("pm_sandbox_approved").await, Err(Error::Declined { .. })));
    }
}

#[tokio::test]
async fn given_a_gateway_that_made_it_another_amount_when_given_up_then_it_holds_and_keeps_nothing() {
    for (at_gateway, captures) in [("authorised", 0), ("captured", 1)] {
        for shop in Shop::on_each_table().await {
            assert!(shop.authorise("pm_sandbox_timeout_then_approved").await.is_err());
            let intent = Key::new(format!("INTENT#{}:1", shop.payment_id), "INTENT");
            let other = Update::of(intent.clone()).set("amount", 13_000).set("state", at_gateway);
            let other = other.set("captures", captures).set("refundable", captures * 13_000);
            shop.gateway_table.update(other).await.unwrap();
            // However often it is asked, the name is one that the workflow answers with giving the payment up.
            for _ in 0..2 {
                let differs = shop.authorise("pm_sandbox_timeout_then_approved").await.unwrap_err();
                assert_eq!(differs.name(), "PaymentAmountDiffers");
            }
            assert!(matches!(shop.capture().await, Err(Error::NotAuthorised)));
            let findings = shop.context.payments.findings(GatewayName::Sandbox, Timestamp::UNIX_EPOCH).await.unwrap();
            let [found] = findings.as_slice() else { panic!("one finding: {findings:?}") };
            assert_eq!(
                (found.finding.kind, found.finding.payment_id),
                (FindingKind::AmountDiffers, Some(shop.payment_id))
            );
            let amount = |money: Option<Money>| money.map(Money::amount);
            assert_eq!((amount(found.finding.ours), amount(found.finding.theirs)), (Some(12_999), Some(13_000)));
            shop.void().await.unwrap();
            let books = shop.gateway_table.get::<Value>(&intent, Read::Strong).await.unwrap().unwrap();
            assert_eq!(
                (&books["state"], &books["captures"], &books["refundable"]),
                (&"cancelled".into(), &0.into(), &0.into())
            );
            assert_eq!(shop.state().await, State::Voided);
        }
    }
}

#[tokio::test]
async fn given_a_payment_that_waits_for_others_when_its_gateway_does_not_answer_about_it_then_it_still_waits() {
    for (method, waits) in
        [("pm_sandbox_wallet", "PaymentActionRequired"), ("pm_sandbox_bank_transfer", "PaymentPending")]
    {
        for deaf in [true, false] {
            let mut shop = shop();
            assert!(shop.authorise(method).await.is_err());
            let gateway = Scripted::ignorant(GatewayName::Sandbox, deaf);
            shop.context.gateways = Gateways::new(gateway.clone(), None);
            let before = shop.payment().await;
            for _ in 0..10 {
                assert_eq!(shop.authorise(method).await.unwrap_err().name(), waits);
            }
            assert_eq!((shop.payment().await, gateway.asked().len()), (before, 0));
        }
    }
}

#[tokio::test]
async fn given_a_total_that_the_gateway_cannot_take_when_asked_then_the_decline_says_so() {
    let shop = shop();
    let amount = Money::new(100_000_000, Currency::USD);
    let input = || AuthorisePayment { amount, lines: Vec::new(), ..shop.input("pm_sandbox_approved") };
    for _ in 0..2 {
        let refused = authorise_payment(&shop.context, input(), Timestamp::UNIX_EPOCH).await;
        assert!(matches!(&refused, Err(Error::Declined { reason }) if reason == "AMOUNT_TOO_LARGE"), "{refused:?}");
    }
    assert_eq!((shop.state().await, shop.captures().await), (State::Failed, 0));
}

#[tokio::test]
async fn given_lines_that_are_not_the_amounts_when_asked_then_nothing_is_begun() {
    let shop = shop();
    let lines = vec![billed(LINES[0], 10_000), billed(LINES[1], 2_998)];
    let input = AuthorisePayment { lines, ..shop.input("pm_sandbox_approved") };
    let refused = authorise_payment(&shop.context, input, Timestamp::UNIX_EPOCH).await;
    assert!(matches!(refused, Err(Error::Misbilled)), "{refused:?}");
    assert!(shop.context.payments.load(shop.payment_id).await.unwrap().is_none());
}

#[tokio::test]
async fn given_several_questions_when_an_operator_looks_then_each_is_there_with_its_own_refusal() {
    use rialto_http::{Operator, testing::request};

    let shop = shop();
    assert!(shop.authorise("pm_sandbox_timeout").await.is_err());
    assert!(shop.authorise("pm_sandbox_timeout").await.is_err());
    let show = async |id: PaymentId| {
        let operator = Operator { user_id: rialto_kernel::UserId::named(&["op"]) };
        let path = format!("/v1/payments/{id}");
        show_payment(&shop.context.payments, operator, request("GET", &path).path("id", id).build()).await
    };
    shop.void().await.unwrap();
    let shown: Value = serde_json::from_slice(show(shop.payment_id).await.unwrap().body()).unwrap();
    let attempts = shown["attempts"].as_array().unwrap();
    let said: Vec<_> = attempts.iter().map(|it| (it["operation"].as_str(), it["outcome"].as_str())).collect();
    let (asked, unknown) = (Some("authorise"), Some("unknown"));
    assert_eq!(said, [(asked, unknown), (asked, unknown), (Some("void"), Some("ok"))]);
    assert_eq!((&shown["state"], &shown["gateway"]), (&"voided".into(), &"sandbox".into()));
    assert!(!shown.to_string().contains("pm_sandbox"), "no token: {shown}");
    assert_eq!(show(PaymentId::draw()).await.unwrap_err().status().as_u16(), 404);
}
