//! The protocol against a server that answers in PayPal's documented shapes.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use rialto_kernel::{Currency, Money, PaymentId, RefundId};

use super::*;
use crate::gateway::wiretap::{Does, Server, ok};

fn paypal(server: &Server) -> Paypal {
    Paypal::new(&server.address, "client".to_owned(), "secret".into(), "https://shop.example/back".to_owned()).unwrap()
}

fn intent(reference: Option<&str>) -> Intent<'_> {
    let amount = Money::new(12_999, Currency::USD);
    Intent { payment_id: PaymentId::named(&["p"]), key: "pay_1:1", amount, reference }
}

fn asks(reference: Option<&str>) -> Authorisation<'_> {
    Authorisation { intent: intent(reference), method: "vault_1", approved: false, ask: 1, now: Timestamp::UNIX_EPOCH }
}

fn token() -> Does {
    ok(json!({ "access_token": "A21", "token_type": "Bearer", "expires_in": 32_400 }))
}

fn order(status: &str, payments: &Value) -> Value {
    let unit = json!({ "amount": { "currency_code": "USD", "value": "129.99" }, "payments": payments });
    json!({ "id": "5O1", "intent": "AUTHORIZE", "status": status, "purchase_units": [unit], "links": [] })
}

fn authorised(status: &str) -> Value {
    order("COMPLETED", &json!({ "authorizations": [{ "id": "AUTH1", "status": status }] }))
}

fn captured() -> Value {
    let payments = json!({
        "authorizations": [{ "id": "AUTH1", "status": "CAPTURED" }], "captures": [{ "id": "CAP1", "status": "COMPLETED" }],
    });
    order("COMPLETED", &payments)
}

fn refusal(status: u16, name: &str, issue: &str) -> Does {
    Does::Answers(status, "", json!({ "name": name, "details": [{ "issue": issue }] }).to_string())
}

#[tokio::test]
async fn given_a_wallet_when_authorised_then_the_order_is_made_and_authorised_under_its_request_ids() {
    let script = vec![token(), ok(json!({ "id": "5O1", "status": "CREATED" })), ok("{}"), ok(authorised("CREATED"))];
    let server = Server::start(script).await;
    let standing = paypal(&server).authorise(asks(None)).await.unwrap();
    assert_eq!((standing.stands, standing.amount), (Stands::Authorised, Money::new(12_999, Currency::USD)));
    assert_eq!(
        server.lines(),
        [
            "POST /v1/oauth2/token",
            "POST /v2/checkout/orders",
            "POST /v2/checkout/orders/5O1/authorize",
            "GET /v2/checkout/orders/5O1"
        ]
    );
    let seen = server.seen();
    let [token, made, asked, shown] = seen.as_slice() else { panic!("four") };
    assert_eq!(token.header("authorization"), Some("Basic Y2xpZW50OnNlY3JldA=="));
    assert_eq!(token.body, "grant_type=client_credentials");
    assert!([made, asked, shown].iter().all(|it| it.header("authorization") == Some("Bearer A21")));
    assert_eq!(made.header("paypal-request-id"), Some("pay_1:1/create"));
    assert_eq!(asked.header("paypal-request-id"), Some("pay_1:1/1/authorize"));
    let made: Value = serde_json::from_str(&made.body).unwrap();
    assert_eq!((&made["intent"], &made["purchase_units"][0]["invoice_id"]), (&json!("AUTHORIZE"), &json!("pay_1:1")));
    assert_eq!(made["purchase_units"][0]["amount"], json!({ "currency_code": "USD", "value": "129.99" }));
    let asked: Value = serde_json::from_str(&asked.body).unwrap();
    let source = &asked["payment_source"]["paypal"];
    assert_eq!(source["vault_id"], "vault_1");
    assert_eq!(source["experience_context"]["return_url"], "https://shop.example/back");
}

#[tokio::test]
async fn given_an_order_that_its_payer_has_approved_when_looked_up_and_asked_again_then_it_is_authorised_without_a_token()
 {
    let script = vec![token(), ok(order("APPROVED", &json!(null))), ok("{}"), ok(authorised("CREATED"))];
    let server = Server::start(script).await;
    let paypal = paypal(&server);
    let standing = paypal.look_up(intent(Some("5O1"))).await.unwrap().unwrap();
    assert_eq!(standing.stands, Stands::Approved);
    let again = Authorisation { approved: true, ask: 2, ..asks(Some("5O1")) };
    assert_eq!(paypal.authorise(again).await.unwrap().stands, Stands::Authorised);
    let seen = server.seen();
    let sent = seen.iter().find(|it| it.line.ends_with("/authorize")).unwrap();
    assert_eq!((sent.body.as_str(), sent.header("paypal-request-id")), ("{}", Some("pay_1:1/2/authorize")));
}

#[tokio::test]
async fn given_a_capture_that_paypal_declines_when_asked_then_it_is_refused_for_certain_and_can_still_be_voided() {
    let declined = order(
        "COMPLETED",
        &json!({
            "authorizations": [{ "id": "AUTH1", "status": "CREATED" }], "captures": [{ "id": "CAP1", "status": "DECLINED" }],
        }),
    );
    let refused = Err(GatewayError::Declined { code: "CAPTURE_REFUSED".to_owned() });
    let server = Server::start(vec![token(), ok(authorised("CREATED")), ok("{}"), ok(&declined)]).await;
    assert_eq!(paypal(&server).capture(intent(Some("5O1"))).await, refused);
    let instrument = Err(GatewayError::Declined { code: "PAYMENT_DECLINED".to_owned() });
    let unprocessable = refusal(422, "UNPROCESSABLE_ENTITY", "INSTRUMENT_DECLINED");
    let server = Server::start(vec![token(), ok(authorised("CREATED")), unprocessable]).await;
    assert_eq!(paypal(&server).capture(intent(Some("5O1"))).await, instrument);
    let voided = Does::Answers(204, "", String::new());
    let server = Server::start(vec![token(), ok(&declined), voided, ok(authorised("VOIDED"))]).await;
    paypal(&server).void(intent(Some("5O1"))).await.unwrap();
    assert_eq!(server.lines()[2], "POST /v2/payments/authorizations/AUTH1/void");
}

#[tokio::test]
async fn given_an_order_that_was_never_authorised_when_voided_or_forgotten_then_nothing_is_left_to_do() {
    for status in ["CREATED", "APPROVED", "PAYER_ACTION_REQUIRED", "VOIDED"] {
        let server = Server::start(vec![token(), ok(order(status, &json!(null)))]).await;
        paypal(&server).void(intent(Some("5O1"))).await.unwrap();
        assert_eq!(server.lines().len(), 2, "{status}");
    }
    let gone = || refusal(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID");
    let server = Server::start(vec![token(), gone(), gone()]).await;
    let paypal = paypal(&server);
    assert_eq!(paypal.look_up(intent(Some("5O1"))).await, Ok(None));
    paypal.void(intent(Some("5O1"))).await.unwrap();
}

#[tokio::test]
async fn given_answers_to_the_authorisation_when_read_then_only_definite_ones_are_definite() {
    let unknown = || Err(GatewayError::OutcomeUnknown { reference: Some("5O1".to_owned()) });
    let declined = |code: &str| Err(GatewayError::Declined { code: code.to_owned() });
    let action = json!({
        "id": "5O1", "status": "PAYER_ACTION_REQUIRED", "links": [{ "rel": "payer-action", "href": "https://paypal/x" }],
        "purchase_units": [{ "amount": { "currency_code": "USD", "value": "129.99" } }],
    });
    let redirect = Stands::ActionRequired { redirect: Some("https://paypal/x".to_owned()) };
    let unprocessable = |issue: &str| refusal(422, "UNPROCESSABLE_ENTITY", issue);
    for (script, expected) in [
        (vec![unprocessable("INSTRUMENT_DECLINED")], declined("PAYMENT_DECLINED")),
        (vec![unprocessable("TOKEN_ID_NOT_FOUND")], declined("UNKNOWN_PAYMENT_METHOD")),
        (vec![unprocessable("MAX_VALUE_EXCEEDED")], declined("AMOUNT_TOO_LARGE")),
        (vec![refusal(400, "INVALID_REQUEST", "CANNOT_BE_ZERO_OR_NEGATIVE")], declined("AMOUNT_TOO_SMALL")),
        (vec![unprocessable("ORDER_ALREADY_AUTHORIZED"), ok(authorised("CREATED"))], Ok(Stands::Authorised)),
        (vec![unprocessable("PAYER_ACTION_REQUIRED"), ok(action)], Ok(redirect)),
        (vec![ok("{}"), ok(authorised("PENDING"))], Ok(Stands::Pending { received: 0 })),
        (vec![ok("{}"), ok(authorised("DENIED"))], declined("PAYMENT_DECLINED")),
        (vec![ok("{}"), Does::HangsUp], unknown()),
        (vec![Does::HangsUp], unknown()),
        (vec![Does::AnswersHalf], unknown()),
        (vec![refusal(500, "INTERNAL_SERVER_ERROR", "")], unknown()),
        (vec![refusal(409, "RESOURCE_CONFLICT", "PREVIOUS_REQUEST_IN_PROGRESS")], unknown()),
        (vec![unprocessable("DUPLICATE_INVOICE_ID")], unknown()),
        (vec![refusal(429, "RATE_LIMIT_REACHED", "")], Err(GatewayError::RateLimited)),
        (
            vec![refusal(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER")],
            Err(GatewayError::Rejected { code: "MISSING_REQUIRED_PARAMETER".to_owned() }),
        ),
    ] {
        let server = Server::start([vec![token()], script.clone()].concat()).await;
        let outcome = paypal(&server).authorise(asks(Some("5O1"))).await;
        assert_eq!(outcome.map(|it| it.stands), expected, "{script:?}");
        assert!(server.is_done());
    }
    let server = Server::start(vec![refusal(401, "AUTHENTICATION_FAILURE", "")]).await;
    assert!(
        matches!(paypal(&server).authorise(asks(None)).await, Err(GatewayError::Transient(_))),
        "nothing was asked"
    );
}

#[tokio::test]
async fn given_an_authorisation_when_captured_voided_and_refunded_then_each_goes_to_its_part() {
    let server = Server::start(vec![token(), ok(authorised("CREATED")), ok("{}"), ok(captured())]).await;
    assert_eq!(paypal(&server).capture(intent(Some("5O1"))).await.unwrap().stands, Stands::Captured);
    assert_eq!(server.lines()[2], "POST /v2/payments/authorizations/AUTH1/capture");

    let server = Server::start(vec![
        token(),
        ok(authorised("CREATED")),
        Does::Answers(204, "", String::new()),
        ok(authorised("VOIDED")),
    ])
    .await;
    paypal(&server).void(intent(Some("5O1"))).await.unwrap();
    assert_eq!(server.lines()[2], "POST /v2/payments/authorizations/AUTH1/void");

    let mut given_back = captured();
    given_back["purchase_units"][0]["payments"]["refunds"] =
        json!([{ "status": "COMPLETED", "amount": { "currency_code": "USD", "value": "129.99" } }]);
    let server = Server::start(vec![token(), ok(captured()), ok("{}"), ok(given_back)]).await;
    paypal(&server).void(intent(Some("5O1"))).await.unwrap();
    assert_eq!(server.lines()[2], "POST /v2/payments/captures/CAP1/refund");
    let server = Server::start(vec![token(), ok(captured()), ok("{}"), ok(captured())]).await;
    assert!(paypal(&server).void(intent(Some("5O1"))).await.is_err(), "not until it is certain");

    let refund_id = RefundId::named(&["r"]);
    let request = RefundRequest { intent: intent(Some("5O1")), refund_id, amount: Money::new(500, Currency::USD) };
    let server = Server::start(vec![token(), ok(captured()), ok(json!({ "id": "R1", "status": "COMPLETED" }))]).await;
    assert_eq!(paypal(&server).refund(request).await, Ok(RefundOutcome::Done));
    let seen = server.seen();
    let sent = seen.last().unwrap();
    assert_eq!(sent.header("paypal-request-id"), Some(refund_id.to_string().as_str()));
    assert_eq!(serde_json::from_str::<Value>(&sent.body).unwrap()["amount"]["value"], "5.00");
    let mut with_refund = captured();
    with_refund["purchase_units"][0]["payments"]["refunds"] = json!([{ "status": "PENDING", "custom_id": refund_id }]);
    let server = Server::start(vec![token(), ok(with_refund), ok(captured())]).await;
    let paypal = paypal(&server);
    assert_eq!(paypal.look_up_refund(request).await, Ok(Some(RefundOutcome::Pending)));
    assert_eq!(paypal.look_up_refund(request).await, Ok(None));
    assert_eq!(server.lines().iter().filter(|line| line.ends_with("oauth2/token")).count(), 1, "one token for both");
}

#[tokio::test]
async fn given_the_report_of_a_day_when_listed_then_what_was_taken_is_there_with_what_was_given_back() {
    let transaction = |id: &str, code: &str, value: &str, reference: Value| {
        json!({ "transaction_info": {
            "transaction_id": id, "transaction_event_code": code, "transaction_status": "S",
            "transaction_amount": { "currency_code": "USD", "value": value },
            "custom_field": PaymentId::named(&["p"]), "paypal_reference_id": reference,
        }})
    };
    let details = json!([
        transaction("CAP1", "T0006", "129.99", json!(null)),
        transaction("R1", "T1107", "-5.00", json!("CAP1"))
    ]);
    let server = Server::start(vec![token(), ok(json!({ "transaction_details": details, "total_pages": 2 }))]).await;
    let to = Timestamp::from_second(86_400).unwrap();
    let page = paypal(&server).list(Timestamp::UNIX_EPOCH, to, None).await.unwrap();
    assert_eq!(page.next.as_deref(), Some("2"));
    let [listed] = page.payments.as_slice() else { panic!("one") };
    assert_eq!((listed.payment_id, listed.standing.refunded), (Some(PaymentId::named(&["p"])), 500));
    assert!(server.lines()[1].contains("start_date=1970-01-01T00:00:00Z&end_date=1970-01-02T00:00:00Z"));
}

#[test]
fn given_a_currency_without_decimals_at_paypal_when_written_then_it_is_exact_or_refused() {
    let value =
        |amount, code: &str| wire::amount(Money::new(amount, code.parse().unwrap())).map(|it| it["value"].clone());
    assert_eq!(value(500, "JPY"), Some(json!("500")));
    assert_eq!(value(50_000, "HUF"), Some(json!("500")));
    assert_eq!(value(50_001, "HUF"), None);
    assert_eq!(value(5_125, "KWD"), None);
}
