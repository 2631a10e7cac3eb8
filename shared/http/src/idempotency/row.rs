//! The row of a key.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rialto_dynamo::{Key, Update};
use rialto_kernel::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{KEPT_SECONDS, LEASE_SECONDS};
use crate::{problem::Problem, response::Response};

const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) state: State,
    pub(super) fingerprint: String,
    /// JSON text of the ids drawn for the request.
    ids: String,
    pub(super) owner: String,
    /// Epoch milliseconds.
    pub(super) lease_until: i64,
    /// Epoch seconds.
    pub(super) ttl: i64,
    status: Option<u16>,
    headers: Option<BTreeMap<String, String>>,
    body: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Running,
    Done,
}

impl Row {
    pub(super) fn begun(
        ids: &impl Serialize,
        fingerprint: String,
        owner: String,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        Ok(Self {
            state: State::Running,
            fingerprint,
            ids: serde_json::to_string(ids).map_err(Problem::internal)?,
            owner,
            lease_until: now.as_millisecond().saturating_add(LEASE_SECONDS.saturating_mul(1000)),
            ttl: now.as_second().saturating_add(KEPT_SECONDS),
            status: None,
            headers: None,
            body: None,
        })
    }

    pub(super) fn ids<I: DeserializeOwned>(&self) -> Result<I, Problem> {
        serde_json::from_str(&self.ids).map_err(Problem::internal)
    }

    /// The stored answer, marked as replayed.
    pub(super) fn answer(self) -> Result<Response, Problem> {
        let status = self.status.and_then(|status| StatusCode::from_u16(status).ok());
        let status = status.ok_or_else(|| Problem::internal("a finished idempotency row has no status"))?;
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers.unwrap_or_default() {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(Problem::internal)?;
            headers.insert(name, HeaderValue::from_str(&value).map_err(Problem::internal)?);
        }
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
        Ok(Response::stored(status, headers, self.body.unwrap_or_default().into_bytes()))
    }
}

/// The update that stores an answer; `None` for one that is not text.
pub(super) fn done(row: Key, response: &Response, ttl: i64) -> Option<Update> {
    let body = std::str::from_utf8(response.body()).ok()?;
    let kept = KEPT_HEADERS.iter().filter_map(|name| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    let headers = rialto_dynamo::to_value(&kept.collect::<BTreeMap<_, _>>()).ok()?;
    Some(
        Update::of(row)
            .set("state", "done")
            .set("status", i64::from(response.status().as_u16()))
            .set("headers", headers)
            .set("body", body)
            .set("ttl", ttl),
    )
}
