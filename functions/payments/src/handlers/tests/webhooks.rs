//! Webhooks: forged, late, twice, in any order.

use rialto_http::{Anyone, Problem, Response, testing::request};
use rialto_lambda::Message;
use serde_json::json;

use super::*;
use crate::{
    domain::GatewayName,
    gateway::{
        Secrets,
        sandbox::{Act, SignedWebhook},
        sign,
    },
    queue::{Queue, Work},
};

const SECRET: &str = "whsec_sandbox";

fn mailbox() -> Mailbox {
    let text = json!({ "webhookSecret": SECRET, "webhookSecrets": ["whsec_next"] }).to_string();
    Mailbox {
        secrets: Secrets::in_memory(GatewayName::Sandbox, &text),
        queue: Queue::in_memory(),
        gateways: vec![GatewayName::Sandbox],
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

async fn deliver(
    mailbox: &Mailbox,
    gateway: &str,
    webhook: &SignedWebhook,
    now: Timestamp,
) -> Result<Response, Problem> {
    let request = request("POST", &format!("/v1/payments/webhooks/{gateway}"))
        .path("gateway", gateway)
        .header("stripe-signature", &webhook.signature)
        .body(webhook.body.clone());
    receive_webhook(mailbox, Anyone, request.at(now).build()).await
}

impl Shop {
    pub(super) async fn play(&self, act: Act) -> Vec<SignedWebhook> {
        let sandbox = Sandbox::new(self.gateway_table.clone());
        sandbox.play(self.payment_id, act, SECRET.as_bytes(), at(1_000)).await.unwrap()
    }

    pub(super) async fn apply(&self, work: &Work) -> Result<(), Error> {
        let message = Message { body: serde_json::to_string(work).unwrap(), ..Message::default() };
        let refunds = Refunds { context: self.context.clone(), queue: Queue::in_memory() };
        apply_webhook(&refunds, message, at(1_001)).await
    }
}

/// That the gateway told of the shop's payment.
pub(super) fn told(shop: &Shop, id: &str) -> Work {
    Work::Webhook { gateway: GatewayName::Sandbox, event_id: id.to_owned(), payment_id: shop.payment_id }
}

#[tokio::test]
async fn given_a_webhook_when_its_signature_is_not_the_gateways_then_it_is_refused_and_nothing_is_queued() {
    let mailbox = mailbox();
    let body = json!({ "id": "evt_1", "data": { "object": { "metadata": { "payment_id": PaymentId::draw() } } } });
    let body = body.to_string();
    let webhook = |signature: String| SignedWebhook { signature, body: body.clone() };
    let good = || sign(body.as_bytes(), SECRET.as_bytes(), at(1_000));
    for (signature, second) in [
        (sign(body.as_bytes(), b"another", at(1_000)), 1_000),
        (sign(b"another body", SECRET.as_bytes(), at(1_000)), 1_000),
        (good(), 1_301),
        (good(), 699),
        (String::new(), 1_000),
    ] {
        let refused = deliver(&mailbox, "sandbox", &webhook(signature), at(second)).await.unwrap_err();
        assert_eq!((refused.status().as_u16(), refused.code().name), (401, "INVALID_SIGNATURE"));
    }
    for gateway in ["paypal", "stripe", "nobody"] {
        assert_eq!(deliver(&mailbox, gateway, &webhook(good()), at(1_000)).await.unwrap_err().status().as_u16(), 404);
    }
    assert_eq!(mailbox.queue.sent(), []);
    for secret in [SECRET, "whsec_next"] {
        let signed = webhook(sign(body.as_bytes(), secret.as_bytes(), at(1_000)));
        assert_eq!(deliver(&mailbox, "sandbox", &signed, at(1_300)).await.unwrap().status().as_u16(), 200);
    }
    assert_eq!(mailbox.queue.sent().len(), 2);
}

#[tokio::test]
async fn given_news_about_something_else_when_signed_then_they_are_taken_and_left_at_that() {
    let mailbox = mailbox();
    for object in [json!({}), json!({ "metadata": {} }), json!({ "metadata": { "payment_id": "not ours" } })] {
        let body = json!({ "id": "evt_1", "type": "x", "data": { "object": object } }).to_string();
        let signature = sign(body.as_bytes(), SECRET.as_bytes(), at(1_000));
        let webhook = SignedWebhook { signature, body };
        assert_eq!(deliver(&mailbox, "sandbox", &webhook, at(1_000)).await.unwrap().status().as_u16(), 200);
    }
    assert_eq!(mailbox.queue.sent(), []);
    let stranger =
        Work::Webhook { gateway: GatewayName::Sandbox, event_id: "evt_2".to_owned(), payment_id: PaymentId::draw() };
    shop().apply(&stranger).await.unwrap();
}

#[tokio::test]
async fn given_a_wallet_when_its_webhooks_come_twice_and_reordered_then_it_is_authorised_once_and_captured_once() {
    for shop in Shop::on_each_table().await {
        assert!(matches!(shop.authorise("pm_sandbox_wallet").await, Err(Error::ActionRequired)));
        let mailbox = mailbox();
        let webhooks = shop.play(Act::Approve).await;
        assert_eq!(webhooks.len(), 2);
        assert_eq!(shop.play(Act::Approve).await, [], "approved once");
        for webhook in webhooks.iter().rev().chain(&webhooks) {
            deliver(&mailbox, "sandbox", webhook, at(1_001)).await.unwrap();
        }
        let before = shop.payment().await.sequence;
        for work in mailbox.queue.sent() {
            shop.apply(&work).await.unwrap();
        }
        let after = shop.payment().await;
        assert_eq!((after.state, after.sequence), (State::Authorised, before + 1));
        shop.authorise("pm_sandbox_wallet").await.unwrap();
        shop.capture().await.unwrap();
        for work in mailbox.queue.sent() {
            shop.apply(&work).await.unwrap();
        }
        assert_eq!((shop.state().await, shop.captures().await), (State::Captured, 1));
    }
}

#[tokio::test]
async fn given_webhooks_that_are_applied_at_once_when_done_then_there_is_one_change() {
    let shop = Arc::new(shop());
    assert!(shop.authorise("pm_sandbox_wallet").await.is_err());
    shop.play(Act::Approve).await;
    let tasks = (0..12).map(|n| {
        let shop = Arc::clone(&shop);
        let event_id = format!("evt_{}", n % 3);
        let work = Work::Webhook { gateway: GatewayName::Sandbox, event_id, payment_id: shop.payment_id };
        tokio::spawn(async move {
            // A failure is delivered again.
            while shop.apply(&work).await.is_err() {}
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let payment = shop.payment().await;
    assert_eq!((payment.state, payment.sequence), (State::Authorised, 3), "started, action required, authorised");
}

#[tokio::test]
async fn given_a_bank_transfer_when_it_is_paid_in_parts_then_only_the_whole_counts() {
    let shop = shop();
    assert!(matches!(shop.authorise("pm_sandbox_bank_transfer").await, Err(Error::Pending)));
    let told = |id: &str| Work::Webhook {
        gateway: GatewayName::Sandbox,
        event_id: id.to_owned(),
        payment_id: shop.payment_id,
    };
    assert_eq!(shop.play(Act::PayPart { amount: 5_000 }).await.len(), 1);
    shop.apply(&told("part")).await.unwrap();
    let part = shop.payment().await;
    assert_eq!((part.state, part.received), (State::Pending, 5_000));
    assert!(matches!(shop.authorise("pm_sandbox_bank_transfer").await, Err(Error::Pending)));
    shop.play(Act::Pay).await;
    shop.apply(&told("whole")).await.unwrap();
    shop.authorise("pm_sandbox_bank_transfer").await.unwrap();
    shop.capture().await.unwrap();
    assert_eq!((shop.state().await, shop.captures().await), (State::Captured, 1));
}

#[tokio::test]
async fn given_a_payment_that_was_given_up_when_the_shopper_confirms_late_then_nothing_is_kept() {
    let shop = shop();
    assert!(shop.authorise("pm_sandbox_wallet").await.is_err());
    // The holder confirms at the gateway, and the checkout gives up, before the webhook arrives.
    let webhooks = shop.play(Act::Approve).await;
    let Some(payment) = shop.context.payments.load(shop.payment_id).await.unwrap() else { panic!("on record") };
    let failed = crate::domain::Change::Failed { reason: "PAYMENT_TIMEOUT".to_owned() };
    shop.context.payments.record(&payment, &failed, None, at(1_000)).await.unwrap();
    let mailbox = mailbox();
    for webhook in &webhooks {
        deliver(&mailbox, "sandbox", webhook, at(1_000)).await.unwrap();
    }
    for work in mailbox.queue.sent() {
        shop.apply(&work).await.unwrap();
    }
    let sandbox = Sandbox::new(shop.gateway_table.clone());
    let key = payment.key();
    let intent = crate::handlers::asking::intent(&payment, &key).unwrap();
    let standing = crate::gateway::PaymentGateway::look_up(&sandbox, intent).await.unwrap().unwrap();
    assert_eq!(standing.stands, crate::domain::Stands::Cancelled);
    assert_eq!(shop.state().await, State::Failed);
}

#[tokio::test]
async fn given_another_amount_at_the_gateway_when_a_webhook_tells_or_it_is_captured_then_the_operators_hear_of_it() {
    let books = |shop: &Shop| rialto_dynamo::Key::new(format!("INTENT#{}:1", shop.payment_id), "INTENT");
    let found = async |shop: &Shop, day: Timestamp| {
        let findings = shop.context.payments.findings(GatewayName::Sandbox, day).await.unwrap();
        findings.into_iter().map(|row| (row.finding.kind, row.finding.theirs.unwrap().amount())).collect::<Vec<_>>()
    };
    let differs = vec![(crate::domain::FindingKind::AmountDiffers, 13_000)];

    let told_of = shop();
    assert!(told_of.authorise("pm_sandbox_wallet").await.is_err());
    told_of.play(Act::Approve).await;
    let other = rialto_dynamo::Update::of(books(&told_of)).set("amount", 13_000);
    told_of.gateway_table.update(other).await.unwrap();
    for id in ["one", "two"] {
        told_of.apply(&told(&told_of, id)).await.unwrap();
    }
    assert_eq!((told_of.state().await, found(&told_of, at(1_001)).await), (State::Voiding, differs.clone()));
    told_of.void().await.unwrap();
    assert_eq!((told_of.state().await, told_of.captures().await), (State::Voided, 0));

    let taken = shop();
    taken.authorise("pm_sandbox_approved").await.unwrap();
    let other = rialto_dynamo::Update::of(books(&taken)).set("amount", 13_000);
    taken.gateway_table.update(other).await.unwrap();
    taken.capture().await.unwrap();
    assert_eq!((taken.state().await, found(&taken, at(0)).await), (State::Captured, differs));
}
