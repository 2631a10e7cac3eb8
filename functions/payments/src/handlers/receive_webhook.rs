//! `POST /v1/payments/webhooks/{gateway}`

use rialto_http::{Anyone, Caller, Problem, Request, Response, code, respond};
use rialto_kernel::PaymentId;
use serde::Deserialize;
use serde_json::json;

use crate::{
    domain::GatewayName,
    gateway::{Secrets, WebhookSecrets, verify},
    queue::{Queue, Work},
};

/// Webhooks are a few kilobytes.
const LARGEST: usize = 256 * 1024;

/// What the route works with.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// The secrets that sign webhooks.
    pub secrets: Secrets,
    /// Where they are worked off.
    pub queue: Queue,
    /// The gateways that are in use; nobody else has anything to tell.
    pub gateways: Vec<GatewayName>,
}

/// What is read of a webhook. What happened is not: the payment is looked up.
#[derive(Deserialize)]
struct Event {
    id: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    payment_id: Option<String>,
}

/// Takes a gateway's webhook.
///
/// `Stripe-Signature` must sign the body as it came, within 300 s. Answered once it waits in the queue; what it is about is
/// then looked up at the gateway. News that are not about a payment of ours are taken, too, and left at that.
#[utoipa::path(
    post, path = "/v1/payments/webhooks/{gateway}", operation_id = "payments-receive-webhook", tag = "payments",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    params(
        ("gateway" = String, Path, description = "`stripe` or `sandbox`"),
        ("Stripe-Signature" = String, Header, description = "`t=<seconds>,v1=<hex>`, several `v1` while secrets rotate"),
    ),
    request_body = serde_json::Value,
    responses(
        (status = 200, description = "Taken", body = serde_json::Value),
        (status = 401, description = "`INVALID_SIGNATURE`"),
        (status = 404, description = "A gateway that is not in use, or tells nothing"),
    ),
)]
pub async fn receive_webhook(mailbox: &Mailbox, _: Anyone, request: Request) -> Result<Response, Problem> {
    let gateway: GatewayName = request.path_id("gateway")?;
    // PayPal signs otherwise; its payments are looked up by the workflow and by reconciliation.
    if gateway == GatewayName::Paypal || !mailbox.gateways.contains(&gateway) {
        return Err(Problem::not_found());
    }
    let body = request.body();
    if body.len() > LARGEST {
        return Err(Problem::of(code::PAYLOAD_TOO_LARGE));
    }
    let refused = || Problem::of(code::INVALID_SIGNATURE);
    let header = request.header("stripe-signature").ok_or_else(refused)?;
    let secrets: WebhookSecrets = mailbox.secrets.read(gateway, request.now()).await?;
    verify(body, header, &secrets.reveal(), request.now()).map_err(|_| refused())?;
    let event: Event = serde_json::from_slice(body).map_err(|_| Problem::of(code::INVALID_BODY))?;
    let payment_id = event.data.object.metadata.payment_id.and_then(|id| id.parse::<PaymentId>().ok());
    if let Some(payment_id) = payment_id {
        mailbox.queue.send(&Work::Webhook { gateway, event_id: event.id, payment_id }).await?;
    }
    respond::ok(&json!({ "received": true }))
}
