//! PayPal's orders (v2), with intent AUTHORIZE, paid by a vaulted wallet.
//!
//! An order is made first and then authorised, as nothing can be taken of one that is not. `PayPal-Request-Id` makes a
//! repeat answer the same order; `invoice_id` makes PayPal refuse a second payment for the same key even after PayPal has
//! forgotten the request. PayPal can neither search orders nor cancel one that is not authorised: that one ends by
//! itself after some hours, approved or not, and takes nothing, as only our question authorises it. Where one is under way
//! while the payment is given up, whoever gets its answer lets go of what it brought.
//!
//! | Order | Parts | Meaning |
//! |---|---|---|
//! | `CREATED`, `SAVED` | | open |
//! | `PAYER_ACTION_REQUIRED` | | the payer is sent to the link `payer-action` |
//! | `APPROVED` | | the payer has agreed: it is authorised by asking again, without a token |
//! | `COMPLETED` | authorisation `CREATED` | set aside; also where a capture was `DECLINED` |
//! | `COMPLETED` | capture `COMPLETED` or later | taken |
//! | `VOIDED`; forgotten (404) | | nothing is held |
//!
//! A capture that is declined is a definite no: the same request would answer the same for 6 hours.

mod errors;
mod wire;

use std::time::{Duration, Instant};

use async_trait::async_trait;
use reqwest::{Client, Method, RequestBuilder};
use rialto_kernel::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use self::wire::{Access, Created, Order, PaypalRefund, Report};
use super::{Authorisation, GatewayError, Intent, ListPage, PaymentGateway, RefundOutcome, RefundRequest, http};
use crate::domain::{GatewayName, Standing, Stands};

/// A token is not used in its last minute.
const SPARE: Duration = Duration::from_secs(60);
const PAGE: usize = 500;

/// PayPal's API.
pub struct Paypal {
    http: Client,
    base: String,
    return_url: String,
    client_id: String,
    client_secret: SecretString,
    access: Mutex<Option<(SecretString, Instant)>>,
}

impl std::fmt::Debug for Paypal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paypal").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Paypal {
    /// The API at `base` with an application's credentials; payers come back to `return_url` from a redirect.
    ///
    /// # Errors
    /// When there is no TLS to be had.
    pub fn new(
        base: &str,
        client_id: String,
        client_secret: SecretString,
        return_url: String,
    ) -> Result<Self, reqwest::Error> {
        let (http, base) = (http::client()?, base.to_owned());
        Ok(Self { http, base, return_url, client_id, client_secret, access: Mutex::new(None) })
    }

    /// An access token; nothing has been asked when there is none to be had.
    async fn token(&self) -> Result<SecretString, GatewayError> {
        let mut access = self.access.lock().await;
        if let Some((token, _)) = access.as_ref().filter(|(_, until)| *until > Instant::now()) {
            return Ok(token.clone());
        }
        let request = self.http.post(format!("{}/v1/oauth2/token", self.base));
        let request = request
            .basic_auth(&self.client_id, Some(self.client_secret.expose_secret()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials");
        let refused = || GatewayError::Transient("paypal gives no token".to_owned());
        let reply = match http::send(request).await {
            Err(GatewayError::NotReached) => return Err(GatewayError::NotReached),
            other => other.map_err(|_| refused())?,
        };
        if !reply.status.is_success() {
            return Err(refused());
        }
        let got: Access = reply.json().map_err(|_| refused())?;
        let life = Duration::from_secs(got.expires_in).saturating_sub(SPARE);
        *access = Instant::now().checked_add(life).map(|until| (got.access_token.clone(), until));
        Ok(got.access_token)
    }

    async fn send(&self, request: RequestBuilder) -> Result<http::Reply, GatewayError> {
        let token = self.token().await?;
        let reply = http::send(request.bearer_auth(token.expose_secret())).await?;
        if reply.status.as_u16() == 401 {
            *self.access.lock().await = None;
        }
        Ok(reply)
    }

    async fn post(&self, path: &str, request_id: &str, body: &Value) -> Result<http::Reply, GatewayError> {
        let request = self.http.request(Method::POST, format!("{}{path}", self.base));
        let request = request.header("paypal-request-id", request_id).header("prefer", "return=representation");
        self.send(request.header("content-type", "application/json").body(body.to_string())).await
    }

    async fn show(&self, id: &str) -> Result<Order, GatewayError> {
        let gone = || GatewayError::Rejected { code: "RESOURCE_NOT_FOUND".to_owned() };
        self.find(id).await?.ok_or_else(gone)
    }

    /// The order; `None` when PayPal has forgotten it, as it does with those that were never authorised.
    async fn find(&self, id: &str) -> Result<Option<Order>, GatewayError> {
        let reply = self.send(self.http.get(format!("{}/v2/checkout/orders/{id}", self.base))).await;
        let reply = reply.map_err(|error| about(id, error))?;
        match reply.status.as_u16() {
            404 => Ok(None),
            _ if reply.status.is_success() => reply.json().map(Some),
            _ => Err(about(id, errors::of(&reply))),
        }
    }

    /// The order's id: known, or that of the order made under this key.
    async fn id_of(&self, intent: Intent<'_>) -> Result<String, GatewayError> {
        if let Some(id) = intent.reference {
            return Ok(id.to_owned());
        }
        let amount = wire::amount(intent.amount).ok_or_else(GatewayError::amount)?;
        let unit = json!({
            "reference_id": intent.key, "custom_id": intent.payment_id, "invoice_id": intent.key, "amount": amount,
        });
        let body = json!({ "intent": "AUTHORIZE", "purchase_units": [unit] });
        let reply = self.post("/v2/checkout/orders", &format!("{}/create", intent.key), &body).await?;
        if !reply.status.is_success() {
            return Err(errors::of(&reply));
        }
        Ok(reply.json::<Created>()?.id)
    }

    /// The outcome of a step: what PayPal says of it, or, where it is past that step, how the order stands.
    async fn after(&self, id: &str, reply: Result<http::Reply, GatewayError>) -> Result<Standing, GatewayError> {
        self.order_after(id, reply).await?.standing()
    }

    async fn order_after(&self, id: &str, reply: Result<http::Reply, GatewayError>) -> Result<Order, GatewayError> {
        let reply = reply.map_err(|error| about(id, error))?;
        if reply.status.is_success() || errors::is_past(&reply) {
            return self.show(id).await;
        }
        Err(about(id, errors::of(&reply)))
    }
}

#[async_trait]
impl PaymentGateway for Paypal {
    fn name(&self) -> GatewayName {
        GatewayName::Paypal
    }

    async fn authorise(&self, request: Authorisation<'_>) -> Result<Standing, GatewayError> {
        let id = self.id_of(request.intent).await?;
        let back = json!({ "return_url": self.return_url, "cancel_url": self.return_url });
        // What the payer has approved names its source already; another one would have to be approved anew.
        let body = match request.approved {
            true => json!({}),
            false => json!({ "payment_source": { "paypal": {
                "vault_id": request.method, "experience_context": back,
            } } }),
        };
        let request_id = format!("{}/{}/authorize", request.intent.key, request.ask);
        let reply = self.post(&format!("/v2/checkout/orders/{id}/authorize"), &request_id, &body).await;
        let standing = self.after(&id, reply).await?;
        match standing.stands {
            Stands::Failed { reason } => Err(GatewayError::Declined { code: reason }),
            _ => Ok(standing),
        }
    }

    async fn capture(&self, intent: Intent<'_>) -> Result<Standing, GatewayError> {
        let id = self.id_of(intent).await?;
        let authorization = self.show(&id).await?.authorization().ok_or_else(capture_refused)?;
        let path = format!("/v2/payments/authorizations/{authorization}/capture");
        let body = json!({ "final_capture": true, "invoice_id": intent.key });
        let reply = self.post(&path, &format!("{}/capture", intent.key), &body).await;
        let order = self.order_after(&id, reply).await?;
        let standing = order.standing()?;
        match standing.stands {
            Stands::Captured => Ok(standing),
            Stands::Authorised if order.capture_was_declined() => Err(capture_refused()),
            Stands::Cancelled | Stands::Failed { .. } => Err(capture_refused()),
            _ => Err(about(&id, GatewayError::unknown())),
        }
    }

    async fn void(&self, intent: Intent<'_>) -> Result<(), GatewayError> {
        let id = match self.id_of(intent).await {
            Ok(id) => id,
            // What PayPal does not take as an order can never become one.
            Err(GatewayError::Rejected { .. } | GatewayError::Declined { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let Some(order) = self.find(&id).await? else { return Ok(()) };
        let standing = order.standing()?;
        let (path, step, body) = match standing.stands {
            Stands::Open | Stands::Approved | Stands::ActionRequired { .. } => return Ok(()),
            Stands::Cancelled | Stands::Failed { .. } => return Ok(()),
            Stands::Captured if standing.refunded >= standing.amount.amount() => return Ok(()),
            Stands::Captured => {
                let capture = order.capture().ok_or_else(GatewayError::unknown)?;
                (format!("/v2/payments/captures/{capture}/refund"), "void-refund", json!({ "custom_id": "void" }))
            }
            Stands::Authorised | Stands::Pending { .. } => {
                let authorization = order.authorization().ok_or_else(GatewayError::unknown)?;
                (format!("/v2/payments/authorizations/{authorization}/void"), "void", json!({}))
            }
        };
        // Its own request id, or PayPal could answer what it answered to the other one.
        let reply = self.post(&path, &format!("{}/{step}", intent.key), &body).await;
        let after = self.after(&id, reply).await?;
        match after.stands {
            Stands::Cancelled | Stands::Failed { .. } => Ok(()),
            Stands::Captured if after.refunded >= after.amount.amount() => Ok(()),
            _ => Err(about(&id, GatewayError::unknown())),
        }
    }

    async fn refund(&self, request: RefundRequest<'_>) -> Result<RefundOutcome, GatewayError> {
        let amount = wire::amount(request.amount).ok_or_else(GatewayError::amount)?;
        let id = self.id_of(request.intent).await?;
        let capture = self.show(&id).await?.capture().ok_or_else(capture_refused)?;
        let body = json!({ "amount": amount, "custom_id": request.refund_id });
        let path = format!("/v2/payments/captures/{capture}/refund");
        let reply = self.post(&path, &request.refund_id.to_string(), &body).await?;
        if reply.status.is_success() { reply.json::<PaypalRefund>()?.outcome() } else { Err(errors::of(&reply)) }
    }

    async fn look_up(&self, intent: Intent<'_>) -> Result<Option<Standing>, GatewayError> {
        let id = self.id_of(intent).await?;
        self.find(&id).await?.map(|order| order.standing()).transpose()
    }

    async fn look_up_refund(&self, request: RefundRequest<'_>) -> Result<Option<RefundOutcome>, GatewayError> {
        let id = self.id_of(request.intent).await?;
        let order = self.show(&id).await?;
        order.refund(&request.refund_id.to_string()).map(PaypalRefund::outcome).transpose()
    }

    /// What was taken and given back on the day, as PayPal's transaction report says; it is some hours late.
    async fn list(&self, from: Timestamp, to: Timestamp, after: Option<String>) -> Result<ListPage, GatewayError> {
        let page: u32 = after.as_deref().and_then(|page| page.parse().ok()).unwrap_or(1);
        let query = format!("start_date={from}&end_date={to}&fields=transaction_info&page_size={PAGE}&page={page}");
        let reply = self.send(self.http.get(format!("{}/v1/reporting/transactions?{query}", self.base))).await?;
        if !reply.status.is_success() {
            return Err(errors::of(&reply));
        }
        let report: Report = reply.json()?;
        let next = (page < report.total_pages).then(|| page.saturating_add(1).to_string());
        Ok(ListPage { payments: report.captured()?, next })
    }
}

fn capture_refused() -> GatewayError {
    GatewayError::Declined { code: "CAPTURE_REFUSED".to_owned() }
}

/// The error, told of which order it is. An order that was made is not one that was not reached.
fn about(id: &str, error: GatewayError) -> GatewayError {
    match error {
        GatewayError::OutcomeUnknown { .. } | GatewayError::NotReached => {
            GatewayError::OutcomeUnknown { reference: Some(id.to_owned()) }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
