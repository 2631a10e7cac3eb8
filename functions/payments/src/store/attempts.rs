//! The record of what gateways were asked.

use rialto_dynamo::{Key, Put, Query};
use rialto_kernel::{EventId, PaymentId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Payments, payment_pk};
use crate::{domain::GatewayName, error::Error, gateway::GatewayError};

/// A question to a gateway and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Who was asked.
    pub gateway: GatewayName,
    /// Under which idempotency key.
    pub key: String,
    /// What: `authorise`, `capture`, `void`, `refund`, `look_up`.
    pub operation: String,
    /// `ok`, the code of a refusal, or `unknown` and its like.
    pub outcome: String,
}

impl Attempt {
    /// What came of asking.
    #[must_use]
    pub fn of<T>(gateway: GatewayName, key: &str, operation: &str, outcome: &Result<T, GatewayError>) -> Self {
        let outcome = outcome.as_ref().err().map_or("ok", GatewayError::outcome).to_owned();
        Self { gateway, key: key.to_owned(), operation: operation.to_owned(), outcome }
    }
}

#[derive(Serialize)]
struct AttemptRow<'a> {
    attempt: &'a Attempt,
    at: Timestamp,
}

/// An attempt, and when it was over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// What was asked, and what came of it.
    pub attempt: Attempt,
    /// When that was written down.
    pub at: Timestamp,
}

#[derive(Deserialize)]
struct AnyRow {
    attempt: Option<Attempt>,
    at: Option<Timestamp>,
}

impl Payments {
    /// Notes an attempt that no change follows from.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note(&self, id: PaymentId, attempt: &Attempt, now: Timestamp) -> Result<(), Error> {
        // Its own id, so that two at the same time are two.
        let key = Key::new(payment_pk(id), format!("ATTEMPT#{:013}#{}", now.as_millisecond(), EventId::draw()));
        Ok(self.table.put(Put::new(&key, &AttemptRow { attempt, at: now })?).await?)
    }

    /// Every attempt of a payment, by time: none is written over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn attempts(&self, id: PaymentId) -> Result<Vec<Tried>, Error> {
        let rows: Vec<AnyRow> = self.table.query_all(Query::pk(payment_pk(id)).strong()).await?;
        let tried = rows.into_iter().filter_map(|row| Some(Tried { attempt: row.attempt?, at: row.at? }));
        let mut tried: Vec<_> = tried.collect();
        tried.sort_by_key(|tried| tried.at);
        Ok(tried)
    }
}
