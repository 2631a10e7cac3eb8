//! Answers in the form gateways take.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, header};
use serde::Serialize;

use crate::{headers, response::Response};

/// The result of a proxy integration, for REST APIs and, with `cookies`, for HTTP APIs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    status_code: u16,
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    multi_value_headers: BTreeMap<String, Vec<String>>,
    /// HTTP APIs may be sent none, but some that stand in for them insist on the member.
    #[serde(skip_serializing_if = "Option::is_none")]
    cookies: Option<Vec<String>>,
    body: String,
    is_base64_encoded: bool,
}

impl Answer {
    /// `cookies_apart` is the form of HTTP APIs; REST APIs take cookies as a header of several values.
    pub(crate) fn of(response: Response, cookies_apart: bool) -> Self {
        let texts = |name: &HeaderName| -> Vec<String> {
            let values = response.headers().get_all(name).iter();
            values.filter_map(|value| value.to_str().ok().map(ToOwned::to_owned)).collect()
        };
        let cookies = texts(&header::SET_COOKIE);
        let others = response.headers().keys().filter(|name| *name != header::SET_COOKIE);
        let headers = others.map(|name| (name.as_str().to_owned(), texts(name).join(", "))).collect();
        let (multi_value_headers, cookies) = match (cookies_apart, cookies.is_empty()) {
            (true, _) => (BTreeMap::new(), Some(cookies)),
            (false, true) => (BTreeMap::new(), None),
            (false, false) => (BTreeMap::from([(header::SET_COOKIE.as_str().to_owned(), cookies)]), None),
        };
        let status_code = response.status().as_u16();
        let is_text = response.headers().get(header::CONTENT_TYPE).is_none_or(headers::is_text);
        let (body, is_base64_encoded) = match String::from_utf8(response.into_body()) {
            Ok(text) if is_text => (text, false),
            Ok(text) => (STANDARD.encode(text), true),
            Err(error) => (STANDARD.encode(error.as_bytes()), true),
        };
        Self { status_code, headers, multi_value_headers, cookies, body, is_base64_encoded }
    }
}
