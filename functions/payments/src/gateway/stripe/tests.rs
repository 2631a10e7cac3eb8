//! The protocol against a server that answers in Stripe's documented shapes, and the requests against stripe-mock, which
//! checks them by Stripe's own description of its API.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod mock;

use rialto_kernel::{Currency, Money, PaymentId, RefundId};
use serde_json::{Value, json};

use super::*;
use crate::gateway::wiretap::{Does, Server, ok};

fn stripe(base: &str) -> Stripe {
    Stripe::new(base, "sk_test_1".into(), "https://shop.example/back".to_owned()).unwrap()
}

fn intent(reference: Option<&str>) -> Intent<'_> {
    let amount = Money::new(12_999, Currency::USD);
    Intent { payment_id: PaymentId::named(&["p"]), key: "pay_1:1", amount, reference }
}

fn asks(reference: Option<&str>) -> Authorisation<'_> {
    Authorisation {
        intent: intent(reference),
        method: "pm_card_visa",
        approved: false,
        ask: 1,
        now: Timestamp::UNIX_EPOCH,
    }
}

fn shape(status: &str) -> Value {
    json!({
        "id": "pi_1", "object": "payment_intent", "amount": 12_999, "currency": "usd", "status": status,
        "metadata": { "payment_id": PaymentId::named(&["p"]), "key": "pay_1:1" },
        "last_payment_error": null, "next_action": null, "latest_charge": null,
    })
}

fn error(status: u16, headers: &'static str, error: &Value) -> Does {
    Does::Answers(status, headers, json!({ "error": error }).to_string())
}

const REPLAYED: &str = "idempotent-replayed: true\r\n";

#[tokio::test]
async fn given_a_card_when_authorised_then_the_intent_is_made_and_confirmed_with_keys_version_and_form() {
    let server = Server::start(vec![ok(shape("requires_payment_method")), ok(shape("requires_capture"))]).await;
    let standing = stripe(&server.address).authorise(asks(None)).await.unwrap();
    assert_eq!((standing.stands, standing.reference.as_str()), (Stands::Authorised, "pi_1"));
    assert_eq!(standing.amount, Money::new(12_999, Currency::USD));
    let seen = server.seen();
    assert_eq!(server.lines(), ["POST /v1/payment_intents", "POST /v1/payment_intents/pi_1/confirm"]);
    let [made, confirmed] = seen.as_slice() else { panic!("two") };
    assert_eq!(made.header("idempotency-key"), Some("pay_1:1/create"));
    assert_eq!(confirmed.header("idempotency-key"), Some("pay_1:1/1/confirm"));
    for request in &seen {
        assert_eq!(request.header("authorization"), Some("Bearer sk_test_1"));
        assert_eq!(request.header("stripe-version"), Some(API_VERSION));
        assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    }
    assert!(made.body.starts_with("amount=12999&currency=usd&capture_method=manual&"), "{}", made.body);
    assert!(made.body.contains(&format!("metadata%5Bpayment_id%5D={}", PaymentId::named(&["p"]))));
    assert!(confirmed.body.contains("payment_method=pm_card_visa") && !made.body.contains("payment_method="));
}

#[tokio::test]
async fn given_answers_to_the_confirmation_when_read_then_only_definite_ones_are_definite() {
    let declined = |code: &str| Err(GatewayError::Declined { code: code.to_owned() });
    let unknown = || Err(GatewayError::OutcomeUnknown { reference: Some("pi_1".to_owned()) });
    let card = json!({ "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds" });
    let api = json!({ "type": "api_error" });
    let mut action = shape("requires_action");
    action["next_action"] = json!({ "type": "redirect_to_url", "redirect_to_url": { "url": "https://bank/3ds" } });
    let redirect = Stands::ActionRequired { redirect: Some("https://bank/3ds".to_owned()) };
    for (does, expected) in [
        (error(402, "", &card), declined("INSUFFICIENT_FUNDS")),
        (ok(action), Ok(redirect)),
        (ok(shape("processing")), Ok(Stands::Pending { received: 0 })),
        (ok(shape("a_state_of_tomorrow")), unknown()),
        (ok("not json"), unknown()),
        (error(500, "", &api), unknown()),
        (error(503, "stripe-should-retry: true\r\n", &api), unknown()),
        (error(409, "", &json!({ "type": "idempotency_error" })), unknown()),
        (error(429, "", &api), Err(GatewayError::RateLimited)),
        (Does::HangsUp, unknown()),
        (Does::AnswersHalf, unknown()),
    ] {
        let server = Server::start(vec![does.clone()]).await;
        let outcome = stripe(&server.address).authorise(asks(Some("pi_1"))).await;
        assert_eq!(outcome.map(|it| it.stands), expected, "{does:?}");
        assert!(server.is_done());
    }
}

#[tokio::test]
async fn given_nobody_listening_when_asked_then_it_is_certain_only_before_the_intent_was_made() {
    let gone = "http://127.0.0.1:1";
    assert_eq!(stripe(gone).authorise(asks(None)).await, Err(GatewayError::NotReached));
    let unknown = GatewayError::OutcomeUnknown { reference: Some("pi_1".to_owned()) };
    assert_eq!(stripe(gone).authorise(asks(Some("pi_1"))).await, Err(unknown), "an earlier question made it");
}

#[tokio::test]
async fn given_a_failure_kept_under_the_key_when_asked_then_a_further_key_is_used_for_the_same_intent() {
    let kept = error(500, REPLAYED, &json!({ "type": "api_error" }));
    let server = Server::start(vec![kept.clone(), kept, ok(shape("succeeded"))]).await;
    let standing = stripe(&server.address).capture(intent(Some("pi_1"))).await.unwrap();
    assert_eq!(standing.stands, Stands::Captured);
    let keys: Vec<_> = server.seen().iter().filter_map(|it| it.header("idempotency-key").map(str::to_owned)).collect();
    assert_eq!(keys, ["pay_1:1/capture", "pay_1:1/capture/2", "pay_1:1/capture/3"]);
    // A first failure is not asked again here: the workflow waits, and looks first.
    let server = Server::start(vec![error(500, "", &json!({ "type": "api_error" }))]).await;
    assert!(stripe(&server.address).capture(intent(Some("pi_1"))).await.is_err());
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn given_an_intent_past_the_step_when_asked_then_how_it_stands_decides() {
    let past =
        || error(400, "", &json!({ "type": "invalid_request_error", "code": "payment_intent_unexpected_state" }));
    for (status, expected) in [
        ("succeeded", Ok(Stands::Captured)),
        ("canceled", Err(GatewayError::Declined { code: "CAPTURE_REFUSED".to_owned() })),
        ("processing", Err(GatewayError::OutcomeUnknown { reference: Some("pi_1".to_owned()) })),
    ] {
        let server = Server::start(vec![past(), ok(shape(status))]).await;
        let outcome = stripe(&server.address).capture(intent(Some("pi_1"))).await;
        assert_eq!(outcome.map(|it| it.stands), expected, "{status}");
    }
}

#[tokio::test]
async fn given_a_payment_to_void_when_it_is_found_captured_then_the_rest_is_refunded_and_else_it_is_cancelled() {
    let past =
        || error(400, "", &json!({ "type": "invalid_request_error", "code": "payment_intent_unexpected_state" }));
    let done = json!({ "id": "re_1", "status": "succeeded" });
    let nothing = json!({ "data": [], "has_more": false });
    let search = "GET /v1/payment_intents/search?query=metadata%5B%27key%27%5D%3A%27pay_1%3A1%27&limit=10&expand%5B%5D=data.latest_charge";
    let server = Server::start(vec![ok(nothing), ok(shape("requires_payment_method")), ok(shape("canceled"))]).await;
    stripe(&server.address).void(intent(None)).await.unwrap();
    let fence = [search, "POST /v1/payment_intents", "POST /v1/payment_intents/pi_1/cancel"];
    assert_eq!(server.lines(), fence, "a key never seen is closed, so that a late question finds it so");
    let server = Server::start(vec![past(), ok(shape("succeeded")), ok(done)]).await;
    stripe(&server.address).void(intent(Some("pi_1"))).await.unwrap();
    assert_eq!(server.lines().last().unwrap(), "POST /v1/refunds");
    assert!(!server.seen().last().unwrap().body.contains("amount="), "whatever is left");
    for script in [vec![Does::HangsUp], vec![past(), ok(shape("processing"))], vec![past(), Does::HangsUp]] {
        let server = Server::start(script).await;
        let outcome = stripe(&server.address).void(intent(Some("pi_1"))).await;
        assert!(matches!(outcome, Err(GatewayError::OutcomeUnknown { .. })), "{outcome:?}");
    }
}

#[tokio::test]
async fn given_a_refund_when_asked_and_looked_up_then_it_goes_by_its_own_id() {
    let id = RefundId::named(&["r"]);
    let request = RefundRequest { intent: intent(Some("pi_1")), refund_id: id, amount: Money::new(500, Currency::USD) };
    let refund = |status: &str| json!({ "id": "re_1", "status": status, "metadata": { "refund_id": id } });
    for (does, expected) in [
        (ok(refund("succeeded")), Ok(RefundOutcome::Done)),
        (ok(refund("pending")), Ok(RefundOutcome::Pending)),
        (ok(refund("failed")), Err(GatewayError::Declined { code: "REFUND_FAILED".to_owned() })),
        (Does::HangsUp, Err(GatewayError::unknown())),
    ] {
        let server = Server::start(vec![does]).await;
        assert_eq!(stripe(&server.address).refund(request).await, expected);
        let seen = server.seen();
        let sent = seen.first().unwrap();
        assert_eq!(sent.header("idempotency-key"), Some(id.to_string().as_str()));
        assert!(sent.body.starts_with("payment_intent=pi_1&amount=500&"), "{}", sent.body);
    }
    let other = json!({ "data": [{ "id": "re_0", "status": "succeeded", "metadata": {} }], "has_more": true });
    let found = json!({ "data": [refund("succeeded")], "has_more": false });
    let server = Server::start(vec![ok(other), ok(found)]).await;
    assert_eq!(stripe(&server.address).look_up_refund(request).await, Ok(Some(RefundOutcome::Done)));
    assert!(server.lines().last().unwrap().ends_with("&starting_after=re_0"));
    let server = Server::start(vec![ok(json!({ "data": [], "has_more": false }))]).await;
    assert_eq!(stripe(&server.address).look_up_refund(request).await, Ok(None));
}

#[tokio::test]
async fn given_a_day_when_listed_then_payments_carry_our_ids_and_what_was_given_back() {
    let mut refunded = shape("succeeded");
    refunded["latest_charge"] = json!({ "id": "ch_1", "amount_refunded": 500 });
    let mut nobodys = shape("requires_capture");
    nobodys["metadata"] = json!({});
    let server = Server::start(vec![ok(json!({ "data": [refunded, nobodys], "has_more": true }))]).await;
    let to = Timestamp::from_second(86_400).unwrap();
    let page = stripe(&server.address).list(Timestamp::UNIX_EPOCH, to, Some("pi_0".to_owned())).await.unwrap();
    assert_eq!(page.next.as_deref(), Some("pi_1"));
    let [first, second] = page.payments.as_slice() else { panic!("two") };
    assert_eq!((first.payment_id, first.standing.refunded), (Some(PaymentId::named(&["p"])), 500));
    assert_eq!((second.payment_id, &second.standing.stands), (None, &Stands::Authorised));
    assert!(server.lines().first().unwrap().contains("created%5Bgte%5D=0&created%5Blt%5D=86400&limit=100"));
}

#[test]
fn given_the_client_when_printed_then_its_key_is_not() {
    assert!(!format!("{:?}", stripe("https://api.stripe.com")).contains("sk_test"));
}
