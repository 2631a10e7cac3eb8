//! HTTP to a gateway, and what a failure of it says about whether the request got there.

use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode, header::HeaderMap, redirect};
use serde::de::DeserializeOwned;

use super::GatewayError;

const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// Longer than gateways usually take, shorter than the functions may.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);

/// One client a gateway, kept as long as the sandbox lives. It follows no redirects and never repeats a request.
pub(super) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_WITHIN)
        .timeout(ANSWER_WITHIN)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .user_agent(concat!("rialto/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// An answer that arrived whole.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// The body; an answer that we cannot read tells nothing.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, GatewayError> {
        serde_json::from_slice(&self.body).map_err(|_| GatewayError::unknown())
    }

    /// Whether a header says `true`.
    pub(super) fn says(&self, header: &str) -> Option<bool> {
        self.headers.get(header)?.to_str().ok()?.parse().ok()
    }
}

/// Sends a request, once.
pub(super) async fn send(request: RequestBuilder) -> Result<Reply, GatewayError> {
    let response = request.send().await.map_err(|error| failure(&error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    // The rest of an answer can be lost, too.
    let body = response.bytes().await.map_err(|_| GatewayError::unknown())?.to_vec();
    Ok(Reply { status, headers, body })
}

/// Only a connection that was never made says for certain that nothing was asked.
fn failure(error: &reqwest::Error) -> GatewayError {
    tracing::warn!(error.message = %kind_of(error), "gateway did not answer");
    if error.is_connect() {
        GatewayError::NotReached
    } else if error.is_builder() {
        GatewayError::Rejected { code: "unsendable".to_owned() }
    } else {
        GatewayError::unknown()
    }
}

/// Never the error's own text, which quotes the address with its query.
fn kind_of(error: &reqwest::Error) -> &'static str {
    match error {
        _ if error.is_connect() => "no connection",
        _ if error.is_timeout() => "no answer in time",
        _ if error.is_builder() => "not a request",
        _ => "connection lost",
    }
}
