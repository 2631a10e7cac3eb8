//! HTTP to a gateway, and what a failure of it says about whether the request got there.

use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode, header::HeaderMap, redirect};
use serde::de::DeserializeOwned;

use super::GatewayError;

const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// Longer than gateways usually take, shorter than the functions may.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);
/// Many times a gateway's longest; what is longer is not one, and would fill the function's memory.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

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
    let mut response = request.send().await.map_err(|error| failure(&error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    // The rest of an answer can be lost, too.
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| GatewayError::unknown())? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_ANSWER {
            return Err(GatewayError::unknown());
        }
    }
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    use super::*;

    /// The address of a gateway that answers `head` to one request, and then `rest` for as long as anyone listens.
    fn gateway(head: String, rest: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let mut sent = stream.write_all(head.as_bytes());
            while sent.is_ok() && !rest.is_empty() {
                sent = stream.write_all(rest);
            }
        });
        address
    }

    /// OWASP API10:2023: what a third party answers is not trusted.
    #[tokio::test]
    async fn owasp_api10_2023_an_answer_without_end_is_cut_and_one_that_leads_elsewhere_is_not_followed() {
        let endless = gateway("HTTP/1.1 200 OK\r\n\r\n".to_owned(), &[b'7'; 65_536]);
        let outcome = send(client().unwrap().get(endless)).await;
        assert!(matches!(outcome, Err(GatewayError::OutcomeUnknown { .. })), "{outcome:?}");
        let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
        elsewhere.set_nonblocking(true).unwrap();
        let there = elsewhere.local_addr().unwrap();
        let head = format!("HTTP/1.1 307 Go\r\nlocation: http://{there}/\r\ncontent-length: 0\r\n\r\n");
        let reply = send(client().unwrap().post(gateway(head, b"")).body("amount=1")).await.unwrap();
        assert_eq!(reply.status, StatusCode::TEMPORARY_REDIRECT);
        assert!(elsewhere.accept().is_err(), "nobody went there");
        assert!(matches!(reply.json::<u8>(), Err(GatewayError::OutcomeUnknown { .. })), "it tells nothing");
    }
}
