//! Keeps a list of the secrets that tests have sent or were given, so that the logs of the run can be searched for them
//! (`infra/local/check_leaks.py`).

use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt};

use serde_json::Value;

use crate::Stack;

const FIELDS: [&str; 9] = [
    "password",
    "oldPassword",
    "newPassword",
    "currentPassword",
    "email",
    "token",
    "accessToken",
    "refreshToken",
    "cartToken",
];
/// Shorter texts, such as a password that is refused for its length, are words that a log may have.
const SHORTEST: usize = 12;

/// Adds the secrets of a request or an answer to the stack's list, one JSON text a line.
pub(crate) fn keep(stack: &Stack, body: &Value) {
    let Some(body) = body.as_object() else { return };
    let secrets = FIELDS.iter().filter_map(|field| body.get(*field)?.as_str());
    let lines: String =
        secrets.filter(|secret| secret.len() >= SHORTEST).map(|secret| format!("{}\n", Value::from(secret))).collect();
    if lines.is_empty() {
        return;
    }
    let mut file = OpenOptions::new();
    let file = file.append(true).create(true).mode(0o600).open(stack.state.join("secrets.jsonl"));
    // One write, so that the lines of tests that run at once do not mix.
    file.expect("the stack's folder takes files").write_all(lines.as_bytes()).expect("the list can be written");
}
