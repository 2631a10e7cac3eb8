//! A second gateway end to end: from the stored method to the refund, over the wire in PayPal's shapes.

use rialto_http::{Operator, Shopper, testing::request};
use rialto_kernel::{SessionId, UserId};
use serde_json::json;

use super::*;
use crate::{
    domain::{MethodDetails, MethodType},
    gateway::{
        paypal::Paypal,
        stripe::Stripe,
        tokens::Tokens,
        wiretap::{Does, Server, ok},
    },
    handlers::methods::{ResolveMethod, Wallet, add_method, resolve_method},
    methods::Methods,
    queue::Queue,
};

/// The tokens of a stage that pays through Stripe, and through PayPal while Stripe is out of reach.
struct Both;

#[async_trait::async_trait]
impl Tokens for Both {
    fn gateway(&self) -> GatewayName {
        GatewayName::Stripe
    }
    fn second(&self) -> Option<GatewayName> {
        Some(GatewayName::Paypal)
    }
    async fn describe(&self, _: &GatewayToken) -> Option<MethodDetails> {
        let (brand, last4) = ("visa".to_owned(), "4242".to_owned());
        Some(MethodDetails { r#type: MethodType::Card, brand, last4, expiry_month: None, expiry_year: None })
    }
    fn takes_unstored(&self, _: &GatewayToken) -> bool {
        true
    }
}

/// The tokens of a method that the shopper stores, as the saga gets them.
async fn stored(shop: &Shop, body: &Value) -> TokensByGateway {
    let wallet = Wallet::new(Methods::new(shop.payments_table.clone()), Both);
    let caller = Shopper { user_id: UserId::named(&["ada"]), session_id: SessionId::named(&["ada"]) };
    let added = add_method(&wallet, caller, request("POST", "/").json(body).build()).await.unwrap();
    let added: Value = serde_json::from_slice(added.body()).unwrap();
    assert!(!added.to_string().contains("vault"), "{added}");
    let payment_method_id = added.get("id").and_then(Value::as_str).unwrap().to_owned();
    let input = ResolveMethod { shopper_id: UserId::named(&["ada"]), payment_method_id };
    let resolved = serde_json::to_value(resolve_method(&wallet, input).await.unwrap()).unwrap();
    serde_json::from_value(resolved.get("tokens").cloned().unwrap()).unwrap()
}

fn with(mut shop: Shop, stripe: &Server, paypal: &Server) -> Shop {
    let back = || "https://shop.example/back".to_owned();
    let stripe = Stripe::new(&stripe.address, "sk_test_1".into(), back()).unwrap();
    let paypal = Paypal::new(&paypal.address, "client".to_owned(), "secret".into(), back()).unwrap();
    shop.context.gateways = Gateways::new(Arc::new(stripe), Some(Arc::new(paypal)));
    shop
}

fn access() -> Does {
    ok(json!({ "access_token": "A21", "token_type": "Bearer", "expires_in": 32_400 }))
}

fn order(id: &str, status: &str, payments: &Value) -> Does {
    let unit = json!({ "amount": { "currency_code": "USD", "value": "129.99" }, "payments": payments });
    let link = json!({ "rel": "payer-action", "href": "https://paypal.example/agree" });
    ok(json!({ "id": id, "status": status, "purchase_units": [unit], "links": [link] }))
}

fn authorisation(id: &str, status: &str) -> Does {
    order(id, "COMPLETED", &json!({ "authorizations": [{ "id": "AUTH1", "status": status }] }))
}

fn capture(id: &str) -> Does {
    let authorised = json!([{ "id": "AUTH1", "status": "CAPTURED" }]);
    order(
        id,
        "COMPLETED",
        &json!({ "authorizations": authorised, "captures": [{ "id": "CAP1", "status": "COMPLETED" }] }),
    )
}

fn made(id: &str) -> [Does; 3] {
    [ok(json!({ "id": id, "status": "CREATED" })), ok("{}"), authorisation(id, "CREATED")]
}

#[tokio::test]
async fn given_a_method_that_both_know_when_the_first_is_out_of_reach_then_all_goes_to_the_second_alone() {
    let stripe = Server::start(vec![Does::HangsUp; 5]).await;
    let taken = [authorisation("5O1", "CREATED"), ok("{}"), capture("5O1")];
    let given_back = [capture("5O1"), capture("5O1"), ok(json!({ "id": "R1", "status": "COMPLETED" }))];
    let let_go =
        [authorisation("5O2", "CREATED"), Does::Answers(204, "", String::new()), authorisation("5O2", "VOIDED")];
    let script =
        [access()].into_iter().chain(made("5O1")).chain(taken).chain(given_back).chain(made("5O2")).chain(let_go);
    let paypal = Server::start(script.collect()).await;
    let mut shop = with(shop(), &stripe, &paypal);
    let method = json!({ "gatewayToken": "pm_card_visa", "fallbackToken": "vault_1" });
    let tokens = stored(&shop, &method).await;
    let authorise = async |shop: &Shop| {
        let input = AuthorisePayment { tokens: tokens.clone(), ..shop.input("pm_none") };
        authorise_payment(&shop.context, input, Timestamp::UNIX_EPOCH).await
    };
    for _ in 0..5 {
        shop.payment_id = PaymentId::draw();
        assert!(matches!(authorise(&shop).await, Err(Error::OutcomeUnknown)), "Stripe may have heard of it");
    }
    shop.payment_id = PaymentId::draw();
    for _ in 0..2 {
        authorise(&shop).await.unwrap();
    }
    for _ in 0..2 {
        shop.capture().await.unwrap();
    }
    let refund = json!({ "amount": { "amount": 500, "currency": "USD" }, "reason": "goodwill" });
    let refund = request("POST", "/").path("id", shop.payment_id).header("idempotency-key", "k").json(&refund);
    let refunds = Refunds { context: shop.context.clone(), queue: Queue::in_memory() };
    let operator = Operator { user_id: UserId::named(&["op"]) };
    assert_eq!(refund_payment(&refunds, operator, refund.build()).await.unwrap().status().as_u16(), 201);
    let payment = shop.payment().await;
    assert_eq!((payment.gateway, payment.state, payment.refunded()), (GatewayName::Paypal, State::Captured, 500));

    shop.payment_id = PaymentId::draw();
    authorise(&shop).await.unwrap();
    shop.void().await.unwrap();
    assert_eq!(shop.state().await, State::Voided);

    assert!(paypal.is_done(), "{:?}", paypal.lines());
    let count = |part: &str| paypal.lines().iter().filter(|line| line.contains(part)).count();
    assert_eq!(
        (count("POST /v2/checkout/orders/5O1/authorize"), count("AUTH1/capture"), count("CAP1/refund")),
        (1, 1, 1)
    );
    assert_eq!(stripe.lines(), vec!["POST /v1/payment_intents"; 5], "nothing of what PayPal has");
}

#[tokio::test]
async fn given_a_payer_who_has_to_agree_when_they_have_then_the_order_is_asked_again_and_paid() {
    let stripe = Server::start(vec![]).await;
    let action = json!({ "name": "UNPROCESSABLE_ENTITY", "details": [{ "issue": "PAYER_ACTION_REQUIRED" }] });
    let waits = || order("5O1", "PAYER_ACTION_REQUIRED", &Value::Null);
    let script = [
        access(),
        ok(json!({ "id": "5O1", "status": "CREATED" })),
        Does::Answers(422, "", action.to_string()),
        waits(),
        // Looked at while nothing has happened, then after the approval.
        waits(),
        order("5O1", "APPROVED", &Value::Null),
        ok("{}"),
        authorisation("5O1", "CREATED"),
    ];
    let paypal = Server::start(script.to_vec()).await;
    let shop = with(shop(), &stripe, &paypal);
    let tokens = TokensByGateway::from([(GatewayName::Paypal, token("vault_1"))]);
    let ask = async |tell_waiting| {
        let input = AuthorisePayment { tokens: tokens.clone(), tell_waiting, ..shop.input("pm_none") };
        authorise_payment(&shop.context, input, Timestamp::UNIX_EPOCH).await
    };
    let told = serde_json::to_value(ask(true).await.unwrap()).unwrap();
    let expected = json!({
        "paymentId": shop.payment_id, "status": "action_required",
        "nextAction": { "type": "redirect", "url": "https://paypal.example/agree", "expiresAt": "1970-01-01T00:08:00Z" },
    });
    assert_eq!(told, expected);
    assert!(matches!(ask(false).await, Err(Error::ActionRequired)));
    let paid = serde_json::to_value(ask(false).await.unwrap()).unwrap();
    assert_eq!(paid, json!({ "paymentId": shop.payment_id, "status": "authorised", "nextAction": null }));
    assert!(paypal.is_done() && stripe.lines().is_empty(), "a method that only PayPal knows goes to PayPal");
    assert_eq!((shop.state().await, shop.payment().await.asks), (State::Authorised, 2));
}
