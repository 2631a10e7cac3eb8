//! Stripe's payment intents, captured by hand.
//!
//! An intent is made first (key `<key>/create`) and then confirmed, as nothing can be taken of one that is not confirmed,
//! and everything that follows goes by its id, which Stripe answers at once and consistently. A repeat of the making
//! answers the same intent for 24 hours; after that it is found by its metadata.
//!
//! Stripe keeps an answer under its idempotency key, a 500 as well. An intent can be confirmed, captured and cancelled
//! only once whatever the key, so a kept 500 is asked again under a further key (`advance`). Refunds can be made more
//! than once, so theirs keep their key, and are looked up in the intent's list.

mod errors;
mod wire;

use async_trait::async_trait;
use reqwest::{Client, Method};
use rialto_kernel::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use self::wire::{List, PaymentIntent, Refund};
use super::{Authorisation, GatewayError, Intent, ListPage, PaymentGateway, RefundOutcome, RefundRequest, http};
use crate::domain::{GatewayName, Listed, Standing, Stands};

/// The version of the API whose shapes these are; Stripe translates to it whatever the account's own version is.
pub const API_VERSION: &str = "2026-08-26.dahlia";
/// Keys under which an intent's step is asked before a kept 500 is taken as it is.
const KEYS: u32 = 5;

/// Stripe's API.
pub struct Stripe {
    http: Client,
    base: String,
    key: SecretString,
    return_url: String,
}

impl std::fmt::Debug for Stripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stripe").field("base", &self.base).finish_non_exhaustive()
    }
}

type Form<'a> = Vec<(&'a str, String)>;

impl Stripe {
    /// The API at `base` with an account's secret key; shoppers come back to `return_url` from a redirect.
    ///
    /// # Errors
    /// When there is no TLS to be had.
    pub fn new(base: &str, key: SecretString, return_url: String) -> Result<Self, reqwest::Error> {
        Ok(Self { http: http::client()?, base: base.to_owned(), key, return_url })
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        form: &Form<'_>,
    ) -> Result<http::Reply, GatewayError> {
        let text = serde_urlencoded::to_string(form).unwrap_or_default();
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if method == Method::GET {
            request = self.http.get(format!("{}{path}?{text}", self.base));
        } else {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(text);
        }
        request = request.bearer_auth(self.key.expose_secret()).header("stripe-version", API_VERSION);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        http::send(request).await
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str, form: &Form<'_>) -> Result<T, GatewayError> {
        let reply = self.call(Method::GET, path, None, form).await?;
        if reply.status.is_success() { reply.json() } else { Err(errors::of(&reply)) }
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        form: &Form<'_>,
    ) -> Result<T, GatewayError> {
        let reply = self.call(Method::POST, path, Some(key), form).await?;
        if reply.status.is_success() { reply.json() } else { Err(errors::of(&reply)) }
    }

    /// Makes the intent, or finds the one that was made under this key.
    async fn make(&self, intent: Intent<'_>) -> Result<String, GatewayError> {
        let amount = wire::amount(intent.amount).ok_or_else(GatewayError::amount)?;
        let form = vec![
            ("amount", amount.to_string()),
            ("currency", intent.amount.currency().code().to_ascii_lowercase()),
            ("capture_method", "manual".to_owned()),
            ("automatic_payment_methods[enabled]", "true".to_owned()),
            ("metadata[payment_id]", intent.payment_id.to_string()),
            ("metadata[key]", intent.key.to_owned()),
        ];
        let made: PaymentIntent = self.post("/v1/payment_intents", &format!("{}/create", intent.key), &form).await?;
        Ok(made.id)
    }

    async fn show(&self, id: &str) -> Result<PaymentIntent, GatewayError> {
        let form = vec![("expand[]", "latest_charge".to_owned())];
        self.get(&format!("/v1/payment_intents/{id}"), &form).await.map_err(|error| about(id, error))
    }

    /// Takes an intent one step on. Where Stripe says that the intent is past that step, or was asked under this key
    /// before and failed on its side, how it stands decides.
    async fn advance(&self, id: &str, step: &str, key: &str, form: &Form<'_>) -> Result<Standing, GatewayError> {
        let path = format!("/v1/payment_intents/{id}/{step}");
        for nth in 1..=KEYS {
            let key = if nth == 1 { format!("{key}/{step}") } else { format!("{key}/{step}/{nth}") };
            let reply = self.call(Method::POST, &path, Some(&key), form).await.map_err(|error| about(id, error))?;
            if reply.status.is_success() {
                return reply.json::<PaymentIntent>().and_then(|it| it.standing()).map_err(|error| about(id, error));
            }
            if errors::is_past(&reply) {
                return self.show(id).await?.standing();
            }
            if !(reply.status.is_server_error() && reply.says("idempotent-replayed") == Some(true)) {
                return Err(about(id, errors::of(&reply)));
            }
        }
        Err(about(id, GatewayError::unknown()))
    }

    async fn find(&self, intent: Intent<'_>) -> Result<Option<PaymentIntent>, GatewayError> {
        if let Some(id) = intent.reference {
            return self.show(id).await.map(Some);
        }
        let query = format!("metadata['key']:'{}'", intent.key);
        let form = vec![("query", query), ("limit", "10".to_owned()), ("expand[]", "data.latest_charge".to_owned())];
        let found: List<PaymentIntent> = self.get("/v1/payment_intents/search", &form).await?;
        Ok(found.data.into_iter().find(|it| it.metadata.key.as_deref() == Some(intent.key)))
    }

    /// The intent's id: known, found, or made now, so that whatever comes later under the key finds this one.
    async fn id_of(&self, intent: Intent<'_>) -> Result<String, GatewayError> {
        match intent.reference {
            Some(id) => Ok(id.to_owned()),
            None => match self.find(intent).await? {
                Some(found) => Ok(found.id),
                None => self.make(intent).await,
            },
        }
    }
}

#[async_trait]
impl PaymentGateway for Stripe {
    fn name(&self) -> GatewayName {
        GatewayName::Stripe
    }

    async fn authorise(&self, request: Authorisation<'_>) -> Result<Standing, GatewayError> {
        let id = match request.intent.reference {
            Some(id) => id.to_owned(),
            None => self.make(request.intent).await?,
        };
        let form = vec![("payment_method", request.method.to_owned()), ("return_url", self.return_url.clone())];
        // An intent is confirmed once, so each ask has its own key: a decline that is kept would answer another method.
        let key = format!("{}/{}", request.intent.key, request.ask);
        self.advance(&id, "confirm", &key, &form).await
    }

    async fn capture(&self, intent: Intent<'_>) -> Result<Standing, GatewayError> {
        let id = self.id_of(intent).await?;
        let standing = self.advance(&id, "capture", intent.key, &Form::new()).await?;
        match standing.stands {
            Stands::Captured => Ok(standing),
            Stands::Cancelled | Stands::Failed { .. } => {
                Err(GatewayError::Declined { code: "CAPTURE_REFUSED".to_owned() })
            }
            _ => Err(about(&id, GatewayError::unknown())),
        }
    }

    async fn void(&self, intent: Intent<'_>) -> Result<(), GatewayError> {
        let id = match self.id_of(intent).await {
            Ok(id) => id,
            // What Stripe does not take as an intent can never become one.
            Err(GatewayError::Rejected { code }) if code != errors::OTHER_REQUEST => return Ok(()),
            Err(GatewayError::Declined { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let standing = self.advance(&id, "cancel", intent.key, &Form::new()).await?;
        match standing.stands {
            Stands::Cancelled => Ok(()),
            Stands::Captured if standing.refunded >= standing.amount.amount() => Ok(()),
            Stands::Captured => {
                let form =
                    vec![("payment_intent", id.clone()), ("metadata[payment_id]", intent.payment_id.to_string())];
                // Without an amount: whatever is left.
                let refund: Refund = self.post("/v1/refunds", &format!("{}/void", intent.key), &form).await?;
                refund.outcome().map(|_| ())
            }
            _ => Err(about(&id, GatewayError::unknown())),
        }
    }

    async fn refund(&self, request: RefundRequest<'_>) -> Result<RefundOutcome, GatewayError> {
        let amount = wire::amount(request.amount).ok_or_else(GatewayError::amount)?;
        let form = vec![
            ("payment_intent", self.id_of(request.intent).await?),
            ("amount", amount.to_string()),
            ("metadata[payment_id]", request.intent.payment_id.to_string()),
            ("metadata[refund_id]", request.refund_id.to_string()),
        ];
        let refund: Refund = self.post("/v1/refunds", &request.refund_id.to_string(), &form).await?;
        refund.outcome()
    }

    async fn look_up(&self, intent: Intent<'_>) -> Result<Option<Standing>, GatewayError> {
        self.find(intent).await?.map(|found| found.standing()).transpose()
    }

    async fn look_up_refund(&self, request: RefundRequest<'_>) -> Result<Option<RefundOutcome>, GatewayError> {
        let id = self.id_of(request.intent).await?;
        let refund_id = request.refund_id.to_string();
        let mut form = vec![("payment_intent", id), ("limit", "100".to_owned())];
        loop {
            let page: List<Refund> = self.get("/v1/refunds", &form).await?;
            if let Some(found) = page.data.iter().find(|it| it.metadata.refund_id.as_ref() == Some(&refund_id)) {
                return found.outcome().map(Some);
            }
            let Some(last) = page.data.last().filter(|_| page.has_more) else { return Ok(None) };
            form.truncate(2);
            form.push(("starting_after", last.id.clone()));
        }
    }

    async fn list(&self, from: Timestamp, to: Timestamp, after: Option<String>) -> Result<ListPage, GatewayError> {
        let mut form = vec![
            ("created[gte]", from.as_second().to_string()),
            ("created[lt]", to.as_second().to_string()),
            ("limit", "100".to_owned()),
            ("expand[]", "data.latest_charge".to_owned()),
        ];
        form.extend(after.map(|after| ("starting_after", after)));
        let page: List<PaymentIntent> = self.get("/v1/payment_intents", &form).await?;
        let next = page.data.last().filter(|_| page.has_more).map(|last| last.id.clone());
        let listed = page.data.iter().map(|it| {
            let payment_id = it.metadata.payment_id.as_deref().and_then(|id| id.parse().ok());
            Ok(Listed { payment_id, standing: it.standing()? })
        });
        Ok(ListPage { payments: listed.collect::<Result<_, GatewayError>>()?, next })
    }
}

/// The error, told of which intent it is, so that the next one to look knows.
fn about(id: &str, error: GatewayError) -> GatewayError {
    match error {
        GatewayError::OutcomeUnknown { .. } => GatewayError::OutcomeUnknown { reference: Some(id.to_owned()) },
        // The intent was made at least.
        GatewayError::NotReached => GatewayError::OutcomeUnknown { reference: Some(id.to_owned()) },
        other => other,
    }
}

#[cfg(test)]
mod tests;
