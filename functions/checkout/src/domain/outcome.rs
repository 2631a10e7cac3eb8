//! How a checkout ended.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the workflow caught: the error's name, and its cause as Step Functions hands it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The error's name, such as `OutOfStock`.
    #[serde(rename = "Error")]
    pub error: String,
    /// The function's error object as JSON text, where a function failed.
    #[serde(rename = "Cause", default)]
    pub cause: String,
}

impl Failure {
    /// A refusal of this service, in the shape in which Step Functions tells one.
    #[must_use]
    pub fn of(error: &str, detail: &Value) -> Self {
        let report = json!({ "errorType": error, "errorMessage": detail.to_string() });
        Self { error: error.to_owned(), cause: report.to_string() }
    }

    /// The detail that the step gave with its refusal; null when the cause is not a step's refusal.
    #[must_use]
    pub fn detail(&self) -> Value {
        let cause: Value = serde_json::from_str(&self.cause).unwrap_or_default();
        let message = cause.get("errorMessage").and_then(Value::as_str).unwrap_or_default();
        serde_json::from_str(message).unwrap_or_default()
    }
}

/// How a checkout ended, as its own row remembers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Outcome {
    /// Paid; the order as its owner sees it.
    Confirmed {
        /// The order's public JSON.
        order: Value,
    },
    /// Refused and undone.
    Refused {
        /// Why: the error's name.
        error: String,
        /// What the step told with its refusal.
        detail: Value,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_cause_when_read_then_the_steps_detail_comes_out() {
        let cause = json!({"errorType": "OutOfStock", "errorMessage": "{\"items\":[1]}"}).to_string();
        assert_eq!(Failure { error: "OutOfStock".into(), cause }.detail(), json!({"items": [1]}));
    }

    #[test]
    fn given_a_cause_of_another_kind_when_read_then_there_is_no_detail() {
        for cause in ["", "Task timed out", "{\"errorMessage\": \"boom\"}"] {
            assert_eq!(Failure { error: "States.Timeout".into(), cause: cause.into() }.detail(), Value::Null);
        }
    }
}
